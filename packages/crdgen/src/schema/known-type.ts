import type { JSONSchemaProps } from '@kubewright/api';

import { suggest } from '../markers/suggest.js';
import { coreType, coreTypeOfClientNode } from './core-types.js';
import { NUMBER_FORMATS, QUANTITY_PATTERN, STRING_FORMATS } from '../constraints/formats.js';
import { re2Problem } from '../constraints/re2.js';
import { oneOfRule } from './rules.js';
import { shapeOf } from './shape.js';
import { flatten, invalid, literalNames, modelOf, schemaModel, type Member, type Resolver, type TypeModel } from './type-model.js';

type Args = readonly (() => TypeModel)[];
type Helper = (resolver: Resolver, node: TypeModel['node'], args: Args) => TypeModel;

/** A type that is known by module and name: a helper of `@kubewright/api`, or a built-in type of Kubernetes from the data file. */
export function knownModel(resolver: Resolver, module: string, name: string, node: TypeModel['node'], args: Args): TypeModel {
  if (module === '@kubewright/api') {
    const helper = Object.hasOwn(HELPERS, name) ? HELPERS[name] : undefined;
    if (helper) return helper(resolver, node, args);
    const meta = coreType(`meta/v1.${name}`);
    if (meta) return core(resolver, node, name, meta);
    const meant = suggest(name, Object.keys(HELPERS));
    return invalid(resolver, 'KW1000', node, `@kubewright/api has no type ${name} for schemas${meant ? `: did you mean ${meant}?` : ''}`);
  }
  const group = /^(?:@kubewright\/api|kubernetes-types)\/(.+?)(?:\.js|\.d\.ts)?$/.exec(module)?.[1];
  const schema = group !== undefined ? coreType(`${group}.${name}`) : module === '@kubernetes/client-node' ? coreTypeOfClientNode(name) : undefined;
  if (schema) return core(resolver, node, name, schema);
  if (group !== undefined) return invalid(resolver, 'KW1000', node, `${module} has no type ${name}`, 'check the name and the group');
  return invalid(resolver, 'KW1000', node, `can not find ${name}: the module ${module} is not installed, or has no types`);
}

/** The names of the types of `@kubewright/api` that say something of a schema. */
export const HELPER_TYPES = (): string[] => [...Object.keys(HELPERS), 'Condition', 'ObjectMeta', 'LabelSelector'];

/** Whether a name that is declared nowhere means a helper type. */
export function isHelper(name: string): boolean {
  return Object.hasOwn(HELPERS, name) || name === 'Condition' || name === 'ObjectMeta' || name === 'LabelSelector';
}

const scalar =
  (schema: () => JSONSchemaProps): Helper =>
  (_resolver, node) =>
    schemaModel(node, schema());

const intOrString = (): JSONSchemaProps => ({ anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true });

