import type { JSONSchemaProps } from '@kubewright/api';

import type { ResourceDeclaration } from '../collect/resources.js';
import { docsOf } from '../markers/comment.js';
import { applyTags } from '../markers/apply.js';
import type { SchemaBuilder } from '../schema/build-schema.js';
import type { TypeResolver } from '../schema/resolve-type.js';
import type { Member, ObjectShape } from '../schema/type-model.js';
import { flatten } from '../schema/type-model.js';

/** How `apiVersion` is described where a class does not describe it. */
export const API_VERSION = [
  'APIVersion defines the versioned schema of this representation of an object.',
  'Servers should convert recognized schemas to the latest internal value, and',
  'may reject unrecognized values.',
  'More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources',
].join('\n');

/** How `kind` is described where a class does not describe it. */
export const KIND = [
  'Kind is a string value representing the REST resource this object represents.',
  'Servers may infer this from the endpoint the client submits requests to.',
  'Cannot be updated.',
  'In CamelCase.',
  'More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
].join('\n');

/** Keywords that a root with a status subresource may have. */
const AT_ROOT = new Set(
  `description type format title maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems minItems uniqueItems maxProperties minProperties
  multipleOf required items properties externalDocs example x-kubernetes-preserve-unknown-fields x-kubernetes-validations`.split(/\s+/),
);

/** The schema of a whole object: the members of the class between the fixed `apiVersion`, `kind` and `metadata`. */
export function rootSchema(resource: ResourceDeclaration, resolver: TypeResolver, builder: SchemaBuilder): JSONSchemaProps {
  const { node } = resource;
  const at = node.name ?? node;
  const model = resolver.declared([node], at, []);
  const { diagnostics } = resolver.context;
  if (model.kind !== 'object') return { type: 'object' };
  const shape = model.shape();
  const own: ObjectShape = {
    ...shape,
    members: new Map([...shape.members].filter(([name]) => name !== 'apiVersion' && name !== 'kind' && name !== 'metadata')),
  };
  const schema = builder.buildObject(own, at);
  schema.properties = {
    apiVersion: { description: shape.members.get('apiVersion')?.docs.text || API_VERSION, type: 'string' },
    kind: { description: shape.members.get('kind')?.docs.text || KIND, type: 'string' },
    metadata: metadataSchema(shape.members.get('metadata'), builder),
    ...schema.properties,
  };
  builder.context.origins.set(schema, at);
  const docs = docsOf(node, at);
  if (docs.text) schema.description = docs.text;
  applyTags(schema, { ...docs, tags: docs.tags.filter((tag) => tag.name !== 'validation') }, diagnostics);
  for (const name of ['apiVersion', 'kind', 'metadata']) {
    const member = shape.members.get(name);
    if (member?.docs.tags.some((tag) => tag.name === 'default') || member?.initializer)
      diagnostics.report('KW1508', member.node, `${name} can have no default`);
  }
  if (hasStatus(resource, shape))
    for (const key of Object.keys(schema))
      if (!AT_ROOT.has(key)) diagnostics.report('KW1508', at, `${key} is not allowed at the root of a resource with a status`);
  if (resource.options.status && !shape.members.has('status'))
    diagnostics.report('KW1508', resource.at('status'), 'the status subresource needs a status member', 'declare status?: … in the class');
  return schema;
}

/** Whether there is a status subresource. */
export function hasStatus(resource: ResourceDeclaration, shape: Pick<ObjectShape, 'members'>): boolean {
  return resource.options.status ?? shape.members.has('status');
}

/** Only `name` and `generateName` may be restricted; everything else of metadata is the server's. */
function metadataSchema(member: Member | undefined, builder: SchemaBuilder): JSONSchemaProps {
  const plain: JSONSchemaProps = { type: 'object' };
  if (!member) return plain;
  const parts = flatten(member.type());
  const [model] = parts;
  // ObjectMeta, ListMeta and the like of the API packages say nothing that the server does not know.
  if (!model || model.kind === 'schema' || model.kind === 'invalid') return plain;
  if (model.kind !== 'object' || parts.length > 1) {
    builder.context.diagnostics.report('KW1508', member.node, 'metadata must not specify anything other than name and generateName');
    return plain;
  }
  const shape = model.shape();
  const wrong = [...shape.members.keys()].filter((name) => name !== 'name' && name !== 'generateName');
  if (wrong.length > 0) {
    const hint = 'leave the member out, or type it ObjectMeta';
    builder.context.diagnostics.report(
      'KW1508',
      member.node,
      `metadata must not specify anything other than name and generateName, but it has ${wrong.join(', ')}`,
      hint,
    );
    return plain;
  }
  const schema = builder.buildObject(shape, member.node);
  delete schema.required;
  return schema;
}
