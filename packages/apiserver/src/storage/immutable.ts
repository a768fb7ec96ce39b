import { cloneJson } from '@kubewright/api';

/**
 * What is stored is shared by readers, watchers and caches, so it never changes: a write works on a {@link copyJson copy} and stores that.
 */

/** A deep copy of JSON data (bigint included). */
export const copyJson = cloneJson;

/** Freezes JSON data all the way down; parts that are frozen already are taken to be frozen below as well. */
export function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const key in value) freezeDeep(value[key]);
  return value;
}