const HELPERS: Readonly<Record<string, Helper>> = {
  Int: scalar(() => ({ type: 'integer' })),
  Int32: scalar(() => ({ type: 'integer', format: 'int32' })),
  Int64: scalar(() => ({ type: 'integer', format: 'int64' })),
  Float: scalar(() => ({ type: 'number' })),
  Double: scalar(() => ({ type: 'number', format: 'double' })),
  Quantity: scalar(() => ({ ...intOrString(), pattern: QUANTITY_PATTERN })),
  IntOrString: scalar(intOrString),
  Time: scalar(() => ({ type: 'string', format: 'date-time' })),
  MicroTime: scalar(() => ({ type: 'string', format: 'date-time' })),
  Duration: scalar(() => ({ type: 'string' })),
  Bytes: scalar(() => ({ type: 'string', format: 'byte' })),
  JSONValue: scalar(() => ({ 'x-kubernetes-preserve-unknown-fields': true })),
  JSONObject: scalar(() => ({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true })),
  Opaque: scalar(() => ({ 'x-kubernetes-preserve-unknown-fields': true })),
  EmbeddedResource: scalar(() => ({ type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true })),
  EmbeddedObjectMeta: scalar(embeddedObjectMeta),
  Format: (resolver, node, args) =>
    withText(resolver, node, args, (format) => {
      if (!STRING_FORMATS.has(format) && !NUMBER_FORMATS.has(format))
        resolver.context.diagnostics.report('KW2106', node, `the server does not know format ${format} for a string and ignores it`);
      return { type: 'string', format };
    }),
  Pattern: (resolver, node, args) =>
    withText(resolver, node, args, (pattern) => {
      const problem = re2Problem(pattern);
      if (problem !== undefined) resolver.context.diagnostics.report('KW1105', node, `Go's RE2 can not compile the pattern: ${problem}`);
      return problem === undefined ? { type: 'string', pattern } : { type: 'string' };
    }),
  MinLength: (resolver, node, args) => withNumber(resolver, node, args, (minLength) => ({ type: 'string', minLength })),
  MaxLength: (resolver, node, args) => withNumber(resolver, node, args, (maxLength) => ({ type: 'string', maxLength })),
  Min: (resolver, node, args) => withNumber(resolver, node, args, (minimum) => ({ type: 'number', minimum })),
  Max: (resolver, node, args) => withNumber(resolver, node, args, (maximum) => ({ type: 'number', maximum })),
  AtomicList: (resolver, node, args) => list(resolver, node, args, { 'x-kubernetes-list-type': 'atomic' }),
  SetList: (resolver, node, args) => list(resolver, node, args, { 'x-kubernetes-list-type': 'set' }),
  MapList: (resolver, node, args) => {
    const keys = args[1] && literalNames(args[1]());
    if (!keys || keys.length === 0) return invalid(resolver, 'KW1301', node, 'MapList needs the names of its keys', "MapList<Port, 'name'>");
    return list(resolver, node, args, { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys });
  },
  OneOf: (resolver, node, args) => {
    const shape = args[0] && shapeOf(args[0]());
    if (!shape) return invalid(resolver, 'KW1009', node, 'OneOf needs an object type whose members are the choices', 'OneOf<{ git: Git; oci: Oci }>');
    const members = new Map<string, Member>([...shape.members].map(([name, member]) => [name, { ...member, isOptional: true }]));
    return modelOf(node, { kind: 'object', shape: () => ({ members, rules: [...shape.rules, oneOfRule('ExactlyOneOf', [...members.keys()])] }) });
  },
};

function embeddedObjectMeta(): JSONSchemaProps {
  const texts = (): JSONSchemaProps => ({ type: 'object', additionalProperties: { type: 'string' } });
  const properties = {
    annotations: texts(),
    finalizers: { type: 'array', items: { type: 'string' } },
    labels: texts(),
    name: { type: 'string' },
    namespace: { type: 'string' },
  };
  return { type: 'object', properties };
}

function core(resolver: Resolver, node: TypeModel['node'], name: string, schema: JSONSchemaProps): TypeModel {
  if (/^(?:V1)?ObjectMeta$/.test(name)) {
    if (resolver.context.settings.embeddedObjectMeta) return schemaModel(node, embeddedObjectMeta());
    return modelOf(node, { kind: 'schema', schema, isPruned: true });
  }
  return schemaModel(node, schema);
}

function list(resolver: Resolver, node: TypeModel['node'], args: Args, add: JSONSchemaProps): TypeModel {
  const [item] = args;
  return item ? modelOf(node, { kind: 'array', item, add }) : invalid(resolver, 'KW1011', node, `${node.getText()} needs the type of its items`);
}

function withText(resolver: Resolver, node: TypeModel['node'], args: Args, make: (text: string) => JSONSchemaProps): TypeModel {
  const [only, ...more] = args[0] ? flatten(args[0]()) : [];
  if (more.length === 0 && only?.kind === 'literal' && typeof only.value === 'string') return schemaModel(node, make(only.value));
  return invalid(resolver, 'KW1103', node, `${node.getText()} needs one text`);
}

/** Bounds alone say nothing of the type; the builder asks for one. */
function withNumber(resolver: Resolver, node: TypeModel['node'], args: Args, make: (value: number) => JSONSchemaProps): TypeModel {
  const [only, ...more] = args[0] ? flatten(args[0]()) : [];
  if (more.length > 0 || only?.kind !== 'literal' || typeof only.value !== 'number')
    return invalid(resolver, 'KW1103', node, `${node.getText()} needs one number`);
  const schema = make(only.value);
  return modelOf(node, { kind: 'schema', schema, ...(schema.type === 'number' ? { isVague: !resolver.context.settings.allowDangerousTypes } : {}) });
}
