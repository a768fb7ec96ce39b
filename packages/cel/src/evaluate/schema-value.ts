import { goJson, goQuote } from '@kubewright/api';

import type { SchemaField, SchemaType } from '../check/schema-type.js';
import { CelEvaluationError } from '../value/evaluation-error.js';
import { fromJson } from '../value/json-value.js';
import { parseDuration, parseTimestamp } from '../value/time.js';
import { ArrayList, Duration, ListValue, MapValue, type Value } from '../value/value.js';

/** A JSON value as its schema sees it: integers are int, numbers double, strings of time formats times. Lists and objects read on demand. */
export function fromSchema(json: unknown, schema: SchemaType): Value {
  if (json === null || json === undefined) return null;
  switch (schema.type.kind) {
    case 'int': return typeof json === 'number' && Number.isInteger(json) ? BigInt(json) : typeof json === 'bigint' ? json : unexpected(json, 'integer');
    case 'double': return typeof json === 'number' || typeof json === 'bigint' ? Number(json) : unexpected(json, 'number');
    case 'bool': return typeof json === 'boolean' ? json : unexpected(json, 'boolean');
    case 'string': return typeof json === 'string' ? json : unexpected(json, 'string');
    case 'list': return Array.isArray(json) ? new SchemaList(json, schema) : unexpected(json, 'array');
    case 'map': return isObject(json) ? new SchemaMap(json, schema) : unexpected(json, 'object');
    case 'object': return isObject(json) ? new SchemaObject(json, schema) : unexpected(json, 'object');
    case 'bytes': case 'duration': case 'timestamp': return typeof json === 'string' ? fromFormat(json, schema) : unexpected(json, 'string');
    default: return fromJson(json);
  }
}

function unexpected(json: unknown, type: string): never {
  const article = /^[aio]/.test(type) ? 'an' : 'a';
  throw new CelEvaluationError(`invalid data, got ${goJson(json)}, expected ${article} ${type} value`);
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function fromFormat(text: string, { type, schema }: SchemaType): Value {
  if (type.kind === 'bytes') {
    const bytes = Buffer.from(text, 'base64');
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) throw new CelEvaluationError(`Invalid byte formatted string ${text}: illegal base64 data`);
    return Uint8Array.from(bytes);
  }
  if (type.kind === 'duration') return parseDuration(text) ?? namedDuration(text);
  const found = parseTimestamp(schema.format === 'date' ? `${text}T00:00:00Z` : text.toUpperCase());
  if (found === undefined) throw new CelEvaluationError(`Invalid ${schema.format} formatted string ${text}: parsing time ${goQuote(text)}`);
  return found;
}

const UNITS: readonly (readonly [RegExp, bigint])[] = [
  [/^(?:ns|nano)/, 1n], [/^(?:us|µs|micro)/, 1_000n], [/^(?:ms|milli)/, 1_000_000n], [/^s/, 1_000_000_000n], [/^m(?:$|in|inutes?$)/, 60_000_000_000n],
  [/^h/, 3_600_000_000_000n], [/^d/, 86_400_000_000_000n], [/^w/, 604_800_000_000_000n],
];

/** The format lets `3 days` pass, too. */
function namedDuration(text: string): Value {
  let total = 0n;
  let found = false;
  for (const [, digits, name] of text.matchAll(/(\d+)\s*([A-Za-zµ]+)/g)) {
    const unit = UNITS.find(([pattern]) => pattern.test(name!.toLowerCase()));
    if (unit === undefined) continue;
    total += BigInt(digits!) * unit[1];
    found = true;
  }
  if (!found) throw new CelEvaluationError(`Invalid duration formatted string ${text}: time: invalid duration ${goQuote(text)}`);
  return new Duration(total);
}

/** A list with a schema. Sets and keyed lists are equal in any order, and adding to them replaces or leaves out what is there already. */
class SchemaList extends ListValue {
  readonly #items: (Value | undefined)[];

  constructor(readonly json: readonly unknown[], readonly schema: SchemaType) {
    super();
    this.#items = new Array<Value | undefined>(json.length);
  }

  get size(): number {
    return this.json.length;
  }

  at(index: number): Value {
    return this.#items[index] ??= fromSchema(this.json[index], this.schema.item!);
  }

  override equals(other: ListValue, same: (a: Value, b: Value) => boolean): boolean {
    const kind = this.schema.schema['x-kubernetes-list-type'];
    if (kind !== 'set' && kind !== 'map') return super.equals(other, same);
    if (this.size !== other.size) return false;
    if (kind === 'set') return [...this].every((item) => [...other].some((candidate) => same(item, candidate)));
    const byKey = new Map([...other].map((item) => [this.#keyOf(item), item]));
    return [...this].every((item) => {
      const candidate = byKey.get(this.#keyOf(item));
      return candidate !== undefined && same(item, candidate);
    });
  }

  override concat(other: ListValue, same: (a: Value, b: Value) => boolean): ListValue {
    const kind = this.schema.schema['x-kubernetes-list-type'];
    if (kind === 'set') return new ArrayList([...this, ...[...other].filter((item) => ![...this].some((known) => same(known, item)))]);
    if (kind !== 'map') return super.concat(other, same);
    const items = [...this];
    const places = new Map(items.map((item, index) => [this.#keyOf(item), index]));
    for (const item of other) {
      const place = places.get(this.#keyOf(item));
      if (place === undefined) items.push(item);
      else items[place] = item;
    }
    return new ArrayList(items);
  }

  #keyOf(item: Value): string {
    const keys = this.schema.schema['x-kubernetes-list-map-keys'] ?? [];
    return JSON.stringify(keys.map((key) => (item instanceof SchemaObject ? item.json[key] ?? null : null)), (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  }
}

/** An object whose keys are not known before (additionalProperties). */
class SchemaMap extends MapValue {
  constructor(readonly json: Readonly<Record<string, unknown>>, readonly schema: SchemaType) {
    super();
  }

  get size(): number {
    return Object.keys(this.json).length;
  }

  find(key: Value): Value | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.json, key)) return undefined;
    return fromSchema(this.json[key], this.schema.item!);
  }

  keys(): Iterable<Value> {
    return Object.keys(this.json);
  }
}

/** An object with named fields. Properties that the schema does not name can not be seen. */
class SchemaObject extends MapValue {
  constructor(readonly json: Readonly<Record<string, unknown>>, readonly schema: SchemaType) {
    super();
  }

  get size(): number {
    return [...this.#present()].length;
  }

  find(key: Value): Value | undefined {
    const field = typeof key === 'string' ? this.schema.fields?.get(key) : undefined;
    if (field === undefined || !Object.hasOwn(this.json, field.property)) return undefined;
    const value = this.json[field.property];
    // To rules, a field that is null is not there.
    return value === undefined || value === null ? undefined : fromSchema(value, field.value);
  }

  *keys(): Iterable<Value> {
    for (const [name] of this.#present()) yield name;
  }

  *#present(): Iterable<[string, SchemaField]> {
    const seen = new Set<string>();
    for (const [name, field] of this.schema.fields ?? []) {
      if (seen.has(field.property) || (this.json[field.property] ?? undefined) === undefined || !Object.hasOwn(this.json, field.property)) continue;
      seen.add(field.property);
      yield [name, field];
    }
  }
}
