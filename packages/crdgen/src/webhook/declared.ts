/**
 * @module webhook: admission webhooks and what serves them. declared.ts reads `@ValidatingWebhook` and `@MutatingWebhook`, with what follows
 * from the kind that they judge; configuration.ts makes the two configuration objects; serving.ts the Service and the certificate.
 */
import type { MutatingWebhookOptions } from '@kubewright/api';
import { ts } from 'ts-morph';

import { checkShape, classesOf, readResource, type Shape } from '../collect/resources.js';
import { pluralOf } from '../crd/names.js';
import { evaluate, propertyName } from '../load/constants.js';
import { decoratorsOf, nodeAt, type DecoratorCall } from '../load/decorators.js';
import { builtInKind } from '../rbac/built-in-kind.js';
import type { SchemaContext } from '../schema/context.js';
import { checkWebhook, type DeclaredWebhook } from './check.js';

/** The webhooks that the classes of some files declare, in source order. What is wrong is reported, and left out. */
export function declaredWebhooks(files: readonly ts.SourceFile[], context: SchemaContext): DeclaredWebhook[] {
  const found = files.flatMap((file) => classesOf(file).flatMap((node) => webhooksOfClass(node, context)));
  const names = new Map<string, DeclaredWebhook>();
  for (const webhook of found) {
    if (names.has(webhook.name))
      context.diagnostics.report('KW1801', webhook.at('name'), `two webhooks are called ${webhook.name}`, 'give each webhook a name of its own');
    else names.set(webhook.name, webhook);
  }
  return found;
}

interface JudgedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
}

function webhooksOfClass(node: ts.ClassDeclaration, context: SchemaContext): DeclaredWebhook[] {
  return decoratorsOf(node, context.declarations).flatMap((call) => {
    if (call.name !== 'ValidatingWebhook' && call.name !== 'MutatingWebhook') return [];
    return readWebhook(call, node, context) ?? [];
  });
}

function readWebhook(call: DecoratorCall, node: ts.ClassDeclaration, context: SchemaContext): DeclaredWebhook | undefined {
  const type = call.name === 'MutatingWebhook' ? 'mutating' : 'validating';
  const [argument] = call.arguments;
  const read = argument ? readOptions(argument, context) : { value: {} };
  const report = (at: ts.Node, message: string, hint?: string) => context.diagnostics.report('KW1801', at, message, hint);
  if ('notConstant' in read)
    return void report(read.notConstant, `the options of @${call.name} must be constants: the generator reads them, and never runs them`);
  const at = (...path: (string | number)[]) => (argument ? nodeAt(argument, path) : call.node);
  if (checkShape(read.value, type === 'mutating' ? { ...OPTIONS, reinvocationPolicy: 'string' } : OPTIONS, [], (path, message) => report(at(...path), message)))
    return undefined;
  const given = read.value as MutatingWebhookOptions;
  const kind = read.kind ? kindNamed(read.kind, context) : kindOfClass(node, context);
  if (read.kind && !kind) {
    const hint = 'name a class with @CustomResource, or state groups, resources, versions, name and path';
    return void report(read.kind, `${read.kind.getText()} is no decorated class and no kind of @kubewright/api`, hint);
  }
  const options = kind ? withKind(given, kind, type) : given;
  return checkWebhook({ type, name: options.name ?? '', options, at }, report);
}

/** Options without `for`, which names a class and is no constant. */
function readOptions(argument: ts.Expression, { declarations }: SchemaContext): { value: object; kind?: ts.Expression } | { notConstant: ts.Node } {
  if (!ts.isObjectLiteralExpression(argument)) {
    const found = evaluate(argument, declarations);
    return 'value' in found ? { value: (found.value as object | undefined) ?? {} } : found;
  }
  let kind: ts.Expression | undefined;
  const value: Record<string, unknown> = {};
  for (const property of argument.properties) {
    const isSpread = ts.isSpreadAssignment(property);
    const name = isSpread ? undefined : property.name && propertyName(property.name, declarations);
    if (!isSpread && name === undefined) return { notConstant: property };
    if (name === 'for') {
      if (ts.isPropertyAssignment(property)) kind = property.initializer;
      else return { notConstant: property };
      continue;
    }
    const expression = isSpread ? property.expression : ts.isPropertyAssignment(property) ? property.initializer : ts.isShorthandPropertyAssignment(property) ? property.name : undefined;
    const found = expression ? evaluate(expression, declarations) : { notConstant: property };
    if (!('value' in found)) return found;
    if (isSpread) Object.assign(value, found.value);
    else if (found.value !== undefined) value[name ?? ''] = found.value;
  }
  return { value, ...(kind ? { kind } : {}) };
}

function kindOfClass(node: ts.ClassDeclaration, context: SchemaContext): JudgedKind | undefined {
  const resource = readResource(node, context.declarations);
  return resource && { group: resource.options.group, version: resource.options.version, kind: resource.kind, plural: pluralOf(resource) };
}

function kindNamed(expression: ts.Expression, context: SchemaContext): JudgedKind | undefined {
  const { resolution, rest } = context.declarations.resolveEntity(expression);
  if (rest.length > 0) return undefined;
  if (resolution.kind === 'imported') {
    const folder = /^@kubewright\/api\/(.+?)(?:\.js)?$/.exec(resolution.module)?.[1];
    const known = folder === undefined ? undefined : builtInKind(folder, resolution.name);
    return known && { group: known.group, version: folder?.split('/').at(-1) ?? '', kind: resolution.name, plural: known.plural };
  }
  if (resolution.kind !== 'declared') return undefined;
  const node = resolution.nodes.find(ts.isClassDeclaration);
  return node && kindOfClass(node, context);
}

/** What is not stated follows from the kind. */
function withKind(given: MutatingWebhookOptions, kind: JudgedKind, type: 'validating' | 'mutating'): MutatingWebhookOptions {
  const lower = kind.kind.toLowerCase();
  const path = `/${type === 'mutating' ? 'mutate' : 'validate'}-${kind.group === '' ? '' : `${kind.group.replaceAll('.', '-')}-`}${kind.version}-${lower}`;
  return {
    groups: [kind.group],
    resources: [kind.plural],
    versions: [kind.version],
    name: `${type === 'mutating' ? 'm' : 'v'}${lower}.${kind.group === '' ? 'core.kubernetes.io' : kind.group}`,
    ...(given.url === undefined ? { path } : {}),
    ...given,
  };
}

const SELECTOR: Shape = { matchLabels: 'map', matchExpressions: [{ key: 'string', operator: 'string', values: ['string'] }] };

const OPTIONS: { readonly [key: string]: Shape } = {
  name: 'string',
  path: 'string',
  url: 'string',
  caBundle: 'string',
  service: { name: 'string', namespace: 'string', port: 'number' },
  failurePolicy: 'string',
  matchPolicy: 'string',
  sideEffects: 'string',
  timeoutSeconds: 'number',
  groups: ['string'],
  resources: ['string'],
  versions: ['string'],
  verbs: ['string'],
  scope: 'string',
  admissionReviewVersions: ['string'],
  matchConditions: [{ name: 'string', expression: 'string' }],
  namespaceSelector: SELECTOR,
  objectSelector: SELECTOR,
};
