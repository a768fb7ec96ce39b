/**
 * What is stored is shared by readers, watchers and caches, so it never changes: a write works on a {@link copyJson copy} and stores that.
 */

/** A deep copy of JSON data (bigint included). */
export function copyJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyJson) as T;
  const copy: Record<string, unknown> = {};
  for (const key in value) {
    if (key === '__proto__') Object.defineProperty(copy, key, { value: copyJson(value[key]), enumerable: true, writable: true, configurable: true });
    else copy[key] = copyJson(value[key]);
  }
  return copy as T;
}

/** Freezes JSON data all the way down; parts that are frozen already are taken to be frozen below as well. */
export function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const key in value) freezeDeep(value[key]);
  return value;
}
