/** The state of everything at one revision: taken in one go, kept, and put back. Objects are shared with the storage, as they never change. */
import { deepEqual, type KubeObject } from '@kubewright/api';

import { keyOf, type ObjectKey, type Storage } from './storage.js';

/** Everything that was stored at {@link revision}. */
export interface ClusterState {
  readonly revision: number;
  /** No two of one resource, and none without objects. */
  readonly resources: readonly { readonly group: string; readonly plural: string; readonly objects: readonly KubeObject[] }[];
}

/** What is stored now. It costs a list of references, whatever the objects weigh. */
export function captureState(storage: Storage): ClusterState {
  const resources: ClusterState['resources'][number][] = [];
  for (const { group, plural } of storage.resources()) {
    const objects = [...storage.list(group, plural)];
    if (objects.length > 0) resources.push({ group, plural, objects });
  }
  return { revision: storage.revision, resources };
}

/**
 * Makes the storage hold what `state` says, by writes and deletions under new revisions: no resourceVersion comes back that stood for something
 * else. What is as it was is left alone; an object that was deleted and made anew is deleted, so that its name is never two objects at once.
 * Several states of one storage may be put back in any order; a state of another storage moves the revision past its own.
 */
export function restoreState(storage: Storage, state: ClusterState): void {
  if (state.revision > storage.revision) storage.advanceTo(state.revision);
  const wanted = new Map<string, Map<string, KubeObject>>();
  for (const { group, plural, objects } of state.resources) wanted.set(`${group}/${plural}`, new Map(objects.map((object) => [keyOfObject(object), object])));
  for (const { group, plural } of [...storage.resources()]) {
    const objects = wanted.get(`${group}/${plural}`);
    for (const current of [...storage.list(group, plural)]) {
      const next = objects?.get(keyOfObject(current));
      if (next?.metadata.uid !== current.metadata.uid) storage.remove(placeOf(group, plural, current), current);
    }
  }
  for (const { group, plural, objects } of state.resources) {
    for (const object of objects) {
      const place = placeOf(group, plural, object);
      const current = storage.get(group, plural, place.namespace, place.name);
      if (!current || !isSame(current, object)) storage.put(place, current, { ...object, metadata: { ...object.metadata } });
    }
  }
}

/** Apart from the resourceVersion: an object that was put back before has another one. */
function isSame(current: KubeObject, object: KubeObject): boolean {
  if (current === object) return true;
  const { resourceVersion = '' } = object.metadata;
  return deepEqual({ ...current, metadata: { ...current.metadata, resourceVersion } }, object);
}

function keyOfObject({ metadata }: KubeObject): string {
  return keyOf(metadata.namespace ?? '', metadata.name ?? '');
}

function placeOf(group: string, plural: string, { metadata }: KubeObject): ObjectKey {
  return { group, plural, namespace: metadata.namespace ?? '', name: metadata.name ?? '' };
}
