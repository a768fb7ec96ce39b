import type { JSONSchemaProps } from '@kubewright/api';

import { NUMBER_FORMATS, QUANTITY_PATTERN } from '../constraints/formats.js';
import { re2Problem } from '../constraints/re2.js';
import { jsonInComment } from './comment-text.js';

/** A type, and the tags that the place of its use needs. */
export interface NodeText {
  readonly type: string;
  readonly tags: readonly string[];
}

/** Collects what a type and tags say of one schema; what is left at the end goes into `@schema`. */
export class Rendering {
  readonly tags: string[] = [];
  private readonly left: Map<string, unknown>;
  private readonly removed: Record<string, null> = {};
  private readonly kept: Record<string, unknown> = {};

  constructor(readonly schema: JSONSchemaProps) {
    this.left = new Map(Object.entries(schema).filter(([, value]) => value !== undefined));
    this.left.delete('description');
  }

  /** These keywords are said by the type. */
  says(...keys: (keyof JSONSchemaProps)[]): this {
    for (const key of keys) {
      if (this.schema[key] === undefined) this.removed[key] = null;
      this.left.delete(key);
    }
    return this;
  }

  /** These keywords follow from what else is written, whether they are there or not. */
  omit(...keys: (keyof JSONSchemaProps)[]): this {
    for (const key of keys) this.left.delete(key);
    return this;
  }

  tag(text: string, ...keys: (keyof JSONSchemaProps)[]): void {
    this.tags.push(text);
    for (const key of keys) this.left.delete(key);
  }

  /** A keyword that no tag can say as it stands. */
  keep(key: keyof JSONSchemaProps): void {
    if (this.left.has(key)) this.kept[key] = this.left.get(key);
    this.left.delete(key);
  }

  has(key: keyof JSONSchemaProps): boolean {
    return this.left.has(key);
  }

  /** The type with all tags: constraints, what belongs to the place, and the rest as `@schema`. */
  done(type: string): NodeText {
    constraintTags(this);
    const isNullable = this.has('nullable');
    if (isNullable) this.left.delete('nullable');
    siteTags(this);
    for (const key of [...this.left.keys()]) this.keep(key as keyof JSONSchemaProps);
    const overlay = { ...this.removed, ...this.kept };
    if (Object.keys(overlay).length > 0) this.tags.push(`schema ${jsonInComment(overlay)}`);
    return { type: isNullable ? `${type} | null` : type, tags: this.tags };
  }
}

/** The type of a schema without items, values and properties; undefined if it has some. */
export function scalarText(schema: JSONSchemaProps): NodeText | undefined {
  const text = new Rendering(schema);
  if (schema['x-kubernetes-int-or-string']) {
    text.says('x-kubernetes-int-or-string');
    if (isIntOrString(schema.anyOf)) text.says('anyOf');
    else if (schema.anyOf) text.keep('anyOf');
    else text.says('anyOf');
    if (schema.pattern !== QUANTITY_PATTERN) return text.done('IntOrString');
    return text.says('pattern').done('Quantity');
  }
  switch (schema.type) {
    case 'string':
      return text.says('type').done(stringType(schema, text));
    case 'integer':
    case 'number':
      return text.says('type').done(numberType(schema, text));
    case 'boolean':
      text.says('type');
      if (schema.enum?.length === 1 && typeof schema.enum[0] === 'boolean' && !schema.nullable) return text.says('enum').done(String(schema.enum[0]));
      return text.done('boolean');
    default:
      return undefined;
  }
}

/** The type of a schema that says nothing of what is inside. */
export function openText(schema: JSONSchemaProps, propertyName: string): NodeText {
  const text = new Rendering(schema);
  if (schema.type !== 'object') return text.says('x-kubernetes-preserve-unknown-fields').done('JSONValue');
  text.says('type');
  if (schema['x-kubernetes-embedded-resource'] && schema['x-kubernetes-preserve-unknown-fields'])
    return text.says('x-kubernetes-embedded-resource', 'x-kubernetes-preserve-unknown-fields').done('EmbeddedResource');
  if (propertyName === 'metadata' && Object.keys(schema).every((key) => key === 'type' || key === 'description')) return text.done('ObjectMeta');
  return text.says('x-kubernetes-preserve-unknown-fields').done('JSONObject');
}

