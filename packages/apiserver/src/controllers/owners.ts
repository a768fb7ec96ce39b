import { controllerOf, type KubeObject, type LabelSelector } from '@kubewright/api';

import { bySelector } from './claims.js';
import { objectKey } from './object-key.js';
import type { ObjectWatch } from './object-watch.js';

/**
 * Which owners of one kind an object concerns: the one that controls it, or, where nobody does, all whose selector matches it and that
 * may adopt it.
 */
export function ownersOf<T extends KubeObject>(watch: ObjectWatch<T>, kind: string, selectorOf: (owner: T) => LabelSelector | undefined): (object: KubeObject) => string[] {
  return (object) => {
    const { namespace = '' } = object.metadata;
    const controller = controllerOf(object);
    if (controller) {
      const owner = controller.kind === kind ? watch.get(namespace, controller.name) : undefined;
      return owner && owner.metadata.uid === controller.uid ? [objectKey(owner)] : [];
    }
    return [...watch.list(namespace)].filter((owner) => bySelector(selectorOf(owner))(object)).map(objectKey);
  };
}
