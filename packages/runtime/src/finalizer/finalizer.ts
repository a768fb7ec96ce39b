/**
 * @module finalizer: objects that must not go before something outside them is cleaned up. finalizer.ts (this file) puts a finalizer on an
 * object and takes it off again by patches that touch nothing else, cleanup.ts makes a life cycle of it for reconcilers.
 */
import { isInvalid, isNotFound, nameOf, notFound, resourceKind, type JsonPatchOperation, type KindRef, type KubeObject, type ObjectOf } from '@kubewright/api';

import type { Client } from '../client/client.js';
import { jsonPatch } from '../client/patch.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import type { DeepReadonly } from '../event/entry.js';

type AnyKind = KindRef<never> | KindRef;

/** How often a patch is made anew because the list of finalizers was changed meanwhile. */
const ATTEMPTS = 5;

/**
 * Puts a finalizer on an object, if it is not there, and returns the object as it is then. An object that is being deleted takes no new ones
 * (the server refuses), so it is left as it is. The patch tests what it builds on; when somebody else changed the list first, it is made anew.
 *
 * @throws ApiError NotFound when the object is gone, or another one has its name now
 */
export async function addFinalizer<K extends AnyKind>(client: Client, kind: K, object: DeepReadonly<ObjectOf<K>>, finalizer: string): Promise<DeepReadonly<ObjectOf<K>>> {
  return change(client, kind, object, (finalizers, isDeleting) => {
    if (isDeleting || finalizers.includes(finalizer)) return undefined;
    // The server compares a field that is not there with null. An empty list is never stored.
    if (finalizers.length === 0) return [{ op: 'test', path: PATH, value: null }, { op: 'add', path: PATH, value: [finalizer] }];
    return [{ op: 'test', path: PATH, value: finalizers }, { op: 'add', path: `${PATH}/-`, value: finalizer }];
  });
}

/**
 * Takes a finalizer off an object, if it is there; resolves with undefined when the object is gone, which is often what this leads to. It
 * removes its own entry only, whoever else changes the list at the same time.
 */
export async function removeFinalizer<K extends AnyKind>(client: Client, kind: K, object: DeepReadonly<ObjectOf<K>>, finalizer: string): Promise<DeepReadonly<ObjectOf<K>> | undefined> {
  try {
    return await change(client, kind, object, (finalizers) => {
      const index = finalizers.indexOf(finalizer);
      if (index < 0) return undefined;
      return [{ op: 'test', path: `${PATH}/${index}`, value: finalizer }, { op: 'remove', path: `${PATH}/${index}` }];
    });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Whether an object has a finalizer. */
export function hasFinalizer(object: DeepReadonly<KubeObject>, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) ?? false;
}

/** @throws KubewrightError KW_INVALID_OPTIONS for a name that servers refuse or warn of: `example.com/backup` is what they want */
export function checkFinalizerName(finalizer: string): void {
  if (/^(?=.{1,253}\/)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/.test(finalizer)) return;
  throw new KubewrightError('KW_INVALID_OPTIONS', `finalizer "${finalizer}" must be a domain, a slash and a name, as example.com/backup`);
}

const PATH = '/metadata/finalizers';

type Edit = (finalizers: readonly string[], isDeleting: boolean) => readonly JsonPatchOperation[] | undefined;

/** The object may be older than the server's: a test that fails means to look at the server's. The uid keeps a successor of the same name safe. */
async function change<K extends AnyKind>(client: Client, kind: K, object: DeepReadonly<ObjectOf<K>>, edit: Edit): Promise<DeepReadonly<ObjectOf<K>>> {
  let current = object as DeepReadonly<KubeObject>;
  const { uid } = current.metadata;
  const name = nameOf(current as KubeObject);
  for (let attempt = 1; ; attempt++) {
    const { finalizers = [], deletionTimestamp } = current.metadata;
    const operations = edit(finalizers, deletionTimestamp !== undefined);
    if (!operations) return current as DeepReadonly<ObjectOf<K>>;
    const guard: JsonPatchOperation[] = uid ? [{ op: 'test', path: '/metadata/uid', value: uid }] : [];
    try {
      return (await client.patch(kind, name, jsonPatch([...guard, ...operations]))) as DeepReadonly<ObjectOf<K>>;
    } catch (error) {
      if (!isInvalid(error) || attempt === ATTEMPTS) throw error;
    }
    current = (await client.get(kind, name, { resourceVersion: '' })) as DeepReadonly<KubeObject>; // the empty version asks the server
    if (uid && current.metadata.uid !== uid) throw notFound(resourceOf(kind), name.name); // another object has its name now
  }
}

function resourceOf(kind: AnyKind): { readonly group: string; readonly resource: string } {
  const { group, plural } = resourceKind(kind as KindRef<never>);
  return { group, resource: plural };
}
