import { overload, type Overload } from '../check/environment.js';
import { add } from '../value/arithmetic.js';
import { compare } from '../value/comparison.js';
import { isEqual } from '../value/equality.js';
import { CelBudgetError, CelEvaluationError } from '../value/evaluation-error.js';
import { ArrayList, Duration, ListValue, Uint, type Value } from '../value/value.js';
import { contains } from './core.js';

const COMPARABLE = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];
const ZEROS: Readonly<Record<string, Value>> = { int: 0n, uint: new Uint(0n), double: 0, duration: new Duration(0n) };

const MAX_RANGE = 1_000_000n;

/** Kubernetes' functions of lists, and the lists extension (version 3). */
export const LISTS: readonly Overload[] = [
  ...COMPARABLE.flatMap((type) => [
    overload(`list(${type}).isSorted(): bool`, isSorted),
    overload(`list(${type}).min(): ${type}`, (list: ListValue) => extreme(list, 'min')),
    overload(`list(${type}).max(): ${type}`, (list: ListValue) => extreme(list, 'max')),
    overload(`list(${type}).sort(): list(${type})`, (list: ListValue) => sortBy(list, list)),
    overload(`list(A).@sortByAssociatedKeys(list(${type})): list(A)`, sortBy),
  ]),
  ...Object.entries(ZEROS).map(([type, zero]) => overload(`list(${type}).sum(): ${type}`, (list: ListValue) => {
    let sum = zero;
    for (const item of list) sum = add(sum, item);
    return sum;
  })),
  overload('list(A).indexOf(A): int', (list: ListValue, item: Value) => BigInt([...list].findIndex((candidate) => isEqual(candidate, item)))),
  overload('list(A).lastIndexOf(A): int', (list: ListValue, item: Value) => BigInt([...list].findLastIndex((candidate) => isEqual(candidate, item)))),
  overload('list(A).slice(int, int): list(A)', slice),
  overload('list(list(A)).flatten(): list(A)', (list: ListValue) => new ArrayList(flatten(list, 1n))),
  overload('list(dyn).flatten(int): list(dyn)', (list: ListValue, depth: bigint) => {
    if (depth < 0n) throw new CelEvaluationError('level must be non-negative');
    return new ArrayList(flatten(list, depth));
  }),
  overload('lists.range(int): list(int)', (count: bigint) => {
    // Longer ones are above the budget of a call anyway, and should not take memory before that is noticed.
    if (count > MAX_RANGE) throw new CelBudgetError(Number(count));
    return new ArrayList(Array.from({ length: Math.max(0, Number(count)) }, (_, index) => BigInt(index)));
  }),
  overload('list(A).reverse(): list(A)', (list: ListValue) => new ArrayList([...list].reverse())),
  overload('list(A).distinct(): list(A)', (list: ListValue) => {
    const seen: Value[] = [];
    for (const item of list) if (!seen.some((known) => isEqual(known, item))) seen.push(item);
    return new ArrayList(seen);
  }),
];

/** Lists as sets. */
export const SETS: readonly Overload[] = [
  overload('sets.contains(list(A), list(A)): bool', includes),
  overload('sets.equivalent(list(A), list(A)): bool', (a: ListValue, b: ListValue) => includes(a, b) && includes(b, a)),
  overload('sets.intersects(list(A), list(A)): bool', (a: ListValue, b: ListValue) => [...a].some((item) => contains(b, item))),
];

function includes(list: ListValue, part: ListValue): boolean {
  return [...part].every((item) => contains(list, item));
}

function isSorted(list: ListValue): boolean {
  let previous: Value | undefined;
  for (const item of list) {
    if (previous !== undefined && (compare(previous, item) ?? NaN) > 0) return false;
    previous = item;
  }
  return true;
}

function extreme(list: ListValue, which: 'min' | 'max'): Value {
  let found: Value | undefined;
  for (const item of list) {
    const order = found === undefined ? undefined : compare(item, found) ?? 0;
    if (order === undefined || (which === 'min' ? order < 0 : order > 0)) found = item;
  }
  if (found === undefined) throw new CelEvaluationError(`${which} called on empty list`);
  return found;
}

function sortBy(list: ListValue, keys: ListValue): ListValue {
  if (list.size !== keys.size) {
    throw new CelEvaluationError(`@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got ${list.size} and ${keys.size} elements respectively`);
  }
  const sortKeys = [...keys];
  const items = [...list];
  const order = items.map((_, index) => index).sort((a, b) => compare(sortKeys[a]!, sortKeys[b]!) ?? 0);
  return new ArrayList(order.map((index) => items[index]!));
}

function slice(list: ListValue, start: bigint, end: bigint): ListValue {
  if (start < 0n || end < 0n) throw new CelEvaluationError(`cannot slice(${start}, ${end}), negative indexes not supported`);
  if (start > end) throw new CelEvaluationError(`cannot slice(${start}, ${end}), start index must be less than or equal to end index`);
  if (list.size < end) throw new CelEvaluationError(`cannot slice(${start}, ${end}), list is length ${list.size}`);
  return new ArrayList([...list].slice(Number(start), Number(end)));
}

function flatten(list: ListValue, depth: bigint): Value[] {
  return [...list].flatMap((item) => (item instanceof ListValue && depth > 0n ? flatten(item, depth - 1n) : [item]));
}