/** A literal as TypeScript source. */
export function literalText(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function isIntOrString(anyOf: readonly JSONSchemaProps[] | undefined): boolean {
  return JSON.stringify(anyOf) === '[{"type":"integer"},{"type":"string"}]';
}

function stringType(schema: JSONSchemaProps, text: Rendering): string {
  const values = schema.enum;
  if (values && !schema.nullable && values.every((value) => typeof value === 'string') && new Set(values).size === values.length) {
    text.says('enum');
    return values.map(literalText).join(' | ');
  }
  if (values || schema.format === undefined) return 'string';
  text.says('format');
  if (schema.format === 'date-time') return 'Time';
  return schema.format === 'byte' ? 'Bytes' : `Format<${literalText(schema.format)}>`;
}

function numberType(schema: JSONSchemaProps, text: Rendering): string {
  const values = schema.enum;
  const isInteger = schema.type === 'integer';
  const isPlain = values?.every((value) => typeof value === 'number') && new Set(values).size === values.length && !schema.nullable;
  if (values && isPlain && values.every((value) => Number.isInteger(value)) === isInteger) {
    text.says('enum');
    return values.map(String).join(' | ');
  }
  const named = (isInteger ? { int32: 'Int32', int64: 'Int64' } : { double: 'Double' }) as Record<string, string>;
  const found = named[schema.format ?? ''];
  if (found) text.says('format');
  return found ?? (isInteger ? 'Int' : 'Float');
}

const COUNTS = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'] as const;

function constraintTags(text: Rendering): void {
  const { schema } = text;
  const isMixed = schema['x-kubernetes-int-or-string'] === true;
  const isNumeric = isMixed || schema.type === 'integer' || schema.type === 'number';
  for (const [bound, exclusive] of [['minimum', 'exclusiveMinimum'], ['maximum', 'exclusiveMaximum']] as const) {
    const value = schema[bound];
    if (!isNumeric || value === undefined || (schema.type === 'integer' && !Number.isInteger(value))) continue;
    text.tag(`${schema[exclusive] ? exclusive : bound} ${value}`, bound, exclusive);
  }
  if (isNumeric && schema.multipleOf !== undefined && schema.multipleOf > 0 && (schema.type !== 'integer' || Number.isInteger(schema.multipleOf)))
    text.tag(`multipleOf ${schema.multipleOf}`, 'multipleOf');
  for (const key of COUNTS) {
    const wanted = key.endsWith('Length') ? 'string' : key.endsWith('Items') ? 'array' : 'object';
    if (text.has(key) && (schema.type === wanted || (isMixed && wanted === 'string'))) text.tag(`${key} ${schema[key]}`, key);
  }
  const { pattern, format } = schema;
  if (pattern !== undefined && text.has('pattern') && (isMixed || schema.type === 'string') && isLine(pattern) && re2Problem(pattern) === undefined)
    text.tag(`pattern ${pattern}`, 'pattern');
  if (format !== undefined && text.has('format') && isLine(format) && !/\s/.test(format) && (NUMBER_FORMATS.has(format) || schema.type === 'string'))
    text.tag(`format ${format}`, 'format');
  if (schema['x-kubernetes-map-type'] && schema.type === 'object' && text.has('x-kubernetes-map-type'))
    text.tag(`${schema.properties ? 'structType' : 'mapType'} ${schema['x-kubernetes-map-type']}`, 'x-kubernetes-map-type');
  for (const rule of text.has('x-kubernetes-validations') ? (schema['x-kubernetes-validations'] ?? []) : [])
    text.tag(`validation ${jsonInComment(rule)}`, 'x-kubernetes-validations');
}

function siteTags(text: Rendering): void {
  const { title, externalDocs, example, default: byDefault } = text.schema;
  if (title !== undefined && text.has('title') && isLine(title)) text.tag(`title ${title}`, 'title');
  if (externalDocs?.url && isLine(`${externalDocs.url} ${externalDocs.description ?? ''}`.trim()) && !/\s/.test(externalDocs.url) && !/\s\s/.test(externalDocs.description ?? ''))
    text.tag(`externalDocs ${externalDocs.url}${externalDocs.description ? ` ${externalDocs.description}` : ''}`, 'externalDocs');
  if (example !== undefined && text.has('example')) text.tag(`example ${valueText(example, text.schema)}`, 'example');
  if (byDefault !== undefined && text.has('default')) text.tag(`default ${valueText(byDefault, text.schema)}`, 'default');
}

/** A word where it can be told from JSON, else JSON. */
function valueText(value: unknown, schema: JSONSchemaProps): string {
  const isWord = typeof value === 'string' && schema.type === 'string' && /^[A-Za-z][\w./:-]*$/.test(value) && value !== 'null';
  return isWord ? value : jsonInComment(value);
}

/** Whether a tag can carry the text to the end of its line. */
function isLine(text: string): boolean {
  return text !== '' && text === text.trim() && !/[\n\r]|\*\//.test(text);
}
