import type { Version } from './version.js';

/** One key with its newest version. */
export interface IndexEntry {
  readonly key: string;
  newest: Version;
}

interface Leaf {
  readonly entries: IndexEntry[];
  /** Entries whose newest version is no deletion. */
  live: number;
  /** The newest revision in the leaf: counts at older snapshots have to look at each entry, all others need not. */
  lastRevision: number;
}

const LEAF_SIZE = 256;

/**
 * The objects of one resource in byte order of their keys, as a list of small sorted leaves: finding, inserting and removing cost
 * O(log n + leaf), a page costs its own length, and counting what is left behind a page looks at leaves, not at objects.
 */
export class OrderedIndex {
  readonly #leaves: Leaf[] = [];

  get(key: string): IndexEntry | undefined {
    const leaf = this.#leaves[this.#leafOf(key)];
    if (!leaf) return undefined;
    const entry = leaf.entries[lowerBound(leaf.entries, key)];
    return entry?.key === key ? entry : undefined;
  }

  /** Adds `version` as the newest of its key. */
  put(version: Version): void {
    if (this.#leaves.length === 0) {
      this.#leaves.push({ entries: [{ key: version.key, newest: version }], live: Number(!version.deleted), lastRevision: version.revision });
      return;
    }
    const at = this.#leafOf(version.key);
    const leaf = this.#leaves[at]!;
    const position = lowerBound(leaf.entries, version.key);
    const entry = leaf.entries[position];
    if (entry?.key === version.key) {
      leaf.live += Number(!version.deleted) - Number(!entry.newest.deleted);
      entry.newest = version;
    } else {
      leaf.live += Number(!version.deleted);
      leaf.entries.splice(position, 0, { key: version.key, newest: version });
    }
    leaf.lastRevision = version.revision;
    if (leaf.entries.length > LEAF_SIZE) this.#split(at, leaf);
  }

  /** Forgets a key whose deletion lies behind the compaction. */
  remove(key: string): void {
    const at = this.#leafOf(key);
    const leaf = this.#leaves[at];
    if (!leaf) return;
    const position = lowerBound(leaf.entries, key);
    const entry = leaf.entries[position];
    if (entry?.key !== key) return;
    leaf.live -= Number(!entry.newest.deleted);
    leaf.entries.splice(position, 1);
    if (leaf.entries.length === 0) this.#leaves.splice(at, 1);
  }

  /** Entries from `start` (inclusive) to `end` (exclusive), deleted ones included. */
  *range(start: string, end: string | undefined): Generator<IndexEntry> {
    for (let at = this.#leafOf(start); at < this.#leaves.length; at++) {
      const { entries } = this.#leaves[at]!;
      for (let position = lowerBound(entries, start); position < entries.length; position++) {
        const entry = entries[position]!;
        if (end !== undefined && entry.key >= end) return;
        yield entry;
      }
    }
  }

  /** How many objects there were at `revision` from `start` (inclusive) to `end` (exclusive). */
  count(start: string, end: string | undefined, revision: number, existed: (entry: IndexEntry) => boolean): number {
    let total = 0;
    for (let at = this.#leafOf(start); at < this.#leaves.length; at++) {
      const { entries, live, lastRevision } = this.#leaves[at]!;
      if (end !== undefined && entries[0]!.key >= end) break;
      const isWhole = entries[0]!.key >= start && (end === undefined || entries[entries.length - 1]!.key < end);
      if (isWhole && lastRevision <= revision) total += live;
      else for (const entry of entries) if (entry.key >= start && (end === undefined || entry.key < end) && existed(entry)) total++;
    }
    return total;
  }

  /** The leaf that holds `key` or would: the last one that begins at or before it. */
  #leafOf(key: string): number {
    let low = 0;
    let high = this.#leaves.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#leaves[middle]!.entries[0]!.key <= key) low = middle + 1;
      else high = middle;
    }
    return Math.max(low - 1, 0);
  }

  #split(at: number, leaf: Leaf): void {
    const upper = leaf.entries.splice(leaf.entries.length >>> 1);
    const live = upper.reduce((sum, entry) => sum + Number(!entry.newest.deleted), 0);
    leaf.live -= live;
    this.#leaves.splice(at + 1, 0, { entries: upper, live, lastRevision: leaf.lastRevision });
  }
}

/** Position of the first entry that is not below `key`. */
function lowerBound(entries: readonly IndexEntry[], key: string): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entries[middle]!.key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
