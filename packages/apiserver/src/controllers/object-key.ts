import { keyOf, nameOf, parseKey, type KubeObject } from '@kubewright/api';

import type { Change, ObjectWatch } from './object-watch.js';
import type { WorkLoop } from './work-loop.js';

/** `namespace/name` */
export function objectKey(object: KubeObject): string {
  return keyOf(nameOf(object));
}

/** The inverse of {@link objectKey}. */
export function splitKey(key: string): { namespace: string; name: string } {
  const { namespace = '', name } = parseKey(key);
  return { namespace, name };
}

/** Adds the key of each object that changes. */
export function enqueueChanges<T extends KubeObject>(watch: ObjectWatch<T>, loop: WorkLoop): void {
  watch.onChange(({ old, object }) => loop.add(objectKey((object ?? old)!)));
}

/** The owners of what changes: `find` gets the old and the new state, as an object may change hands. */
export function enqueueOwners<T extends KubeObject>(watch: ObjectWatch<T>, loop: WorkLoop, find: (object: T) => Iterable<string>): void {
  watch.onChange(({ old, object }: Change<T>) => {
    if (old) for (const key of find(old)) loop.add(key);
    if (object) for (const key of find(object)) loop.add(key);
  });
}
