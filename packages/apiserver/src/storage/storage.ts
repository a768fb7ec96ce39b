/**
 * @module storage: everything the server knows, in one ordered log of revisions. A write is one synchronous transaction: compare the
 * revision, append, tell the listeners. Stored objects are immutable. Nothing in here knows about kinds, users or HTTP; the rules of a kind
 * are registry/store.ts, the next file to read. ordered-index.ts keeps keys in order, event-log.ts the recent writes, watcher.ts follows them.
 */
import type { KubeObject } from '@kubewright/api';
import type { Clock } from '@kubewright/platform';

import type { ObjectSource } from './object-source.js';
import type { Collection } from './collection.js';
import { EventLog } from './event-log.js';
import { freezeDeep } from './immutable.js';
import { OrderedIndex, type IndexEntry } from './ordered-index.js';
import type { StoredWrite, WriteLog } from './stored-write.js';
import { versionAt, type Version } from './version.js';

/** Settings of a {@link Storage}. */
export interface StorageOptions {
  readonly clock: Clock;
  /** Freezes what is stored, so that a reader's mistake throws instead of changing the store. @default true */
  readonly freeze?: boolean;
  /** Writes that are kept for watches and snapshots of the past. @default 10_000 */
  readonly historyLimit?: number;
  /** Milliseconds for which they are kept at most, as etcd's compaction does. @default 300_000 */
  readonly historyAge?: number;
}

/** Names one object. The namespace is empty for cluster-scoped objects. */
export interface ObjectKey {
  readonly group: string;
  readonly plural: string;
  readonly namespace: string;
  readonly name: string;
}

/** A page to read. */
export interface ScanOptions {
  /** All namespaces when undefined. */
  readonly namespace?: string;
  /** One object only. */
  readonly name?: string;
  /** The state at this revision. @default now */
  readonly revision?: number;
  /** First key, as {@link ScanResult.next} gave it. */
  readonly start?: string;
  /** @default no limit */
  readonly limit?: number;
  readonly accept?: (object: KubeObject) => boolean;
}

/** A page that was read. */
export interface ScanResult {
  readonly objects: readonly KubeObject[];
  /** Where the next page starts; undefined when nothing is left. */
  readonly next: string | undefined;
  /** Counts what the next pages hold, selected or not. */
  remaining(): number;
}

/** The revision that a write expected is not the one that is stored: somebody else was faster. */
export class RevisionMismatch extends Error {
  constructor(readonly key: ObjectKey, readonly current: KubeObject | undefined) {
    super(`${key.plural} ${key.namespace}/${key.name} has been written in between`);
  }
}

/** See the module's comment. All methods are synchronous. */
export class Storage implements ObjectSource {
  readonly #collections = new Map<string, Collection>();
  readonly #log = new EventLog();
  readonly #clock: Clock;
  readonly #freeze: boolean;
  readonly #historyLimit: number;
  readonly #historyAge: number;
  #kept: WriteLog | undefined;
  #revision = 1;

  constructor(options: StorageOptions) {
    this.#clock = options.clock;
    this.#freeze = options.freeze ?? true;
    this.#historyLimit = options.historyLimit ?? 10_000;
    this.#historyAge = options.historyAge ?? 300_000;
  }

  /** The revision of the last write. */
  get revision(): number {
    return this.#revision;
  }

  /** Reads and watches of the past reach back to here. */
  get compactedRevision(): number {
    return this.#log.compactedRevision;
  }

  /** The resources of which something is or was stored. */
  resources(): Iterable<{ readonly group: string; readonly plural: string }> {
    return this.#collections.values();
  }

  get(group: string, plural: string, namespace: string, name: string): KubeObject | undefined {
    const newest = this.#collection(group, plural).index.get(keyOf(namespace, name))?.newest;
    return newest && !newest.deleted ? newest.object : undefined;
  }

