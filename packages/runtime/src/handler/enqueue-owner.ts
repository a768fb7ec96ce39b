import { parseApiVersion, resourceKind, type KindRef } from '@kubewright/api';

import type { Entry } from '../event/entry.js';
import type { Request } from '../reconcile/request.js';
import type { EventHandler } from './event-handler.js';

/** Which owners count. */
export interface EnqueueOwnerOptions {
  /** Every owner of the kind, not only the one that controls the object. @default false */
  readonly allOwners?: boolean;
}

/**
 * An event of an object leads to requests for its owners of kind `owner`; their version does not matter. When an object changes hands,
 * the old and the new owner both hear of it. An owner lives in the object's namespace, or in none when its kind is cluster-scoped.
 */
export function enqueueOwner(owner: KindRef<never> | KindRef, options: EnqueueOwnerOptions = {}): EventHandler<Request> {
  const { group, kind, scope } = resourceKind(owner as KindRef<never>);
  const namesOf = (entry: Entry): string[] =>
    entry.ownerReferences
      .filter((reference) => reference.kind === kind && parseApiVersion(reference.apiVersion).group === group && (options.allOwners || reference.controller))
      .map((reference) => reference.name);
  return {
    requestsFor(event) {
      const names = new Set([...namesOf(event.entry), ...(event.type === 'update' ? namesOf(event.old) : [])]);
      const { namespace } = event.entry;
      return Array.from(names, (name) => (scope === 'Namespaced' && namespace ? { namespace, name } : { name }));
    },
  };
}
