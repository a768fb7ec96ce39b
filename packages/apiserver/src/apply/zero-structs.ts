import type { JSONSchemaProps, TypedSchema } from '@kubewright/api';

import { isBuiltin } from './field-type.js';

/**
 * A built-in object as the server's own types hold it: structures that are no pointers are always there, empty if need be (`status`,
 * `template.metadata`, `resources` of a container), and required lists are at least null. Who fills such a structure later owns what is in it,
 * not the structure. Other schemas change nothing. The input is not changed.
 */
export function withZeroStructs(object: unknown, schema: TypedSchema | undefined): unknown {
  return schema !== undefined && isBuiltin(schema) ? fill(object, schema.root, schema) : object;
}

function fill(value: unknown, given: JSONSchemaProps, schema: TypedSchema): unknown {
  const node = schema.resolve(given);
  if (Array.isArray(value)) return node.items === undefined ? value : value.map((item) => fill(item, node.items!, schema));
  if (typeof value !== 'object' || value === null) return value;
  if (node.properties !== undefined) return fillStruct(value as Record<string, unknown>, node, schema);
  const { additionalProperties } = node;
  if (typeof additionalProperties !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, additionalProperties, schema)]));
}

function fillStruct(value: Record<string, unknown>, node: JSONSchemaProps, schema: TypedSchema): unknown {
  const result = { ...value };
  for (const [name, property] of Object.entries(node.properties!)) {
    if (Object.hasOwn(value, name)) result[name] = fill(value[name], property, schema);
    else if (isZeroStruct(property, schema)) result[name] = fill({}, property, schema);
    else if (property.default === '' || property.default === 0) result[name] = property.default;
    else if (node.required?.includes(name) && schema.resolve(property).type === 'array') result[name] = null;
  }
  return result;
}

/** The documents give structures that are no pointers the default `{}`. */
function isZeroStruct(property: JSONSchemaProps, schema: TypedSchema): boolean {
  const value = property.default;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0 && schema.resolve(property).properties !== undefined;
}
