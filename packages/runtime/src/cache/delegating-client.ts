import {
  cloneJson,  deepEqual, keyOf, matchesLabels, resourceKind,
  type KindRef, type KubeObject, type NamespacedName, type ObjectOf, type ResourceKind, type Status,
} from '@kubewright/api';
import { realClock, type Clock } from '@kubewright/platform';

import type { Applicable, Client, SubresourceClient, SubresourceWriter, Watcher, Writable } from '../client/client.js';
import type { DirectClient } from '../client/direct-client.js';
import type { ApplyOptions, DeleteOptions, GetOptions, ListOptions, ListResult, RawWatchOptions, WriteOptions } from '../client/options.js';
import type { Patch } from '../client/patch.js';
import { isMetadataOnly, metadataOnly } from '../client/metadata-only.js';
import { withType } from '../client/response.js';
import type { WatchFrame } from '../client/watch-stream.js';
import type { DeepReadonly } from '../event/entry.js';
import { publish } from '../tracing/stops.js';
import { kindId, type Cache } from './cache.js';
import { CachedReader, labelRequirements } from './cached-reader.js';
import { WriteOverlay } from './overlay.js';

type AnyKind = KindRef<never> | KindRef;

/** What a {@link DelegatingClient} stands on. */
export interface DelegatingClientOptions {
  readonly direct: DirectClient;
  readonly cache: Cache;
  /** Kinds that are read from the server each time: large ones that are seldom read. */
  readonly uncached?: readonly AnyKind[];
  /** @default the real one */
  readonly clock?: Clock;
}

/**
 * The client of a manager: reads come from the cache, writes go to the server, and a read finds what was written before through this
 * client. Reads that ask for a resourceVersion go to the server. An update that changes nothing is not sent. What `deleteAllOf` deletes is
 * seen by reads when the watch tells it.
 */
export class DelegatingClient implements Client, Watcher {
  readonly status: SubresourceWriter;
  readonly #overlay: WriteOverlay;
  readonly #reader: CachedReader;
  readonly #direct: DirectClient;
  readonly #cache: Cache;
  readonly #uncached: ReadonlySet<string>;

  constructor(options: DelegatingClientOptions) {
    this.#direct = options.direct;
    this.#cache = options.cache;
    this.#overlay = new WriteOverlay(options.clock ?? realClock);
    this.#reader = new CachedReader(options.cache, this.#overlay);
    this.#uncached = new Set((options.uncached ?? []).map((ref) => kindId(resourceKind(ref as KindRef<never>))));
    this.status = this.subresource('status');
  }

  get<K extends AnyKind>(ref: K, name: NamespacedName, options: GetOptions = {}): Promise<DeepReadonly<ObjectOf<K>>> {
    return this.#readsFromCache(ref, options.resourceVersion) ? this.#reader.get(ref, name, options) : this.#direct.get(ref, name, options);
  }

  list<K extends AnyKind>(ref: K, options: ListOptions = {}): Promise<ListResult<DeepReadonly<ObjectOf<K>>>> {
    return this.#readsFromCache(ref, options.resourceVersion) ? this.#reader.list(ref, options) : this.#direct.list(ref, options);
  }

  create<K extends AnyKind>(ref: K, object: Writable<K>, options?: WriteOptions): Promise<ObjectOf<K>> {
    return this.#write(ref, 'create', object.metadata as NamespacedName, options, () => this.#direct.create(ref, object, options));
  }

  update<K extends AnyKind>(ref: K, object: Writable<K>, options?: WriteOptions): Promise<ObjectOf<K>> {
    return this.#update(ref, object, options, () => this.#direct.update(ref, object, options));
  }

  patch<K extends AnyKind>(ref: K, name: NamespacedName, patch: Patch, options?: WriteOptions): Promise<ObjectOf<K>> {
    return this.#write(ref, 'patch', name, options, () => this.#direct.patch(ref, name, patch, options));
  }

  apply<K extends AnyKind>(ref: K, object: Applicable<K>, options?: ApplyOptions): Promise<ObjectOf<K>> {
    return this.#write(ref, 'apply', object.metadata, options, () => this.#direct.apply(ref, object, options));
  }

