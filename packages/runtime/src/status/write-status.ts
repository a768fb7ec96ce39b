/**
 * @module status: what a reconciler reports about an object. conditions.ts makes conditions, write-status.ts (this file) writes a status when,
 * and only when, it is not the one that the object has: a status write is an event for everybody who watches the kind.
 */
import { isNotFound, nameOf, type KindRef, type KubeObject, type ObjectOf } from '@kubewright/api';

import type { Client, DeepPartial } from '../client/client.js';
import type { WriteOptions } from '../client/options.js';
import { mergeFrom } from '../client/patch.js';
import { semanticEqual } from '../client/semantic-equal.js';
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
 * stay. Nothing is sent when nothing differs. Resolves with the object as it is then; with `object` itself when it is being deleted and gone.
 *
 * @param object as it was read
 * @throws ApiError Conflict when `object` is stale, which a reconciler lets out: it is retried, and no error is logged
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
    // The last finalizer may just have gone, and the object with it: nobody is left to read its status.
    if (isNotFound(error) && before.metadata.deletionTimestamp !== undefined) return object;
    throw error;
  }
}
