import { deepEqual } from '../json/deep-equal.js';

/**
 * The document with a merge patch (RFC 7386) laid over it: members of the patch replace those of the document, null removes, objects are
 * merged member by member, lists are replaced as a whole.
 */
export function applyMergePatch(document: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result = new Map(isObject(document) ? Object.entries(document) : []);
  for (const [key, change] of Object.entries(patch)) {
    if (change === undefined) continue;
    if (change === null) result.delete(key);
    else result.set(key, applyMergePatch(result.get(key), change));
  }
  return Object.fromEntries(result);
}

/**
 * The smallest merge patch that turns `before` into `after`; undefined when they say the same. A merge patch has no way to set a member
 * to null: nulls in `after` are as good as absent.
 */
export function createMergePatch(before: object, after: object): Record<string, unknown> | undefined {
  const patch: [string, unknown][] = [];
  const [old, wanted] = [before as Readonly<Record<string, unknown>>, after as Readonly<Record<string, unknown>>];
  for (const key of Object.keys(old)) {
    if (isSet(old, key) && !isSet(wanted, key)) patch.push([key, null]);
  }
  for (const key of Object.keys(wanted)) {
    if (!isSet(wanted, key)) continue;
    const [from, to] = [isSet(old, key) ? old[key] : undefined, wanted[key]];
    if (isObject(from) && isObject(to)) {
      const inner = createMergePatch(from, to);
      if (inner) patch.push([key, inner]);
    } else if (!deepEqual(from, to)) patch.push([key, to]);
  }
  // fromEntries makes `__proto__` a key like any other.
  return patch.length > 0 ? Object.fromEntries(patch) : undefined;
}

function isSet(object: Readonly<Record<string, unknown>>, key: string): boolean {
  return Object.hasOwn(object, key) && object[key] !== undefined && object[key] !== null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
