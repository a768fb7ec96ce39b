import { ts } from 'ts-morph';

import type { SourceProject } from './project.js';

/** What a name stands for. */
export type Resolution =
  | { readonly kind: 'declared'; readonly name: string; readonly nodes: readonly ts.Declaration[] }
  /** From a module that is known by name only. `*` is the module itself. */
  | { readonly kind: 'imported'; readonly module: string; readonly name: string }
  | { readonly kind: 'module'; readonly file: ts.SourceFile }
  | { readonly kind: 'unresolved'; readonly name: string };

/** Finds declarations by walking scopes, imports and re-exports in syntax alone. */
export class Declarations {
  private readonly scopes = new WeakMap<ts.Node, Map<string, ts.Declaration[]>>();

  constructor(private readonly project: SourceProject) {}

  /** What `name` means where `at` stands. */
  resolve(name: string, at: ts.Node): Resolution {
    for (let node: ts.Node | undefined = at; node; node = node.parent) {
      if (!ts.isSourceFile(node) && !ts.isModuleBlock(node) && !ts.isBlock(node)) continue;
      const nodes = this.scopeOf(node).get(name);
      if (nodes) return { kind: 'declared', name, nodes };
    }
    return this.resolveImport(name, at.getSourceFile()) ?? { kind: 'unresolved', name };
  }

  /** `Name`, `namespace.Name` and `Enum.Member` (for the latter the enum, with `rest` naming the member). */
  resolveEntity(entity: ts.EntityName | ts.Expression): { resolution: Resolution; rest: string[] } {
    if (ts.isIdentifier(entity)) return { resolution: this.resolve(entity.text, entity), rest: [] };
    if (!ts.isQualifiedName(entity) && !ts.isPropertyAccessExpression(entity))
      return { resolution: { kind: 'unresolved', name: entity.getText() }, rest: [] };
    const left = ts.isQualifiedName(entity) ? entity.left : entity.expression;
    const right = ts.isQualifiedName(entity) ? entity.right.text : entity.name.text;
    const { resolution, rest } = this.resolveEntity(left);
    if (rest.length > 0) return { resolution, rest: [...rest, right] };
    if (resolution.kind === 'module') return { resolution: this.resolveExport(right, resolution.file), rest: [] };
    if (resolution.kind === 'imported' && resolution.name === '*') return { resolution: { ...resolution, name: right }, rest: [] };
    if (resolution.kind === 'declared') {
      for (const node of resolution.nodes) {
        const nodes = ts.isModuleDeclaration(node) && node.body && ts.isModuleBlock(node.body) ? this.scopeOf(node.body).get(right) : undefined;
        if (nodes) return { resolution: { kind: 'declared', name: right, nodes }, rest: [] };
      }
    }
    return { resolution, rest: [right] };
  }

  /** What a module exports under a name, through any number of re-exports. */
  resolveExport(name: string, file: ts.SourceFile, seen = new Set<string>()): Resolution {
    const key = `${file.fileName} ${name}`;
    if (seen.has(key)) return { kind: 'unresolved', name };
    seen.add(key);
    const own = name === 'default' ? this.defaultExport(file) : this.scopeOf(file).get(name);
    if (own) return { kind: 'declared', name, nodes: own };
    const stars: ts.SourceFile[] = [];
    for (const statement of file.statements) {
      if (ts.isExportAssignment(statement) && name === 'default' && ts.isIdentifier(statement.expression))
        return this.resolve(statement.expression.text, statement);
      if (!ts.isExportDeclaration(statement)) continue;
      const specifier = statement.moduleSpecifier && ts.isStringLiteral(statement.moduleSpecifier) ? statement.moduleSpecifier.text : undefined;
      const target = specifier === undefined ? undefined : this.project.resolveModule(specifier, file);
      if (!statement.exportClause) {
        if (target && 'file' in target) stars.push(target.file);
        continue;
      }
      if (ts.isNamespaceExport(statement.exportClause)) {
        if (statement.exportClause.name.text === name && target)
          return 'file' in target ? { kind: 'module', file: target.file } : { kind: 'imported', module: target.known, name: '*' };
        continue;
      }
      const found = statement.exportClause.elements.find((element) => element.name.text === name);
      if (!found) continue;
      const original = (found.propertyName ?? found.name).text;
      if (!target) return this.resolve(original, statement);
      return 'file' in target ? this.resolveExport(original, target.file, seen) : { kind: 'imported', module: target.known, name: original };
    }
    const imported = this.resolveImport(name, file);
    if (imported) return imported;
    for (const star of stars) {
      const found = this.resolveExport(name, star, seen);
      if (found.kind !== 'unresolved') return found;
    }
    return { kind: 'unresolved', name };
  }

  private resolveImport(name: string, file: ts.SourceFile): Resolution | undefined {
    for (const statement of file.statements) {
      if (!ts.isImportDeclaration(statement) || !statement.importClause || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
      const { name: byDefault, namedBindings } = statement.importClause;
      let original: string | undefined;
      if (byDefault?.text === name) original = 'default';
      else if (namedBindings && ts.isNamespaceImport(namedBindings)) original = namedBindings.name.text === name ? '*' : undefined;
      else if (namedBindings) {
        const element = namedBindings.elements.find((one) => one.name.text === name);
        original = element && (element.propertyName ?? element.name).text;
      }
      if (original === undefined) continue;
      const target = this.project.resolveModule(statement.moduleSpecifier.text, file);
      if ('known' in target) return { kind: 'imported', module: target.known, name: original };
      return original === '*' ? { kind: 'module', file: target.file } : this.resolveExport(original, target.file);
    }
    return undefined;
  }

  private defaultExport(file: ts.SourceFile): ts.Declaration[] | undefined {
    const found = file.statements.find(
      (statement) => ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword),
    );
    return found ? [found as unknown as ts.Declaration] : undefined;
  }

  private scopeOf(container: ts.SourceFile | ts.ModuleBlock | ts.Block): Map<string, ts.Declaration[]> {
    const known = this.scopes.get(container);
    if (known) return known;
    const scope = new Map<string, ts.Declaration[]>();
    const add = (name: string, node: ts.Declaration) => scope.set(name, [...(scope.get(name) ?? []), node]);
    for (const statement of container.statements) {
      if (ts.isVariableStatement(statement)) {
        for (const one of statement.declarationList.declarations) if (ts.isIdentifier(one.name)) add(one.name.text, one);
      } else if (
        (ts.isInterfaceDeclaration(statement) ||
          ts.isClassDeclaration(statement) ||
          ts.isTypeAliasDeclaration(statement) ||
          ts.isEnumDeclaration(statement) ||
          ts.isFunctionDeclaration(statement) ||
          ts.isModuleDeclaration(statement)) &&
        statement.name
      )
        add(statement.name.text, statement);
    }
    this.scopes.set(container, scope);
    return scope;
  }
}
