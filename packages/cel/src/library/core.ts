/**
 * @module library: the functions of the language and of Kubernetes, one family a file, each a table of signatures and what they do.
 * kubernetes.ts says which of them expressions in Kubernetes may use. What calls cost is not here but in ../cost.
 */
import { compilePattern } from '@kubewright/api';

import { overload, type Overload } from '../check/environment.js';
import { add, divide, modulo, multiply, negate, subtract } from '../value/arithmetic.js';
import { compare } from '../value/comparison.js';
import { isEqual } from '../value/equality.js';
import { CelEvaluationError } from '../value/evaluation-error.js';
import { type EntryMap, ListValue, MapValue, OptionalValue, stringSize, type Value } from '../value/value.js';

const ORDERED = ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration'];
const MIXED = ['int', 'uint', 'double'].flatMap((left) => ['int', 'uint', 'double'].filter((right) => right !== left).map((right) => `${left}, ${right}`));
const COMPARABLE = [...ORDERED.map((type) => `${type}, ${type}`), ...MIXED];

/** Operators, and the functions that every environment has. Logical operators and access are declared here and run by the planner. */
export const CORE: readonly Overload[] = [
  overload('_?_:_(bool, A, A): A', unreachable),
  overload('_&&_(bool, bool): bool', unreachable),
  overload('_||_(bool, bool): bool', unreachable),
  overload('@not_strictly_false(bool): bool', unreachable),
  overload('!_(bool): bool', (value: boolean) => !value),
  overload('_==_(A, A): bool', isEqual),
  overload('_!=_(A, A): bool', (a: Value, b: Value) => !isEqual(a, b)),
  ...COMPARABLE.flatMap((types) => [
    overload(`_<_(${types}): bool`, (a: Value, b: Value) => (compare(a, b) ?? NaN) < 0),
    overload(`_<=_(${types}): bool`, (a: Value, b: Value) => (compare(a, b) ?? NaN) <= 0),
    overload(`_>_(${types}): bool`, (a: Value, b: Value) => (compare(a, b) ?? NaN) > 0),
    overload(`_>=_(${types}): bool`, (a: Value, b: Value) => (compare(a, b) ?? NaN) >= 0),
  ]),
  ...['int', 'uint', 'double', 'string', 'bytes', 'duration'].map((type) => overload(`_+_(${type}, ${type}): ${type}`, add)),
  overload('_+_(list(A), list(A)): list(A)', add),
  overload('_+_(timestamp, duration): timestamp', add),
  overload('_+_(duration, timestamp): timestamp', add),
  ...['int', 'uint', 'double', 'duration'].map((type) => overload(`_-_(${type}, ${type}): ${type}`, subtract)),
  overload('_-_(timestamp, timestamp): duration', subtract),
  overload('_-_(timestamp, duration): timestamp', subtract),
  ...['int', 'uint', 'double'].flatMap((type) => [overload(`_*_(${type}, ${type}): ${type}`, multiply), overload(`_/_(${type}, ${type}): ${type}`, divide)]),
  ...['int', 'uint'].map((type) => overload(`_%_(${type}, ${type}): ${type}`, modulo)),
  ...['int', 'double', 'duration'].map((type) => overload(`-_(${type}): ${type}`, negate)),
  overload('_[_](list(A), int): A', unreachable),
  overload('_[_](map(A, B), A): B', unreachable),
  overload('@in(A, list(A)): bool', (item: Value, list: ListValue) => contains(list, item)),
  overload('@in(A, map(A, B)): bool', (key: Value, map: MapValue) => map.find(key) !== undefined),
  overload('size(string): int', size), overload('size(bytes): int', size), overload('size(list(A)): int', size), overload('size(map(A, B)): int', size),
  overload('string.size(): int', size), overload('bytes.size(): int', size), overload('list(A).size(): int', size), overload('map(A, B).size(): int', size),
  overload('string.contains(string): bool', (text: string, part: string) => text.includes(part)),
  overload('string.startsWith(string): bool', (text: string, part: string) => text.startsWith(part)),
  overload('string.endsWith(string): bool', (text: string, part: string) => text.endsWith(part)),
  overload('matches(string, string): bool', matches),
  overload('string.matches(string): bool', matches),
  overload('cel.@mapInsert(map(A, B), A, B): map(A, B)', insert),
  overload('cel.@mapInsert(map(A, B), map(A, B)): map(A, B)', (map: EntryMap, entries: MapValue) => {
    let result: Value = map;
    for (const key of entries.keys()) result = insert(result as EntryMap, key, entries.find(key)!);
    return result;
  }),
];

/** `optional.of(x)`, `optional.none()` and what may be asked of them; `orValue` and `or` are run by the planner. */
export const OPTIONALS: readonly Overload[] = [
  overload('optional.of(A): optional(A)', (value: Value) => new OptionalValue(value)),
  overload('optional.ofNonZeroValue(A): optional(A)', (value: Value) => (isZero(value) ? OptionalValue.none : new OptionalValue(value))),
  overload('optional.none(): optional(A)', () => OptionalValue.none),
  overload('optional(A).value(): A', ({ value }: OptionalValue) => {
    if (value === undefined) throw new CelEvaluationError('optional.none() dereference');
    return value;
  }),
  overload('optional(A).hasValue(): bool', ({ value }: OptionalValue) => value !== undefined),
  overload('optional(A).or(optional(A)): optional(A)', unreachable),
  overload('optional(A).orValue(A): A', unreachable),
  overload('_?._(dyn, string): optional(A)', unreachable),
  overload('_[?_](list(A), int): optional(A)', unreachable),
  overload('_[?_](optional(list(A)), int): optional(A)', unreachable),
  overload('_[?_](map(A, B), A): optional(B)', unreachable),
  overload('_[?_](optional(map(A, B)), A): optional(B)', unreachable),
  overload('_[_](optional(list(A)), int): optional(A)', unreachable),
  overload('_[_](optional(map(A, B)), A): optional(B)', unreachable),
];

export function contains(list: ListValue, item: Value): boolean {
  for (const candidate of list) if (isEqual(candidate, item)) return true;
  return false;
}

/** A regular expression. @throws CelEvaluationError with Go's words */
export function pattern(text: string): RegExp {
  const compiled = compilePattern(text);
  if (typeof compiled === 'string') throw new CelEvaluationError(compiled);
  return compiled;
}

function matches(text: string, expression: string): boolean {
  return pattern(expression).test(text);
}

function size(value: string | Uint8Array | ListValue | MapValue): bigint {
  if (typeof value === 'string') return BigInt(stringSize(value));
  return BigInt(value instanceof Uint8Array ? value.length : value.size);
}

function insert(map: EntryMap, key: Value, value: Value): Value {
  const result = map.with(key, value);
  if (result === undefined) throw new CelEvaluationError(`insert failed: key ${String(key as string)} already exists`);
  return result;
}

function isZero(value: Value): boolean {
  if (value === null || value === false || value === 0n || value === 0 || value === '') return true;
  if (value instanceof ListValue || value instanceof MapValue) return value.size === 0;
  return value instanceof Uint8Array && value.length === 0;
}

function unreachable(): never {
  throw new Error('this function is run by the planner');
}
