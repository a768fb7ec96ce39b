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

interface Index {
  readonly valuesOf: IndexFunction;
  readonly keys: Map<string, Set<string>>;
}

/**
 * Entries of one kind, by key and by index. Whoever makes it is its only writer (the informer); everybody else gets it as
 * {@link IndexerReader}. A write changes all indexes before it returns, so that no reader ever sees half of it.
 */
export class Indexer implements IndexerReader {
  readonly #entries = new Map<string, Entry>();
  readonly #namespaces = new Map<string, Set<string>>();
  readonly #indexes = new Map<string, Index>();

  constructor() {
    this.addIndex(OWNER_INDEX, (entry) => entry.ownerReferences.map((owner) => owner.uid));
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
    const entries = this.#lookup(this.#index(name).keys.get(value));
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
    const index: Index = { valuesOf, keys: new Map() };
    this.#indexes.set(name, index);
    for (const entry of this.#entries.values()) insert(index, entry);
  }

  /** Returns what was stored under the key before. */
  set(entry: Entry): Entry | undefined {
    const old = this.#remove(entry.key);
    this.#entries.set(entry.key, entry);
    addTo(this.#namespaces, entry.namespace ?? '', entry.key);
    for (const index of this.#indexes.values()) insert(index, entry);
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
    for (const index of this.#indexes.values()) for (const value of index.valuesOf(old)) removeFrom(index.keys, value, key);
    return old;
  }

  #lookup(keys: ReadonlySet<string> | undefined): Entry[] {
    return keys ? Array.from(keys, (key) => this.#entries.get(key)!) : [];
  }

  #index(name: string): Index {
    const index = this.#indexes.get(name);
    if (!index) throw new RangeError(`no index ${name}`);
    return index;
  }
}

function insert(index: Index, entry: Entry): void {
  for (const value of index.valuesOf(entry)) addTo(index.keys, value, entry.key);
}

function addTo(sets: Map<string, Set<string>>, value: string, key: string): void {
  const keys = sets.get(value);
  if (keys) keys.add(key);
  else sets.set(value, new Set([key]));
}

function removeFrom(sets: Map<string, Set<string>>, value: string, key: string): void {
  const keys = sets.get(value);
  if (keys?.delete(key) && keys.size === 0) sets.delete(value);
}