  async delete<K extends AnyKind>(ref: K, name: NamespacedName, options?: DeleteOptions): Promise<void> {
    const kind = resourceKind(ref as KindRef<never>);
    // By the time the answer comes the watch may have told the deletion, and even the creation of a successor.
    const uid = this.#known(kind, name)?.uid;
    publish('delegating-client', { kind: kind.kind, key: keyOf(name), verb: 'delete' }); // stop 10
    const left = await this.#direct.remove(ref, name, options);
    if (options?.dryRun) return;
    if (left.kind === kind.kind) return this.#remember(kind, left);
    const deleted = (left as Status).details?.uid ?? uid;
    if (!deleted) return;
    for (const each of this.#readAs(kind)) this.#overlay.removed(kindId(each), name, deleted, this.#cache.existingInformer(each));
  }

  deleteAllOf<K extends AnyKind>(ref: K, selection: ListOptions, options?: DeleteOptions): Promise<void> {
    return this.#direct.deleteAllOf(ref, selection, options);
  }

  watch<K extends AnyKind>(ref: K, options?: RawWatchOptions): AsyncGenerator<WatchFrame<ObjectOf<K>>> {
    return this.#direct.watch(ref, options);
  }

  subresource(subresource: string): SubresourceClient {
    const direct = this.#direct.subresource(subresource);
    return {
      get: direct.get,
      create: direct.create, // answers with another kind, and no version of the object
      update: (ref, object, options) => this.#update(ref, object, options, () => direct.update(ref, object, options)),
      patch: (ref, name, patch, options) => this.#write(ref, 'patch', name, options, () => direct.patch(ref, name, patch, options)),
      apply: (ref, object, options) => this.#write(ref, 'apply', object.metadata, options, () => direct.apply(ref, object, options)),
    };
  }

  #readsFromCache(ref: AnyKind, resourceVersion: string | undefined): boolean {
    return resourceVersion === undefined && !this.#uncached.has(kindId(resourceKind(ref as KindRef<never>)));
  }

  async #update<K extends AnyKind>(ref: K, object: Writable<K>, options: WriteOptions | undefined, send: () => Promise<ObjectOf<K>>): Promise<ObjectOf<K>> {
    const kind = resourceKind(ref as KindRef<never>);
    const known = object.metadata.resourceVersion ? this.#known(kind, object.metadata as NamespacedName) : undefined;
    if (known && known.resourceVersion === object.metadata.resourceVersion && deepEqual(known.object(), withType(kind, object as KubeObject))) {
      return structuredClone(known.object()) as ObjectOf<K>;
    }
    return this.#write(ref, 'update', object.metadata as NamespacedName, options, send);
  }

  async #write<K extends AnyKind>(ref: K, verb: string, name: NamespacedName, options: WriteOptions | undefined, send: () => Promise<ObjectOf<K>>): Promise<ObjectOf<K>> {
    const kind = resourceKind(ref as KindRef<never>);
    publish('delegating-client', { kind: kind.kind, key: keyOf(name), verb }); // stop 10
    const stored = await send();
    if (!options?.dryRun) this.#remember(kind, stored);
    return stored;
  }

  #known(kind: ResourceKind<never>, name: NamespacedName) {
    const informer = this.#cache.existingInformer(kind);
    return informer && this.#reader.find(kind, informer, name);
  }

  /** The answer of a subresource may be of another kind (Scale, TokenRequest) and says nothing about the object then. */
  #remember(kind: ResourceKind<never>, stored: KubeObject): void {
    const { name, resourceVersion, uid } = stored.metadata ?? {};
    if (!name || !uid || !resourceVersion || (stored.kind ?? kind.kind) !== kind.kind) return;
    for (const each of this.#readAs(kind)) {
      const { labels, fields } = this.#cache.selectionOf(each);
      // The caller owns what it gets; the overlay's copy is frozen like the cache's objects.
      const entry = this.#cache.entryFor(each, cloneJson(withType(kind, stored)));
      const isSelected = matchesLabels(labelRequirements(labels), stored.metadata.labels ?? {}) && Object.entries(fields ?? {}).every(([field, value]) => matchesField(stored, field, value));
      this.#overlay.wrote(kindId(each), entry, this.#cache.existingInformer(each), isSelected);
    }
  }

  /** A write is seen by reads of the whole kind and of its metadata, however it was made. */
  #readAs(kind: ResourceKind<never>): readonly ResourceKind<never>[] {
    const whole: ResourceKind<never> = isMetadataOnly(kind) ? { group: kind.group, version: kind.version, kind: kind.kind, plural: kind.plural, scope: kind.scope } : kind;
    const metadata = metadataOnly(kind) as ResourceKind<never>;
    return this.#cache.existingInformer(metadata) || isMetadataOnly(kind) ? [whole, metadata] : [whole];
  }
}

/** Servers select by simple paths only. */
function matchesField(object: unknown, field: string, value: string): boolean {
  const found = field.split('.').reduce<unknown>((at, part) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[part] : undefined), object);
  return String(found ?? '') === value;
}
