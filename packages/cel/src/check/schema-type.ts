import type { JSONSchemaProps } from '@kubewright/api';

import { escapeProperty, isSelectable } from './escape.js';
import { BOOL, BYTES, DOUBLE, DURATION, DYN, INT, STRING, TIMESTAMP, listOf, mapOf, objectOf, type Field, type Type } from './type.js';

/** The type of values of a schema, and how large they may be. */
export interface SchemaType {
  readonly type: Type;
  readonly schema: JSONSchemaProps;
  /** The most bytes of a string, items of a list or entries of a map; 0 for everything that has no size. */
  readonly maxElements: number;
  /** The fewest bytes that a value takes in a request. */
  readonly minSize: number;
  /** Of lists: the items. Of maps: the values. */
  readonly item?: SchemaType;
  /** Fields of objects by the identifiers that expressions use. */
  readonly fields?: ReadonlyMap<string, SchemaField>;
}

export interface SchemaField {
  /** The property, which is not always spelled like the field. */
  readonly property: string;
  readonly value: SchemaType;
}

/** The largest request in bytes, by which everything that has no bound is estimated. */
export const MAX_REQUEST_SIZE = 3 * 1024 * 1024;

/**
 * The type of a structural schema; undefined where expressions can not see values of it (objects in lists without items, unknown types).
 * @param isResource the schema is of a whole object, so that `apiVersion`, `kind`, `metadata.name` and `metadata.generateName` are there too
 */
export function schemaType(schema: JSONSchemaProps, isResource: boolean, name = 'selfType'): SchemaType | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) {
    return scalar(schema, DYN, schema.maxLength === undefined ? MAX_REQUEST_SIZE - 2 : atLeastZero(schema.maxLength) * 4, 1);
  }
  const full = isResource ? withTypeAndMeta(schema) : schema;
  switch (full.type) {
    case 'array': return listType(full, name);
    case 'object': return typeof full.additionalProperties === 'object' ? mapType(full, full.additionalProperties, name) : objectType(full, name);
    case 'string': return stringType(full);
    case 'boolean': return scalar(full, BOOL, 0, 4);
    case 'number': return scalar(full, DOUBLE, 0, 1);
    case 'integer': return scalar(full, INT, 0, 1);
    default: return undefined;
  }
}

function scalar(schema: JSONSchemaProps, type: Type, maxElements: number, minSize: number): SchemaType {
  return { type, schema, maxElements, minSize };
}

function listType(schema: JSONSchemaProps, name: string): SchemaType | undefined {
  const item = schema.items && schemaType(schema.items, isEmbedded(schema.items), `${name}.@idx`);
  if (item === undefined) return undefined;
  const maxElements = schema.maxItems === undefined ? Math.floor((MAX_REQUEST_SIZE - 2) / (item.minSize + 1)) : atLeastZero(schema.maxItems);
  return { type: listOf(item.type), schema, maxElements, minSize: 2, item };
}

function mapType(schema: JSONSchemaProps, values: JSONSchemaProps, name: string): SchemaType | undefined {
  const item = schemaType(values, isEmbedded(values), `${name}.@elem`);
  if (item === undefined) return undefined;
  const maxElements = schema.maxProperties === undefined ? Math.floor((MAX_REQUEST_SIZE - 2) / (item.minSize + 6)) : atLeastZero(schema.maxProperties);
  return { type: mapOf(STRING, item.type), schema, maxElements, minSize: 2, item };
}

function objectType(schema: JSONSchemaProps, name: string): SchemaType {
  const fields = new Map<string, SchemaField>();
  const types = new Map<string, Field>();
  let minSize = 2;
  for (const [property, node] of Object.entries(schema.properties ?? {})) {
    const value = schemaType(node, isEmbedded(node), `${name}.${property}`);
    if (value === undefined) continue;
    for (const field of namesOf(property)) {
      fields.set(field, { property, value });
      types.set(field, { name: field, type: value.type });
    }
    // What has a default may be left out of a request.
    if (schema.required?.includes(property) === true && (node.default === undefined || node.default === null)) minSize += byteLength(property) + value.minSize + 4;
  }
  return { type: objectOf(name, types), schema, maxElements: 0, minSize, fields };
}

function namesOf(property: string): string[] {
  const escaped = escapeProperty(property);
  if (escaped === undefined) return [];
  return isSelectable(property) ? [escaped, property] : [escaped];
}

function stringType(schema: JSONSchemaProps): SchemaType {
  const { format, maxLength } = schema;
  switch (format) {
    case 'byte': return scalar(schema, BYTES, maxLength === undefined ? MAX_REQUEST_SIZE - 2 : atLeastZero(maxLength), 2);
    case 'duration': return scalar(schema, DURATION, 32, 3);
    case 'date': return scalar(schema, TIMESTAMP, 12, 12);
    case 'date-time': return scalar(schema, TIMESTAMP, 32, 21);
    default: return scalar(schema, STRING, maxStringSize(schema), 2);
  }
}

/** In bytes; a code point takes at most four. */
function maxStringSize(schema: JSONSchemaProps): number {
  if (schema.maxLength !== undefined) return atLeastZero(schema.maxLength) * 4;
  if (schema.enum === undefined || schema.enum.length === 0) return MAX_REQUEST_SIZE - 2;
  return Math.max(0, ...schema.enum.map((value) => (typeof value === 'string' ? byteLength(value) : 0)));
}

function withTypeAndMeta(schema: JSONSchemaProps): JSONSchemaProps {
  const string: JSONSchemaProps = { type: 'string' };
  const metadata: JSONSchemaProps = { type: 'object', properties: { name: string, generateName: string } };
  return { ...schema, properties: { ...schema.properties, kind: string, apiVersion: string, metadata } };
}

function isEmbedded(schema: JSONSchemaProps): boolean {
  return schema['x-kubernetes-embedded-resource'] === true;
}

function atLeastZero(value: number): number {
  return Math.max(0, Number(value));
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
