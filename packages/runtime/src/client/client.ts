/**
 * @module client: reads and writes of objects. Kinds are named by a class or constant (`Prometheus`, `StatefulSet`), objects are plain
 * JSON. direct-client.ts talks to the API server; cache/delegating-client.ts reads from a cache and writes to the API server.
 */
import type { KindRef, NamespacedName, ObjectOf, UnstructuredObject } from '@kubewright/api';

import type { DeepReadonly } from '../event/entry.js';
import type { ApplyOptions, DeleteOptions, GetOptions, ListOptions, ListResult, RawWatchOptions, WriteOptions } from './options.js';
import type { Patch } from './patch.js';
import type { WatchFrame } from './watch-stream.js';

/** Reads. What they return may be shared with a cache and is readonly: {@link mutableCopy} before changing it. */
export interface Reader {
  /** @throws ApiError NotFound (see `isNotFound`) when there is no such object. */
  get<K extends KindRef<never> | KindRef>(kind: K, name: NamespacedName, options?: GetOptions): Promise<DeepReadonly<ObjectOf<K>>>;

  /** Objects in no promised order. */
  list<K extends KindRef<never> | KindRef>(kind: K, options?: ListOptions): Promise<ListResult<DeepReadonly<ObjectOf<K>>>>;
}

/** What `create`, `update` and `apply` take: the object as JSON; apiVersion and kind are filled in. */
export type Writable<K> = Omit<DeepReadonly<ObjectOf<K>>, 'apiVersion' | 'kind'> & { readonly apiVersion?: string; readonly kind?: string };

/** Server-side apply takes what its caller has an opinion about and nothing else. */
export type Applicable<K> = { readonly metadata: { readonly name: string; readonly namespace?: string } } & DeepPartial<DeepReadonly<ObjectOf<K>>>;

/** Everything optional, all the way down. */
export type DeepPartial<T> = T extends string | number | boolean | bigint | null | undefined ? T : T extends readonly (infer E)[] ? readonly DeepPartial<E>[] : T extends object ? { readonly [P in keyof T]?: DeepPartial<T[P]> } : T;

/** Writes; each returns the object as the server stored it. A failure rejects with ApiError. */
export interface Writer {
  create<K extends KindRef<never> | KindRef>(kind: K, object: Writable<K>, options?: WriteOptions): Promise<ObjectOf<K>>;

  /** Replaces the object. With `metadata.resourceVersion` the write fails (Conflict) when the stored object is another version. */
  update<K extends KindRef<never> | KindRef>(kind: K, object: Writable<K>, options?: WriteOptions): Promise<ObjectOf<K>>;

  /** A patch that changes nothing (a merge patch of an empty diff) is not sent: then the `base` of the patch is returned. */
  patch<K extends KindRef<never> | KindRef>(kind: K, name: NamespacedName, patch: Patch, options?: WriteOptions): Promise<ObjectOf<K>>;

  apply<K extends KindRef<never> | KindRef>(kind: K, object: Applicable<K>, options?: ApplyOptions): Promise<ObjectOf<K>>;

  /** Resolves when the server has accepted the deletion; finalizers and grace may keep the object for a while. @throws ApiError NotFound */
  delete<K extends KindRef<never> | KindRef>(kind: K, name: NamespacedName, options?: DeleteOptions): Promise<void>;

  deleteAllOf<K extends KindRef<never> | KindRef>(kind: K, selection: ListOptions, options?: DeleteOptions): Promise<void>;
}

/** The writes that a subresource has. */
export type SubresourceWriter = Pick<Writer, 'update' | 'patch' | 'apply'>;

/** A subresource: what can be read and written below an object. Its objects may be of another kind (Scale, Eviction, TokenRequest). */
export interface SubresourceClient extends SubresourceWriter {
  /** Reads it from the API server. */
  get<K extends KindRef<never> | KindRef, T extends object = UnstructuredObject>(kind: K, name: NamespacedName, options?: GetOptions): Promise<T>;

  /** Posts `body` to it, and returns what the server answers. Says nothing about the object itself: reads do not change by it. */
  create<K extends KindRef<never> | KindRef, B extends object>(kind: K, name: NamespacedName, body: B, options?: WriteOptions): Promise<B & UnstructuredObject>;
}

/** Watches without a cache. */
export interface Watcher {
  /**
   * The frames of one watch, as the server sends them; it ends when the server ends it. Who needs more (list first, watch on, survive
   * failures) wants an informer, or {@link waitFor}.
   *
   * @throws ApiError what the server refuses or an ERROR frame says (see `isExpired`)
   */
  watch<K extends KindRef<never> | KindRef>(kind: K, options?: RawWatchOptions): AsyncGenerator<WatchFrame<ObjectOf<K>>>;
}

/** Reads and writes of objects and their subresources. */
export interface Client extends Reader, Writer {
  readonly status: SubresourceWriter;
  /** A subresource by name: `client.subresource('eviction').create(Pod, name, eviction)`. */
  subresource(name: string): SubresourceClient;
}

/** A client that can watch as well, without a cache: that of a manager, and what `createClient` makes. */
export interface WatchingClient extends Client, Watcher {}
