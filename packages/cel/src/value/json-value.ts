import { ListValue, MapValue, type Value } from './value.js';

/** A JSON value of which no schema is known. Numbers are what they look like: whole ones int, others double. Nothing is copied. */
export function fromJson(json: unknown): Value {
  switch (typeof json) {
    case 'string': case 'boolean': case 'bigint': return json;
    case 'number': return Number.isInteger(json) && Math.abs(json) < 2 ** 63 ? BigInt(json) : json;
    case 'object': return json === null ? null : Array.isArray(json) ? new JsonList(json) : new JsonMap(json as Record<string, unknown>);
    default: return null;
  }
}

/** A JSON array; items are read when they are asked for. */
export class JsonList extends ListValue {
  constructor(readonly json: readonly unknown[]) {
    super();
  }

  get size(): number {
    return this.json.length;
  }

  at(index: number): Value {
    return fromJson(this.json[index]);
  }
}

/** A JSON object. Members that are undefined are not there. */
export class JsonMap extends MapValue {
  constructor(readonly json: Readonly<Record<string, unknown>>) {
    super();
  }

  get size(): number {
    let count = 0;
    for (const value of Object.values(this.json)) if (value !== undefined) count++;
    return count;
  }

  find(key: Value): Value | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.json, key)) return undefined;
    const value = this.json[key];
    return value === undefined ? undefined : fromJson(value);
  }

  *keys(): Iterable<Value> {
    for (const [key, value] of Object.entries(this.json)) if (value !== undefined) yield key;
  }
}
