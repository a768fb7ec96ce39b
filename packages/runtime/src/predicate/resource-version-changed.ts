import type { Predicate } from './predicate.js';

/** Drops updates that are none: those of a resync. */
export const resourceVersionChanged: Predicate = (event) =>
  event.type === 'update' && event.old.resourceVersion === event.entry.resourceVersion ? 'resourceVersion unchanged' : undefined;
