import { ts } from 'ts-morph';

import { modelOfEnum } from './constant-type.js';
import { globalModel } from './global-type.js';
import { isHelper } from './known-type.js';
import { shapeOfDeclaration } from './members.js';
import { fingerprint } from './same-model.js';
import { indexOnly, once } from './simple-type.js';
import { invalid, modelOf, throughDeclaration, type NamedType, type Resolver, type Scope, type TypeModel } from './type-model.js';
import { docsOf } from '../markers/comment.js';
import { enumMembers } from '../load/constants.js';

/** The type that a name with arguments stands for. */
export function resolveReference(
  resolver: Resolver,
  node: ts.Node,
  entity: ts.EntityName | ts.Expression,
  args: readonly ts.TypeNode[],
  scope: Scope,
): TypeModel {
  const bound = ts.isIdentifier(entity) ? scope.get(entity.text) : undefined;
  if (bound) return bound;
  const lazyArgs = args.map((arg) => once(() => resolver.resolve(arg, scope)));
  const { resolution, rest } = resolver.context.declarations.resolveEntity(entity);
  if (resolution.kind === 'declared') {
    if (rest.length === 1) return enumMember(resolver, node, resolution.nodes, rest[0] ?? '');
    const alias = resolution.nodes.find(ts.isTypeAliasDeclaration);
    if (alias && scope.size === 0 && needsChecker(alias.type)) return resolver.checked(node);
    return resolveDeclared(
      resolver,
      resolution.nodes,
      node,
      lazyArgs.map((read) => read()),
    );
  }
  if (resolution.kind === 'imported' && rest.length === 0) return resolver.known(resolution.module, resolution.name, node, lazyArgs);
  if (resolution.kind === 'unresolved' && ts.isIdentifier(entity)) {
    if (isTypeParameter(entity))
      return invalid(
        resolver,
        'KW1011',
        node,
        `the type parameter ${entity.text} stands for nothing here`,
        'use the generic type with its arguments',
      );
    const known = globalModel(resolver, entity.text, node, args, lazyArgs, scope);
    if (known) return known;
    if (isHelper(entity.text)) return resolver.known('@kubewright/api', entity.text, node, lazyArgs);
  }
  return invalid(resolver, 'KW1000', node, `can not find the type ${entity.getText()}`, 'import or declare it');
}

/** `import('module').Name`. */
export function resolveImportType(resolver: Resolver, node: ts.ImportTypeNode, scope: Scope): TypeModel {
  const specifier = ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal) ? node.argument.literal.text : undefined;
  const { qualifier } = node;
  if (specifier === undefined || !qualifier || !ts.isIdentifier(qualifier) || node.isTypeOf) return resolver.checked(node);
  const args = (node.typeArguments ?? []).map((arg) => once(() => resolver.resolve(arg, scope)));
  const target = resolver.context.project.resolveModule(specifier, node.getSourceFile());
  if ('known' in target) return resolver.known(target.known, qualifier.text, node, args);
  const found = resolver.context.declarations.resolveExport(qualifier.text, target.file);
  if (found.kind === 'imported') return resolver.known(found.module, found.name, node, args);
  return found.kind === 'declared'
    ? resolveDeclared(
        resolver,
        found.nodes,
        node,
        args.map((read) => read()),
      )
    : invalid(resolver, 'KW1000', node, `${specifier} exports no ${qualifier.text}`);
}

