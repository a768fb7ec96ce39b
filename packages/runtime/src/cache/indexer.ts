import type { Entry } from '../event/entry.js';

/** The values under which an entry is found in one index; none leaves it out. */
export type IndexFunction = (entry: Entry) => readonly string[];

/** Entries by the uid of each of their owners. */
export const OWNER_INDEX = 'metadata.ownerReferences.uid';

/** Reads of a store. Results are snapshots: they do not change when the store does. */
export interface IndexerReader {
  readonly size: number;
  get(key: string): Entry | undefined;
  /** In no promised order. */
  list(namespace?: string): readonly Entry[];
  /** @throws RangeError when there is no such index; see {@link hasIndex} */
  byIndex(index: string, value: string, namespace?: string): readonly Entry[];
  hasIndex(index: string): boolean;
  /** Under which values `entry`, which need not be in the store, would be found. */
  indexValues(index: string, entry: Entry): readonly string[];
}

/** What is told that a store holds it, and holds it no more. */
type Holdable = Entry & { hold?(): void; release?(): void };

interface Index {
  readonly valuesOf: IndexFunction;
  /** Undefined until somebody looks something up. */
  keys: KeySets | undefined;
}

/** A single key stands for itself: of the values of most indexes there is one key each, and a set is many times its size. */
type KeySets = Map<string, string | Set<string>>;

/**
 * Entries of one kind, by key and by index. Whoever makes it is its only writer (the informer); everybody else gets it as
 * {@link IndexerReader}. A write changes all indexes before it returns, so that no reader ever sees half of it.
 */
export class Indexer implements IndexerReader {
  readonly #entries = new Map<string, Entry>();
  readonly #namespaces: KeySets = new Map();
  readonly #indexes = new Map<string, Index>();

  constructor() {
    // Made when it is first asked for: most kinds are never looked up by owner.
    this.#indexes.set(OWNER_INDEX, { valuesOf: (entry) => entry.ownerReferences.map((owner) => owner.uid), keys: undefined });
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  list(namespace?: string): readonly Entry[] {
    return namespace === undefined ? [...this.#entries.values()] : this.#lookup(this.#namespaces.get(namespace));
  }

  byIndex(name: string, value: string, namespace?: string): readonly Entry[] {
    const entries = this.#lookup(this.#keysOf(name).get(value));
    return namespace === undefined ? entries : entries.filter((entry) => entry.namespace === namespace);
  }

  hasIndex(name: string): boolean {
    return this.#indexes.has(name);
  }

  indexValues(name: string, entry: Entry): readonly string[] {
    return this.#index(name).valuesOf(entry);
  }

  /** Adds or replaces an index; what is stored already takes part. `valuesOf` must not throw. */
  addIndex(name: string, valuesOf: IndexFunction): void {
    this.#indexes.set(name, { valuesOf, keys: undefined });
    this.#keysOf(name);
  }

  /** Returns what was stored under the key before. */
  set(entry: Entry): Entry | undefined {
    const old = this.#remove(entry.key);
    this.#entries.set(entry.key, entry);
    (entry as Holdable).hold?.();
    addTo(this.#namespaces, entry.namespace ?? '', entry.key);
    for (const { keys, valuesOf } of this.#indexes.values()) if (keys) insert(keys, valuesOf, entry);
    return old;
  }

  /** Returns what was stored under the key. */
  delete(key: string): Entry | undefined {
    const old = this.#remove(key);
    this.#entries.delete(key);
    return old;
  }

  /** Takes the key out of the indexes; in the store itself its place is kept, so that an update does not reorder lists. */
  #remove(key: string): Entry | undefined {
    const old = this.#entries.get(key);
    if (!old) return undefined;
    removeFrom(this.#namespaces, old.namespace ?? '', key);
    for (const { keys, valuesOf } of this.#indexes.values()) if (keys) for (const value of valuesOf(old)) removeFrom(keys, value, key);
    (old as Holdable).release?.();
    return old;
  }

  #lookup(keys: string | ReadonlySet<string> | undefined): Entry[] {
    if (keys === undefined) return [];
    return typeof keys === 'string' ? [this.#entries.get(keys)!] : Array.from(keys, (key) => this.#entries.get(key)!);
  }

  #keysOf(name: string): KeySets {
    const index = this.#index(name);
    if (index.keys) return index.keys;
    index.keys = new Map();
    for (const entry of this.#entries.values()) insert(index.keys, index.valuesOf, entry);
    return index.keys;
  }

  #index(name: string): Index {
    const index = this.#indexes.get(name);
    if (!index) throw new RangeError(`no index ${name}`);
    return index;
  }
}

function insert(keys: KeySets, valuesOf: IndexFunction, entry: Entry): void {
  for (const value of valuesOf(entry)) addTo(keys, value, entry.key);
}

function addTo(sets: KeySets, value: string, key: string): void {
  const keys = sets.get(value);
  if (keys === undefined) sets.set(value, key);
  else if (typeof keys !== 'string') keys.add(key);
  else if (keys !== key) sets.set(value, new Set([keys, key]));
}

function removeFrom(sets: KeySets, value: string, key: string): void {
  const keys = sets.get(value);
  if (keys === key) sets.delete(value);
  else if (keys instanceof Set && keys.delete(key) && keys.size === 0) sets.delete(value);
}
