import type { RbacRule } from '@kubewright/api';
import { ts } from 'ts-morph';

import { classesOf, readResource } from '../collect/resources.js';
import { pluralOf } from '../crd/names.js';
import { evaluate, propertyName } from '../load/constants.js';
import { decoratorsOf } from '../load/decorators.js';
import type { SchemaContext } from '../schema/context.js';
import { TypeResolver } from '../schema/resolve-type.js';
import { builtInKind, builtInKindOfClientNode } from './built-in-kind.js';

/** A kind as rules name it. */
export interface RbacKind {
  readonly group: string;
  readonly plural: string;
  readonly hasStatus: boolean;
}

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

/**
 * The rules that controllers need for what they are decorated with: they read their kind and write its status, own children completely, and
 * read what they watch; a `cleanup` method needs the finalizer; a recorder needs events. What a reconcile does beyond that is stated with `@Rbac`.
 */
export function inferredRules(files: readonly ts.SourceFile[], context: SchemaContext): RbacRule[] {
  return files.flatMap((file) => classesOf(file).flatMap((node) => rulesOf(node, context)));
}

function rulesOf(node: ts.ClassDeclaration, context: SchemaContext): RbacRule[] {
  const calls = decoratorsOf(node, context.declarations);
  const controller = calls.find((call) => call.name === 'Controller');
  if (!controller) return [];
  const rules: RbacRule[] = [];
  const [first, second] = controller.arguments;
  const options = [first, second].find((one) => one && ts.isObjectLiteralExpression(one)) as ts.ObjectLiteralExpression | undefined;
  const primary = first && first !== options ? first : property(options, ['for', 'kind', 'resource'], context);
  const kind = primary && kindOf(primary, context);
  if (kind) rules.push(...primaryRules(kind, declaresFinalizer(node, options, context)));
  const listed = (names: string[]) => kindExpressions(property(options, names, context));
  const decorated = (name: string) => calls.filter((call) => call.name === name).flatMap((call) => kindExpressions(call.arguments[0]));
  for (const expression of [...listed(['owns']), ...decorated('Owns')]) {
    const owned = kindOf(expression, context);
    if (owned) rules.push(ruleFor(owned, WRITE));
  }
  for (const expression of [...listed(['watches']), ...decorated('Watches')]) {
    const watched = kindOf(expression, context);
    if (watched) rules.push(ruleFor(watched, READ));
  }
  if (usesRecorder(node)) rules.push({ groups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] });
  return rules;
}

function primaryRules(kind: RbacKind, hasFinalizer: boolean): RbacRule[] {
  // The finalizer itself stands in the object's metadata: the framework patches it there.
  const rules = [ruleFor(kind, hasFinalizer ? [...READ, 'patch', 'update'] : READ)];
  if (kind.hasStatus) rules.push({ groups: [kind.group], resources: [`${kind.plural}/status`], verbs: ['get', 'patch', 'update'] });
  if (hasFinalizer) rules.push({ groups: [kind.group], resources: [`${kind.plural}/finalizers`], verbs: ['update'] });
  return rules;
}

function ruleFor(kind: RbacKind, verbs: string[]): RbacRule {
  return { groups: [kind.group], resources: [kind.plural], verbs };
}

/** The kind that an expression names: a decorated class, a constant of a built-in kind, or a constant made by hand. */
function kindOf(expression: ts.Expression, context: SchemaContext): RbacKind | undefined {
  const { resolution, rest } = context.declarations.resolveEntity(expression);
  if (resolution.kind === 'imported' && rest.length === 0) {
    const folder = /^@kubewright\/api\/(.+?)(?:\.js)?$/.exec(resolution.module)?.[1];
    const known = folder
      ? builtInKind(folder, resolution.name)
      : resolution.module === '@kubernetes/client-node'
        ? builtInKindOfClientNode(resolution.name)
        : undefined;
    if (known) return known;
  }
  if (resolution.kind === 'declared' && rest.length === 0) {
    const node = resolution.nodes.find(ts.isClassDeclaration);
    const resource = node && readResource(node, context.declarations);
    if (node && resource) {
      const model = new TypeResolver(context).declared([node], node, []);
      const hasStatus = resource.options.status ?? (model.kind === 'object' && model.shape().members.has('status'));
      return { group: resource.options.group, plural: pluralOf(resource), hasStatus };
    }
  }
  const found = evaluate(expression, context.declarations);
  const value = 'value' in found ? (found.value as { group?: unknown; plural?: unknown } | undefined) : undefined;
  if (typeof value?.group === 'string' && typeof value.plural === 'string') return { group: value.group, plural: value.plural, hasStatus: true };
  context.diagnostics.report(
    'KW2702',
    expression,
    `rules for ${expression.getText()} can not be inferred: it is no decorated class and no kind of @kubewright/api`,
    'state them with @Rbac',
  );
  return undefined;
}

function property(options: ts.ObjectLiteralExpression | undefined, names: readonly string[], context: SchemaContext): ts.Expression | undefined {
  for (const one of options?.properties ?? []) {
    if (!one.name || !names.includes(propertyName(one.name, context.declarations) ?? '')) continue;
    if (ts.isPropertyAssignment(one)) return one.initializer;
    if (ts.isShorthandPropertyAssignment(one)) return one.name;
  }
  return undefined;
}

/** `Deployment`, `[Deployment, Service]`, or `[{ kind: Deployment, … }]`. */
function kindExpressions(expression: ts.Expression | undefined): ts.Expression[] {
  if (!expression) return [];
  if (ts.isArrayLiteralExpression(expression)) return expression.elements.flatMap((one) => kindExpressions(one));
  if (ts.isObjectLiteralExpression(expression)) {
    const kind = expression.properties.find((one) => one.name?.getText() === 'kind' || one.name?.getText() === 'resource');
    return kind && ts.isPropertyAssignment(kind) ? [kind.initializer] : [];
  }
  return isKindExpression(expression) ? [expression] : [];
}

function isKindExpression(expression: ts.Expression): boolean {
  return ts.isIdentifier(expression) || ts.isPropertyAccessExpression(expression);
}

function declaresFinalizer(node: ts.ClassDeclaration, options: ts.ObjectLiteralExpression | undefined, context: SchemaContext): boolean {
  return (
    property(options, ['finalizer'], context) !== undefined ||
    node.members.some((member) => ts.isMethodDeclaration(member) && member.name.getText() === 'cleanup')
  );
}

function usesRecorder(node: ts.ClassDeclaration): boolean {
  const visit = (at: ts.Node): boolean =>
    ts.isIdentifier(at) && (at.text === 'recorder' || at.text === 'EventRecorder')
      ? true
      : (ts.forEachChild(at, (child) => visit(child) || undefined) ?? false);
  return visit(node);
}
