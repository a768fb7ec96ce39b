import { deepEqual } from '../json/deep-equal.js';

/**
 * Orders a merged list as API servers do: items that `order` names stand as it says, the others as they did in `live`, and between the
 * two groups the order of `live` decides where it knows both neighbours.
 * @param mergeKey the field that tells items apart; empty for items that are no objects
 */
export function mergeInOrder(merged: readonly unknown[], order: readonly unknown[], live: readonly unknown[], mergeKey: string): unknown[] {
  const isSame = (a: unknown, b: unknown): boolean => deepEqual(keyOf(a, mergeKey), keyOf(b, mergeKey));
  const indexIn = (list: readonly unknown[], item: unknown): number => list.findIndex((other) => isSame(item, other));
  const named = merged.filter((item) => indexIn(order, item) >= 0).sort((a, b) => indexIn(order, a) - indexIn(order, b));
  const others = sortByKnown(merged.filter((item) => indexIn(order, item) < 0), (item) => indexIn(live, item));
  const result: unknown[] = [];
  let [left, right] = [0, 0];
  while (left < others.length && right < named.length) {
    const [other, next] = [indexIn(live, others[left]), indexIn(live, named[right])];
    if (other >= 0 && next >= 0 && other < next) result.push(others[left++]);
    else result.push(named[right++]);
  }
  return [...result, ...others.slice(left), ...named.slice(right)];
}

/** By position; items that have none come last, in the order in which they are. */
function sortByKnown(items: unknown[], positionOf: (item: unknown) => number): unknown[] {
  const known = items.filter((item) => positionOf(item) >= 0).sort((a, b) => positionOf(a) - positionOf(b));
  return [...known, ...items.filter((item) => positionOf(item) < 0)];
}

function keyOf(item: unknown, mergeKey: string): unknown {
  if (mergeKey === '') return item;
  return typeof item === 'object' && item !== null ? (item as Readonly<Record<string, unknown>>)[mergeKey] : undefined;
}
