import { isExpired, isNotFound, keyOf, nameOf, type KubeObject } from '@kubewright/api';
import type { Clock, Logger } from '@kubewright/platform';

import type { ControllerClient, ResourcePath } from './client.js';

/** What has become of one object. `old` is missing for a new one, `object` for one that is gone. */
export interface Change<T> {
  readonly old: T | undefined;
  readonly object: T | undefined;
}

/** What an {@link ObjectWatch} needs. */
export interface ObjectWatchOptions {
  readonly client: ControllerClient;
  readonly resource: ResourcePath;
  readonly clock: Clock;
  readonly log: Logger;
}

const FIRST_RETRY = 200;
const LAST_RETRY = 30_000;

/**
 * All objects of one resource as the server last told them, by list and watch, and by the answers to our own writes ({@link learn},
 * {@link forget}), which count at once: a controller never acts twice because the watch lags behind. Objects must not be changed.
 */
export class ObjectWatch<T extends KubeObject = KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #byNamespace = new Map<string, Map<string, T>>();
  readonly #listeners = new Set<(change: Change<T>) => void>();
  /** Uids whose end we know of before the watch has told it. */
  readonly #forgotten = new Set<string>();
  readonly #waiting: { since: string; resolve: () => void; reject: (reason: Error) => void }[] = [];
  #hasSynced = false;
  #resourceVersion = '';

  constructor(private readonly options: ObjectWatchOptions) {}

  get resource(): ResourcePath {
    return this.options.resource;
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Resolves after the first list of a state that is not older than `since`; rejects when the watch is stopped before. */
  synced(since = ''): Promise<void> {
    if (this.#hasSynced && compareVersions(this.#resourceVersion, since) >= 0) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ since, resolve, reject }));
  }

  get(namespace: string, name: string): T | undefined {
    return this.#objects.get(namespace ? `${namespace}/${name}` : name);
  }

  list(namespace?: string): Iterable<T> {
    return namespace === undefined ? this.#objects.values() : (this.#byNamespace.get(namespace)?.values() ?? []);
  }

  /** Calls `listener` with every change from now on, and with all objects that are known already. */
  onChange(listener: (change: Change<T>) => void): { cancel(): void } {
    this.#listeners.add(listener);
    for (const object of this.#objects.values()) listener({ old: undefined, object });
    return { cancel: () => this.#listeners.delete(listener) };
  }

  /** Takes the answer to a write. Where the watch is past it already, the watch knows better, also that the object has gone since. */
  learn(object: T): T {
    const isKnown = this.#objects.has(keyOf(nameOf(object)));
    if (isKnown || compareVersions(object.metadata.resourceVersion, this.#resourceVersion) > 0) this.#put(object);
    return object;
  }

  /** Takes note that an object is gone. */
  forget(object: KubeObject): void {
    const key = keyOf(nameOf(object));
    const known = this.#objects.get(key);
    if (known?.metadata.uid !== object.metadata.uid) return;
    if (object.metadata.uid) this.#forgotten.add(object.metadata.uid);
    this.#remove(key);
  }

  /** Lists and watches until the signal aborts. Failures are retried with a growing delay. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, resource } = this.options;
    let delay = FIRST_RETRY;
    while (!signal.aborted) {
      try {
        if (this.#resourceVersion === '') await this.#relist();
        for await (const event of this.options.client.watch<T>(resource, { resourceVersion: this.#resourceVersion }, signal)) {
          delay = FIRST_RETRY;
          if (event.type === 'ERROR') {
            this.#resourceVersion = '';
            break;
          }
          this.#resourceVersion = event.object.metadata.resourceVersion ?? this.#resourceVersion;
          if (event.type === 'DELETED') this.#ended(event.object);
          else if (event.type !== 'BOOKMARK') this.#put(event.object);
        }
        await clock.yield();
      } catch (error) {
        if (signal.aborted) break;
        if (isExpired(error)) this.#resourceVersion = '';
        else {
          // A definition's objects go with it, and it is told of before it is served.
          if (isNotFound(error)) this.#replace([]);
          this.#resourceVersion = '';
          log.debug('watch failed', { resource: resource.plural, group: resource.group, error });
          await clock.sleep(delay, signal).catch(() => {});
          delay = Math.min(delay * 2, LAST_RETRY);
        }
      }
    }
    for (const { reject } of this.#waiting.splice(0)) reject(new Error(`the watch of ${resource.plural} was stopped before its first list`));
  }

  /** Drops everything, as if it had been deleted: the resource itself is gone. */
  clear(): void {
    this.#replace([]);
  }

  async #relist(): Promise<void> {
    const list = await this.options.client.list<T>(this.options.resource);
    this.#forgotten.clear();
    const { apiVersion, kind } = list;
    // Items of a typed list do not say what they are; those who write Events about them need it.
    this.#replace(list.items.map((item) => ({ ...(apiVersion && { apiVersion }), ...(kind && { kind: kind.replace(/List$/, '') }), ...item })));
    this.#resourceVersion = list.metadata.resourceVersion ?? '0';
    this.#hasSynced = true;
    for (const waiting of this.#waiting.splice(0)) {
      if (compareVersions(this.#resourceVersion, waiting.since) >= 0) waiting.resolve();
      else this.#waiting.push(waiting);
    }
  }

  #replace(items: readonly T[]): void {
    const seen = new Set<string>();
    for (const object of items) {
      seen.add(keyOf(nameOf(object)));
      this.#put(object);
    }
    for (const key of [...this.#objects.keys()]) if (!seen.has(key)) this.#remove(key);
  }

  #put(object: T): void {
    if (this.#forgotten.has(object.metadata.uid ?? '')) return;
    const key = keyOf(nameOf(object));
    const old = this.#objects.get(key);
    if (old && compareVersions(object.metadata.resourceVersion, old.metadata.resourceVersion) <= 0) return;
    this.#objects.set(key, object);
    const namespace = object.metadata.namespace ?? '';
    let siblings = this.#byNamespace.get(namespace);
    if (!siblings) this.#byNamespace.set(namespace, (siblings = new Map()));
    siblings.set(key, object);
    this.#tell({ old, object });
  }

  #ended(object: T): void {
    if (this.#forgotten.delete(object.metadata.uid ?? '')) return;
    const key = keyOf(nameOf(object));
    // Its successor may be known already, from a write of ours.
    if (this.#objects.get(key)?.metadata.uid === object.metadata.uid) this.#remove(key);
  }

  #remove(key: string): void {
    const old = this.#objects.get(key);
    if (!old) return;
    this.#objects.delete(key);
    const namespace = old.metadata.namespace ?? '';
    const siblings = this.#byNamespace.get(namespace);
    siblings?.delete(key);
    if (siblings?.size === 0) this.#byNamespace.delete(namespace);
    this.#tell({ old, object: undefined });
  }

  #tell(change: Change<T>): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** Versions of one server are numbers that grow. */
function compareVersions(a = '', b = ''): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
