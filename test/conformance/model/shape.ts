/**
 * @module The rules that the server is held to, written down a second time from their documentation and far from the server's own code: small, slow and
 * plain. shape.ts says what an object looks like; typed-merge.ts has the rules of typed values; ownership.ts those of field managers; expected.ts those
 * of whole requests; sequence.ts asks a server and the rules the same.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonMap = Record<string, Json>;

/** What a value looks like, and how it merges. */
export type Shape = ScalarShape | MapShape | ListShape | FreeShape;

export interface ScalarShape {
  readonly is: 'scalar';
  readonly type: 'string' | 'integer' | 'boolean';
  readonly default?: Json;
}

/** A struct (`fields`), a map (`items`), or one whose contents are one value (`atomic`). */
export interface MapShape {
  readonly is: 'map';
  readonly fields?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly atomic?: boolean;
  readonly default?: Json;
}

export interface ListShape {
  readonly is: 'list';
  readonly of: 'atomic' | 'set' | 'map';
  readonly keys?: readonly string[];
  readonly items: Shape;
}

/** No schema: maps merge, lists are one value. */
export interface FreeShape {
  readonly is: 'free';
}

export const string: ScalarShape = { is: 'scalar', type: 'string' };
export const integer: ScalarShape = { is: 'scalar', type: 'integer' };
export const boolean: ScalarShape = { is: 'scalar', type: 'boolean' };
export const free: FreeShape = { is: 'free' };
export const struct = (fields: Record<string, Shape>, rest: Partial<MapShape> = {}): MapShape => ({ is: 'map', fields, ...rest });
export const mapOf = (items: Shape, rest: Partial<MapShape> = {}): MapShape => ({ is: 'map', items, ...rest });
export const setOf = (items: Shape): ListShape => ({ is: 'list', of: 'set', items });
export const atomicList = (items: Shape): ListShape => ({ is: 'list', of: 'atomic', items });
export const listBy = (keys: readonly string[], fields: Record<string, Shape>): ListShape => ({ is: 'list', of: 'map', keys, items: struct(fields) });

/** The same shape as the schema of a CustomResourceDefinition. */
export function schemaOf(shape: Shape): JsonMap {
  if (shape.is === 'free') return { 'x-kubernetes-preserve-unknown-fields': true };
  if (shape.is === 'scalar') return { type: shape.type, ...(shape.default !== undefined && { default: shape.default }) };
  if (shape.is === 'list') return { type: 'array', items: { ...schemaOf(shape.items), ...requiredKeys(shape) }, 'x-kubernetes-list-type': shape.of, ...(shape.keys && { 'x-kubernetes-list-map-keys': shape.keys }) };
  return {
    type: 'object',
    ...(shape.fields && { properties: Object.fromEntries(Object.entries(shape.fields).map(([name, field]) => [name, schemaOf(field)])) }),
    ...(shape.items && { additionalProperties: schemaOf(shape.items) }),
    ...(shape.atomic && { 'x-kubernetes-map-type': 'atomic' }),
    ...(shape.default !== undefined && { default: shape.default }),
  };
}

function requiredKeys({ keys = [], items }: ListShape): JsonMap {
  const required = keys.filter((key) => items.is === 'map' && !('default' in items.fields![key]!));
  return required.length > 0 ? { required } : {};
}

/** Whether a value is what the schema asks for: types, keys of items, and no item twice. */
export function fits(value: Json, shape: Shape): boolean {
  if (shape.is === 'free') return true;
  if (shape.is === 'scalar') return typeof value === (shape.type === 'integer' ? 'number' : shape.type);
  if (shape.is === 'map') return isMap(value) && Object.entries(value).every(([name, item]) => fits(item, shape.fields?.[name] ?? shape.items ?? { is: 'free' }));
  if (!isList(value) || !value.every((item) => fits(item, shape.items))) return false;
  if (shape.of === 'atomic') return true;
  if (shape.keys && !value.every((item) => shape.keys!.every((key) => (item as JsonMap)[key] !== undefined))) return false;
  const names = value.map((item) => canonical(shape.keys ? shape.keys.map((key) => (item as JsonMap)[key]!) : item));
  return new Set(names).size === names.length;
}

/** Puts in what the schema gives where nothing is said. A null where a default stands counts as nothing. */
export function withDefaults(value: Json, shape: Shape): Json {
  if (shape.is === 'list') return isList(value) ? value.map((item) => withDefaults(item, shape.items)) : value;
  if (shape.is !== 'map' || !isMap(value)) return value;
  const result: JsonMap = {};
  for (const [name, item] of Object.entries(value)) result[name] = item;
  for (const [name, field] of Object.entries(shape.fields ?? {})) {
    const preset = 'default' in field ? field.default : undefined;
    if (preset !== undefined && (result[name] === undefined || result[name] === null)) result[name] = preset;
  }
  for (const [name, item] of Object.entries(result)) {
    const of = shape.fields?.[name] ?? shape.items;
    if (of) result[name] = withDefaults(item, of);
  }
  return result;
}

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
export const isMap = (value: Json | undefined): value is JsonMap => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Equal as JSON, whatever the order of fields. */
export function same(a: Json | undefined, b: Json | undefined): boolean {
  return canonical(a) === canonical(b);
}

export function canonical(value: Json | undefined): string {
  if (isList(value)) return `[${value.map(canonical).join()}]`;
  if (isMap(value)) return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join()}}`;
  return JSON.stringify(value) ?? 'undefined';
}