  *list(group: string, plural: string, namespace?: string): Generator<KubeObject> {
    const { start, end } = rangeOf(namespace);
    for (const { newest } of this.#collection(group, plural).index.range(start, end)) if (!newest.deleted) yield newest.object;
  }

  /** Reads one page in order of keys. The caller has checked that the revision is neither compacted nor in the future. */
  scan(group: string, plural: string, options: ScanOptions = {}): ScanResult {
    const { index } = this.#collection(group, plural);
    const revision = options.revision ?? this.#revision;
    const range = options.name === undefined ? rangeOf(options.namespace) : exactly(keyOf(options.namespace ?? '', options.name));
    const start = options.start !== undefined && options.start > range.start ? options.start : range.start;
    const existed = (entry: IndexEntry): boolean => versionAt(entry.newest, revision) !== undefined;
    const objects: KubeObject[] = [];
    let next: string | undefined;
    for (const entry of index.range(start, range.end)) {
      const version = versionAt(entry.newest, revision);
      if (!version) continue;
      if (options.limit !== undefined && objects.length >= options.limit) {
        next = entry.key;
        break;
      }
      if (!options.accept || options.accept(version.object)) objects.push(version.object);
    }
    return { objects, next, remaining: () => (next === undefined ? 0 : index.count(next, range.end, revision, existed)) };
  }

  /** How many objects of a resource there are. */
  count(group: string, plural: string): number {
    return this.#collection(group, plural).index.count('', undefined, this.#revision, (entry) => !entry.newest.deleted);
  }

  /**
   * Stores `object`, which belongs to the storage from now on, under a new revision and returns it with that resourceVersion.
   * @param expected the stored object that the write was made from, undefined for one that must not be there yet
   * @throws RevisionMismatch when something else is stored
   */
  put(key: ObjectKey, expected: KubeObject | undefined, object: KubeObject): KubeObject {
    this.#check(key, expected);
    return this.#commit(key, object, false).object;
  }

  /** Removes an object and returns `last`, its final state, under the revision of the deletion. @throws RevisionMismatch */
  remove(key: ObjectKey, expected: KubeObject, last: KubeObject = expected): KubeObject {
    this.#check(key, expected);
    return this.#commit(key, { ...last, metadata: { ...last.metadata } }, true).object;
  }

  /** Calls `listener` after each write of a resource, in order, before the write returns. Listeners must not throw and not write at once. */
  onCommit(group: string, plural: string, listener: (version: Version) => void): { cancel(): void } {
    const { listeners } = this.#collection(group, plural);
    listeners.add(listener);
    return { cancel: () => listeners.delete(listener) };
  }

  /** The writes of a resource after `revision`, oldest first. The caller has checked that the revision is not compacted. */
  *eventsSince(group: string, plural: string, revision: number): Generator<Version> {
    const collection = this.#collection(group, plural);
    for (const entry of this.#log.since(revision)) if (entry.collection === collection) yield entry.version;
  }

  /** From now on writes go to `log` as well. */
  keepIn(log: WriteLog): void {
    this.#kept = log;
  }

  /** Resolves when all that was written is kept where it outlives the process; undefined when it is, or is kept in memory only. Rejects when it can not be. */
  settle(): Promise<void> | undefined {
    return this.#kept?.settle();
  }

  /** Moves the revision on without a write. @throws RangeError for one that has been */
  advanceTo(revision: number): void {
    if (revision < this.#revision) throw new RangeError(`revision ${revision} lies behind ${this.#revision}`);
    this.#kept?.advance(revision);
    this.#revision = revision;
  }

  /** Reads and watches from before `revision` are too old from now on. */
  forgetBefore(revision: number): void {
    while (this.#log.oldest && this.#log.oldest.version.revision <= revision) this.#trim();
    this.#log.forgetBefore(revision);
  }

  /**
   * Takes a write of an earlier process over, as it was; in order, and only before anything else is written and read.
   * @param isHistory whether watches and reads of the past may go back to it; else it is a part of the state that the history begins with
   */
  adopt({ group, plural, key, revision, time, deleted, object }: StoredWrite, isHistory: boolean): void {
    const collection = this.#collection(group, plural);
    if (this.#freeze) freezeDeep(object);
    const previous = collection.index.get(key)?.newest;
    const version: Version = { revision, key, object, deleted, created: previous === undefined || previous.deleted, previous, time };
    collection.index.put(version);
    this.#revision = Math.max(this.#revision, revision);
    if (!isHistory) return;
    this.#log.append({ collection, version });
    while (this.#log.length > this.#historyLimit) this.#trim();
  }

  #check(key: ObjectKey, expected: KubeObject | undefined): void {
    this.#kept?.throwIfBroken();
    const current = this.get(key.group, key.plural, key.namespace, key.name);
    if (current !== expected) throw new RevisionMismatch(key, current);
  }

  #commit(key: ObjectKey, object: KubeObject, deleted: boolean): Version {
    const collection = this.#collection(key.group, key.plural);
    const storageKey = keyOf(key.namespace, key.name);
    const revision = ++this.#revision;
    object.metadata.resourceVersion = String(revision);
    if (this.#freeze) freezeDeep(object);
    const previous = collection.index.get(storageKey)?.newest;
    const created = previous === undefined || previous.deleted;
    const version: Version = { revision, key: storageKey, object, deleted, created, previous, time: this.#clock.now() };
    collection.index.put(version);
    this.#log.append({ collection, version });
    this.#kept?.append({ revision, time: version.time, group: key.group, plural: key.plural, key: storageKey, deleted, object });
    this.#compact(version.time);
    for (const listener of [...collection.listeners]) listener(version);
    return version;
  }

  #compact(now: number): void {
    for (let oldest = this.#log.oldest; oldest && (this.#log.length > this.#historyLimit || now - oldest.version.time > this.#historyAge); oldest = this.#log.oldest) this.#trim();
  }

  #trim(): void {
    const { collection, version } = this.#log.trim();
    if (version.deleted && collection.index.get(version.key)?.newest === version) collection.index.remove(version.key);
  }

  #collection(group: string, plural: string): Collection {
    const id = `${group}/${plural}`;
    let collection = this.#collections.get(id);
    if (!collection) this.#collections.set(id, (collection = { group, plural, index: new OrderedIndex(), listeners: new Set() }));
    return collection;
  }
}

/** The key under which an object is ordered. */
export function keyOf(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

function rangeOf(namespace: string | undefined): { start: string; end: string | undefined } {
  // '0' is the byte after '/'.
  return namespace ? { start: `${namespace}/`, end: `${namespace}0` } : { start: '', end: undefined };
}

function exactly(key: string): { start: string; end: string } {
  return { start: key, end: `${key}\0` };
}
