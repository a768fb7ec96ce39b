/**
 * A copy of a JSON value that shares nothing with it; several times as fast as structuredClone, which also knows cycles and classes.
 * Members that are undefined stay.
 */
export function cloneJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(cloneJson) as T;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[key];
    // As a member of its own: an assignment would set the prototype.
    if (key === '__proto__') Object.defineProperty(copy, key, { value: cloneJson(member), enumerable: true, configurable: true, writable: true });
    else copy[key] = typeof member === 'object' ? cloneJson(member) : member;
  }
  return copy as T;
}
