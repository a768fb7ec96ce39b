import {
  GoDecodeError, deepEqual, fieldInvalid, pruneObject, readEmbeddedMetadata, structuralSchema, validateEmbeddedResources, validateSchema, type FieldError,
  type JSONSchemaProps, type TypedSchema,
} from '@kubewright/api';
import { evaluateRules } from '@kubewright/cel';

import { itemsOf, type GivenSchema } from './definition.js';

/**
 * Problems of defaults: each must be free of unknown fields and valid by its own schema. Defaults within maps of values are not looked at, as
 * the server does not either. Metadata of embedded resources in defaults is read (and cleaned of unknown fields) in place.
 */
export function validateDefaults(schema: GivenSchema, path: string): FieldError[] {
  return [...validateDefault(schema, path), ...validateBelow(schema, path)];
}

function validateBelow(schema: GivenSchema, path: string): FieldError[] {
  const items = itemsOf(schema);
  return [
    ...(items ? validateDefaults(items, `${path}.items`) : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, property]) => validateDefaults(property, `${path}.properties[${name}]`)),
  ];
}

function validateDefault(node: GivenSchema, path: string): FieldError[] {
  if (node.default === undefined || node.default === null) return [];
  const at = `${path}.default`;
  const typed = structuralSchema(node as JSONSchemaProps);
  const errors = isPruned(node, typed) ? [] : [fieldInvalid(at, node.default, 'must not have unknown fields')];
  try {
    readEmbeddedMetadata(node.default, typed);
  } catch (error) {
    if (error instanceof GoDecodeError) return [...errors, { type: 'FieldValueInvalid', field: at, message: error.message.replace(/^[^:]*: /, '') }];
    throw error;
  }
  const embedded = validateEmbeddedResources(node.default, typed, at);
  const invalid = embedded.length > 0 ? embedded : validateSchema(node.default, { ...typed, resolve: withoutIntOrString }, { at });
  return [...errors, ...(invalid.length > 0 ? invalid : brokenRules(node, at))];
}

/** A default must keep its rules both where it replaces itself and where there was nothing before. */
function brokenRules(node: GivenSchema, at: string): FieldError[] {
  const schema = node as JSONSchemaProps;
  const options = { at, isResource: schema['x-kubernetes-embedded-resource'] === true };
  const unchanged = evaluateRules(schema, node.default, node.default, { ...options, ratchets: false });
  return unchanged.length > 0 ? unchanged : evaluateRules(schema, node.default, undefined, options);
}

/** Where defaults are concerned, the server takes any value for an int-or-string. */
function withoutIntOrString(node: JSONSchemaProps): JSONSchemaProps {
  if (node['x-kubernetes-int-or-string'] !== true) return node;
  const { 'x-kubernetes-int-or-string': _flag, ...rest } = node;
  return rest;
}

/** Pruning starts at the default's own node, which is no resource unless the schema says so. */
function isPruned(node: GivenSchema, typed: TypedSchema): boolean {
  if (typeof node.default !== 'object' || node.default === null) return true;
  const holder = { value: structuredClone(node.default) };
  pruneObject(holder, { root: { type: 'object', properties: { value: typed.root } }, resolve: typed.resolve });
  return deepEqual(holder.value, node.default);
}
