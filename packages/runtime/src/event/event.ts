/**
 * @module event: what an informer tells its listeners. Events carry cache entries, not objects; `old` and `new` are both there, since
 * predicates such as "the generation changed" need the two. Listeners may miss intermediate states.
 */
import type { Entry } from './entry.js';

/** An object appeared. `initial` is true for objects of the first list, which are older news. */
export interface CreateEvent {
  readonly type: 'create';
  readonly entry: Entry;
  readonly initial: boolean;
}

/** An object changed. `resourceVersion` of the two is equal only for a resync. */
export interface UpdateEvent {
  readonly type: 'update';
  readonly old: Entry;
  readonly entry: Entry;
}

/** An object is gone. `stateUnknown` is true when its end was missed and `entry` is the last state that was seen. */
export interface DeleteEvent {
  readonly type: 'delete';
  readonly entry: Entry;
  readonly stateUnknown: boolean;
}

/** Something outside the cluster happened that concerns an object. */
export interface GenericEvent {
  readonly type: 'generic';
  readonly entry: Entry;
}

/** What sources tell predicates and handlers. */
export type ObjectEvent = CreateEvent | UpdateEvent | DeleteEvent | GenericEvent;
