import { pluralize } from '@kubewright/api';
import { ts } from 'ts-morph';

import { readResource } from '../collect/resources.js';
import { pluralOf } from '../crd/names.js';
import { evaluate } from '../load/constants.js';
import type { SchemaContext } from '../schema/context.js';
import { TypeResolver } from '../schema/resolve-type.js';
import { builtInKind, builtInKindOfClientNode } from './built-in-kind.js';

/** A kind as rules name it. */
export interface RbacKind {
  readonly group: string;
  readonly plural: string;
  readonly hasStatus: boolean;
}

/** The kind that an expression names: a decorated class, a constant of a built-in kind, a constant made by hand, or a group with a kind's name. */
export function kindOf(given: ts.Expression, context: SchemaContext): RbacKind | undefined {
  const expression = withoutWrapper(given, context);
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
  const value = 'value' in found ? (found.value as { group?: unknown; plural?: unknown; kind?: unknown } | undefined) : undefined;
  if (typeof value?.group === 'string') {
    if (typeof value.plural === 'string') return { group: value.group, plural: value.plural, hasStatus: true };
    if (typeof value.kind === 'string') return { group: value.group, plural: pluralize(value.kind.toLowerCase()), hasStatus: true };
  }
  context.diagnostics.report(
    'KW2702',
    expression,
    `rules for ${expression.getText()} can not be inferred: it is no decorated class and no kind of @kubewright/api`,
    'state them with @Rbac',
  );
  return undefined;
}

/** `Deployment`, `[Deployment, Service]`, `[{ kind: Deployment, … }]`, or what calls make of a kind: `watch(Deployment, …)`. */
export function kindExpressions(expression: ts.Expression | undefined): ts.Expression[] {
  if (!expression) return [];
  if (ts.isArrayLiteralExpression(expression)) return expression.elements.flatMap((one) => kindExpressions(ts.isSpreadElement(one) ? undefined : one));
  if (ts.isObjectLiteralExpression(expression)) {
    const names = new Map(expression.properties.map((one) => [one.name?.getText() ?? '', one]));
    // A kind that the server is asked for, by its name.
    if (names.has('group')) return [expression];
    const kind = names.get('kind') ?? names.get('resource');
    if (kind && ts.isPropertyAssignment(kind)) return kindExpressions(kind.initializer);
    return kind && ts.isShorthandPropertyAssignment(kind) ? [kind.name] : [];
  }
  if (ts.isCallExpression(expression)) return /^(?:watch|dependent)$/.test(expression.expression.getText()) ? kindExpressions(expression.arguments[0]) : isWrapper(expression) ? [expression] : [];
  return ts.isIdentifier(expression) || ts.isPropertyAccessExpression(expression) ? [expression] : [];
}

function isWrapper(expression: ts.Expression): expression is ts.CallExpression {
  return ts.isCallExpression(expression) && expression.expression.getText() === 'metadataOnly';
}

/** `metadataOnly(Secret)` needs the rules of Secret. */
function withoutWrapper(expression: ts.Expression, context: SchemaContext): ts.Expression {
  const [inner] = isWrapper(expression) ? expression.arguments : [];
  return inner ? withoutWrapper(inner, context) : expression;
}
