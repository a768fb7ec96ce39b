import type { Predicate } from './predicate.js';

/**
 * Drops updates that leave `metadata.generation` as it is: changes of status and metadata. Objects of kinds that have no generation pass,
 * since nothing can be said of them. Never use it alone where labels, annotations or finalizers matter.
 */
export const generationChanged: Predicate = (event) =>
  event.type === 'update' && event.entry.generation !== 0 && event.old.generation === event.entry.generation ? 'generation unchanged' : undefined;