/** The type that declarations of one name make. */
export function resolveDeclared(resolver: Resolver, nodes: readonly ts.Declaration[], node: ts.Node, args: readonly TypeModel[]): TypeModel {
  for (const declaration of nodes) resolver.context.visited.add(declaration.getSourceFile().fileName);
  const alias = nodes.find(ts.isTypeAliasDeclaration);
  const objects = nodes.filter((one) => ts.isInterfaceDeclaration(one) || ts.isClassDeclaration(one));
  const enumeration = nodes.find(ts.isEnumDeclaration);
  const declaration = alias ?? objects[0] ?? enumeration;
  const name = declaration?.name?.text ?? 'the type';
  if (!declaration) return invalid(resolver, 'KW1000', node, `${node.getText()} is a value, not a type`, `use typeof ${node.getText()}`);
  const scope = ts.isEnumDeclaration(declaration) ? new Map<string, TypeModel>() : bind(resolver, declaration, node, args);
  if (!scope) return modelOf(node, { kind: 'invalid' });
  const named: NamedType = {
    name,
    key: `${declaration.getSourceFile().fileName}:${declaration.pos}${args.length > 0 ? `<${args.map((arg) => fingerprint(arg)).join(', ')}>` : ''}`,
  };
  const at = declaration.name ?? declaration;
  if (alias) return throughDeclaration(resolver.resolve(alias.type, scope), node, named, docsOf(alias, at));
  if (enumeration) return throughDeclaration(modelOfEnum(resolver, node, enumeration), node, named, docsOf(enumeration, at));
  const [first] = objects;
  const docs = objects.map((one) => docsOf(one, one.name ?? one)).find((one) => one.text || one.tags.length > 0);
  const isMap = objects.length === 1 && first && ts.isInterfaceDeclaration(first) && !first.heritageClauses;
  const map = isMap ? indexOnly(resolver, node, first.members, scope) : undefined;
  // Rules of a declaration are part of its shape, because what extends it inherits them; only the rest is laid over.
  const layer = docs && { ...docs, tags: docs.tags.filter((tag) => tag.name !== 'validation') };
  const model = map ?? modelOf(node, { kind: 'object', shape: once(() => shapeOfDeclaration(resolver, objects, scope)) });
  return throughDeclaration(model, node, named, map ? docs : layer);
}

function bind(
  resolver: Resolver,
  declaration: ts.TypeAliasDeclaration | ts.InterfaceDeclaration | ts.ClassDeclaration,
  node: ts.Node,
  args: readonly TypeModel[],
): Map<string, TypeModel> | undefined {
  const scope = new Map<string, TypeModel>();
  for (const [index, parameter] of (declaration.typeParameters ?? []).entries()) {
    const arg = args[index] ?? (parameter.default && resolver.resolve(parameter.default, scope));
    if (!arg) {
      invalid(resolver, 'KW1011', node, `${declaration.name?.text} needs an argument for its type parameter ${parameter.name.text}`);
      return undefined;
    }
    scope.set(parameter.name.text, arg);
  }
  return scope;
}

function enumMember(resolver: Resolver, node: ts.Node, nodes: readonly ts.Declaration[], name: string): TypeModel {
  for (const declaration of nodes) {
    if (!ts.isEnumDeclaration(declaration)) continue;
    resolver.context.visited.add(declaration.getSourceFile().fileName);
    const value = enumMembers(declaration, resolver.context.declarations).find((one) => one.name === name)?.value;
    if (value !== undefined) return modelOf(node, { kind: 'literal', value });
    return invalid(resolver, 'KW1013', node, `${declaration.name.text}.${name} has no constant value`);
  }
  return invalid(resolver, 'KW1000', node, `can not find the type ${node.getText()}`);
}

/** `infer` needs the checker; it can only be asked about a reference whose arguments are complete. */
function needsChecker(type: ts.TypeNode): boolean {
  if (!ts.isConditionalTypeNode(type)) return false;
  let found = false;
  const visit = (node: ts.Node): void => {
    if (ts.isInferTypeNode(node)) found = true;
    else ts.forEachChild(node, visit);
  };
  visit(type.extendsType);
  return found;
}

function isTypeParameter(name: ts.Identifier): boolean {
  for (let node: ts.Node | undefined = name.parent; node; node = node.parent) {
    if (
      (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isFunctionLike(node)) &&
      node.typeParameters?.some((one) => one.name.text === name.text)
    )
      return true;
  }
  return false;
}
