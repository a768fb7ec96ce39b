/**
 * @module value: what expressions work with. value.ts has the kinds of values, equality.ts, comparison.ts and arithmetic.ts what may be done with
 * them, time.ts instants and spans. Values never change; lists and maps may read their items from somewhere else when they are asked for.
 */

/** int is bigint, double is number, null is null; the rest has classes where JavaScript has no type of its own. */
export type Value =
  | null | boolean | bigint | Uint | number | string | Uint8Array | Timestamp | Duration | ListValue | MapValue | OptionalValue | TypeValue | OpaqueValue;

/** An unsigned 64-bit integer. */
export class Uint {
  constructor(readonly value: bigint) {}
}

/** An instant, in nanoseconds since 1970. */
export class Timestamp {
  constructor(readonly nanos: bigint) {}
}

/** A span of time in nanoseconds. */
export class Duration {
  constructor(readonly nanos: bigint) {}
}

export abstract class ListValue {
  abstract readonly size: number;
  /** The item at an index below `size`. */
  abstract at(index: number): Value;

  *[Symbol.iterator](): Iterator<Value> {
    for (let index = 0; index < this.size; index++) yield this.at(index);
  }

  /** Whether both say the same; `same` compares items. Sets and keyed lists do not mind the order. */
  equals(other: ListValue, same: (a: Value, b: Value) => boolean): boolean {
    if (this.size !== other.size) return false;
    for (let index = 0; index < this.size; index++) if (!same(this.at(index), other.at(index))) return false;
    return true;
  }

  /** What `this + other` is. */
  concat(other: ListValue, _same: (a: Value, b: Value) => boolean): ListValue {
    if (other.size === 0) return this;
    return this.size <= SMALL ? GrowingList.start(this).concat(other) : new JoinedList(this, other);
  }
}

/** Lists up to this size are copied when something is added, longer ones are referred to. */
const SMALL = 32;

export class ArrayList extends ListValue {
  constructor(readonly items: readonly Value[]) {
    super();
  }

  get size(): number {
    return this.items.length;
  }

  at(index: number): Value {
    return this.items[index]!;
  }
}

/**
 * A list that loops build by adding to it again and again. Adding to the newest one writes into the array that all of them share, so that
 * building takes linear time; each still sees only its own items.
 */
class GrowingList extends ListValue {
  private constructor(private readonly items: Value[], readonly size: number) {
    super();
  }

  static start(list: ListValue): GrowingList {
    const items = [...list];
    return new GrowingList(items, items.length);
  }

  at(index: number): Value {
    return this.items[index]!;
  }

  override concat(other: ListValue): ListValue {
    if (this.items.length !== this.size) return this.size <= SMALL ? GrowingList.start(this).concat(other) : new JoinedList(this, other);
    for (const item of [...other]) this.items.push(item);
    return new GrowingList(this.items, this.items.length);
  }
}

/** Two lists one behind the other; items stay where they are. */
class JoinedList extends ListValue {
  readonly size: number;

  constructor(private readonly left: ListValue, private readonly right: ListValue) {
    super();
    this.size = left.size + right.size;
  }

  at(index: number): Value {
    // A loop, not recursion: lists that are built by loops lean left and may be long.
    let list: ListValue = this;
    let at = index;
    while (list instanceof JoinedList) {
      if (at < list.left.size) list = list.left;
      else {
        at -= list.left.size;
        list = list.right;
      }
    }
    return list.at(at);
  }

  override [Symbol.iterator](): Iterator<Value> {
    return this.#items()[Symbol.iterator]();
  }

  #items(): Value[] {
    const parts: ListValue[] = [];
    let list: ListValue = this;
    while (list instanceof JoinedList) {
      parts.push(list.right);
      list = list.left;
    }
    return [...list, ...parts.reverse().flatMap((part) => [...part])];
  }
}

export abstract class MapValue {
  abstract readonly size: number;
  /** The value of a key; undefined where there is none. */
  abstract find(key: Value): Value | undefined;
  abstract keys(): Iterable<Value>;
}

/** A map with entries of its own. Like lists, maps that loops build share what they have in common: each sees the first `size` entries. */
export class EntryMap extends MapValue {
  private constructor(private readonly entries: Map<string, readonly [key: Value, value: Value, place: number]>, readonly size: number) {
    super();
  }

  /** Keys that are equal to an earlier one replace it. */
  static of(pairs: Iterable<readonly [Value, Value]>): EntryMap {
    const entries = new Map<string, readonly [Value, Value, number]>();
    for (const [key, value] of pairs) {
      const index = mapKey(key);
      entries.set(index, [key, value, entries.get(index)?.[2] ?? entries.size]);
    }
    return new EntryMap(entries, entries.size);
  }

  find(key: Value): Value | undefined {
    const entry = this.entries.get(mapKey(key));
    return entry !== undefined && entry[2] < this.size ? entry[1] : undefined;
  }

  *keys(): Iterable<Value> {
    for (const [key, , place] of this.entries.values()) if (place < this.size) yield key;
  }

  /** A map with one more entry; undefined where the key is there already. */
  with(key: Value, value: Value): EntryMap | undefined {
    if (this.find(key) !== undefined) return undefined;
    const entries = this.entries.size === this.size ? this.entries : EntryMap.of([...this.keys()].map((known): [Value, Value] => [known, this.find(known)!])).entries;
    entries.set(mapKey(key), [key, value, this.size]);
    return new EntryMap(entries, this.size + 1);
  }
}

/** Equal keys have equal texts: 1, 1u and 1.0 are one key. */
export function mapKey(key: Value): string {
  if (typeof key === 'bigint') return `n${key}`;
  if (key instanceof Uint) return `n${key.value}`;
  if (typeof key === 'number') return Number.isInteger(key) ? `n${BigInt(key)}` : `d${key}`;
  return typeof key === 'string' ? `s${key}` : `b${String(key)}`;
}

/** A value or none. */
export class OptionalValue {
  static readonly none = new OptionalValue(undefined);

  constructor(readonly value: Value | undefined) {}
}

/** A type as a value: what `type(x)` gives. */
export class TypeValue {
  constructor(readonly name: string) {}
}

/** A value of a library, such as an IP address. */
export abstract class OpaqueValue {
  abstract readonly typeName: string;
  abstract equals(other: OpaqueValue): boolean;

  /** What it counts for where costs depend on sizes. */
  get costSize(): number {
    return 1;
  }
}

/** The name of a value's type. */
export function nameOfType(value: Value): string {
  switch (typeof value) {
    case 'boolean': return 'bool';
    case 'bigint': return 'int';
    case 'number': return 'double';
    case 'string': return 'string';
    default:
      if (value === null) return 'null_type';
      if (value instanceof Uint) return 'uint';
      if (value instanceof Uint8Array) return 'bytes';
      if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
      if (value instanceof Duration) return 'google.protobuf.Duration';
      if (value instanceof ListValue) return 'list';
      if (value instanceof MapValue) return 'map';
      if (value instanceof OptionalValue) return 'optional_type';
      if (value instanceof TypeValue) return 'type';
      return value.typeName;
  }
}

/** The number of code points. */
export function stringSize(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length - 1; index++) {
    const code = text.charCodeAt(index);
    if (code >= 0xd800 && code < 0xdc00 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00) {
      count--;
      index++;
    }
  }
  return count;
}
