/**
 * @module status: what a reconciler reports about an object. conditions.ts makes conditions, write-status.ts (this file) writes a status when,
 * and only when, it is not the one that the object has: a status write is an event for everybody who watches the kind.
 */
import { isNotFound, keyOf, nameOf, resourceKind, type ApiError, type KindRef, type KubeObject, type ObjectOf } from '@kubewright/api';

import type { Client, DeepPartial } from '../client/client.js';
import type { WriteOptions } from '../client/options.js';
import { mergeFrom } from '../client/patch.js';
import { semanticEqual } from '../client/semantic-equal.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import type { DeepReadonly } from '../event/entry.js';

type AnyKind = KindRef<never> | KindRef;

/** The status of a kind. */
export type StatusOf<K> = ObjectOf<K> extends { status?: infer S } ? NonNullable<S> : Record<string, unknown>;

/** How a status is written. */
export interface StatusWriteOptions extends WriteOptions {
  /**
   * Whether the write fails with a conflict when the object is no longer the version that was read: the attempt is made again with what is
   * there then. Without it two writers that change one list (conditions) overwrite each other. @default true
   */
  readonly optimisticLock?: boolean;
}

/**
 * Lays `status` over the status of `object`: fields that it names replace those that are there (lists as a whole; undefined removes), the others
 * stay. Nothing is sent when nothing differs. Resolves with the object as it is then. With `object` itself when that is gone: nobody is left to read its
 * status, although the cache may not have heard of the deletion yet. The server is asked once more to be sure.
 *
 * @param object as it was read
 * @throws ApiError Conflict when `object` is stale, which a reconciler lets out: it is retried, and no error is logged; KubewrightError
 * KW_INVALID_ARGUMENT when the object is there and its kind has no status subresource
 * @example
 * await patchStatus(client, Widget, widget, { ready: 3, conditions: conditionsOf(widget, clock, { type: 'Ready', status: 'True', reason: 'Done' }) });
 */
export function patchStatus<K extends AnyKind>(client: Client, kind: K, object: DeepReadonly<ObjectOf<K>>, status: DeepPartial<StatusOf<K>>, options?: StatusWriteOptions): Promise<DeepReadonly<ObjectOf<K>>> {
  return write(client, kind, object, { ...(object as WithStatus).status, ...(status as object) }, options);
}

/** Makes `status` the whole status of `object`, which is what a reconciler that computes all of it wants; else as {@link patchStatus}. */
export function writeStatus<K extends AnyKind>(client: Client, kind: K, object: DeepReadonly<ObjectOf<K>>, status: DeepReadonly<StatusOf<K>>, options?: StatusWriteOptions): Promise<DeepReadonly<ObjectOf<K>>> {
  return write(client, kind, object, status as object, options);
}

type WithStatus = DeepReadonly<KubeObject> & { readonly status?: object };

async function write<K extends AnyKind>(client: Client, kind: K, object: DeepReadonly<ObjectOf<K>>, status: object, options: StatusWriteOptions = {}): Promise<DeepReadonly<ObjectOf<K>>> {
  const { optimisticLock = true, ...rest } = options;
  const before = object as WithStatus;
  if (semanticEqual(before.status, status)) return object;
  // The patch is the difference of two objects that have nothing but their status.
  const part = (of: object | undefined): KubeObject => ({ metadata: before.metadata, ...(of && { status: of }) }) as KubeObject;
  try {
    return (await client.status.patch(kind, nameOf(before as KubeObject), mergeFrom(part(before.status), part(status), { optimisticLock }), rest)) as DeepReadonly<ObjectOf<K>>;
  } catch (error) {
    // The last finalizer may just have gone, and the object with it.
    if (isNotFound(error) && (before.metadata.deletionTimestamp !== undefined || (await isGone(client, kind, before, error, rest)))) return object;
    throw error;
  }
}

/** Servers answer the same for an object that is not there and for a kind that has no status subresource. */
async function isGone(client: Client, kind: AnyKind, { metadata }: DeepReadonly<KubeObject>, error: ApiError, { signal }: StatusWriteOptions): Promise<boolean> {
  const name = nameOf({ metadata } as KubeObject);
  let found: DeepReadonly<KubeObject>;
  try {
    found = (await client.get(kind, name, { resourceVersion: '', ...(signal && { signal }) })) as DeepReadonly<KubeObject>; // past the cache
  } catch (failure) {
    signal?.throwIfAborted();
    return isNotFound(failure); // who may not read it, for one, sees the first error
  }
  if (found.metadata.uid !== metadata.uid) return true;
  const { kind: what } = resourceKind(kind as KindRef<never>);
  throw new KubewrightError('KW_INVALID_ARGUMENT', `status of ${what} ${keyOf(name)}: the object is there, the status subresource is not`, {
    cause: error,
    hint: `Give the definition of ${what} a status subresource (subresources: { status: {} }), or install the one that has it.`,
    retry: 'backoff',
  });
}
