import { overload, type Overload } from '../check/environment.js';
import { int } from '../value/arithmetic.js';
import { compare } from '../value/comparison.js';
import { CelEvaluationError } from '../value/evaluation-error.js';
import { type ListValue, Uint, type Value } from '../value/value.js';

const NUMERIC = ['int', 'uint', 'double'];

/** The math extension. Kubernetes does not switch it on; an environment of one's own may. */
export const MATH: readonly Overload[] = [
  ...NUMERIC.flatMap((type) => [
    overload(`math.greatest(${type}): ${type}`, (value: Value) => value),
    overload(`math.least(${type}): ${type}`, (value: Value) => value),
    ...[2, 3, 4, 5].flatMap((count) => [
      overload(`math.greatest(${Array.from({ length: count }, () => type).join(', ')}): ${type}`, (...values: Value[]) => pick(values, 1)),
      overload(`math.least(${Array.from({ length: count }, () => type).join(', ')}): ${type}`, (...values: Value[]) => pick(values, -1)),
    ]),
    overload(`math.greatest(list(${type})): ${type}`, (list: ListValue) => pick([...list], 1)),
    overload(`math.least(list(${type})): ${type}`, (list: ListValue) => pick([...list], -1)),
  ]),
  overload('math.greatest(dyn, dyn): dyn', (...values: Value[]) => pick(values, 1)),
  overload('math.least(dyn, dyn): dyn', (...values: Value[]) => pick(values, -1)),
  overload('math.abs(int): int', (value: bigint) => int(value < 0n ? -value : value)),
  overload('math.abs(uint): uint', (value: Uint) => value),
  overload('math.abs(double): double', (value: number) => Math.abs(value)),
  overload('math.sign(int): int', (value: bigint) => (value > 0n ? 1n : value < 0n ? -1n : 0n)),
  overload('math.sign(uint): uint', ({ value }: Uint) => new Uint(value > 0n ? 1n : 0n)),
  overload('math.sign(double): double', (value: number) => Math.sign(value)),
  overload('math.ceil(double): double', (value: number) => Math.ceil(value)),
  overload('math.floor(double): double', (value: number) => Math.floor(value)),
  overload('math.round(double): double', (value: number) => (Number.isFinite(value) ? Math.sign(value) * Math.round(Math.abs(value)) : value)),
  overload('math.trunc(double): double', (value: number) => Math.trunc(value)),
  overload('math.isInf(double): bool', (value: number) => value === Infinity || value === -Infinity),
  overload('math.isNaN(double): bool', (value: number) => Number.isNaN(value)),
  overload('math.isFinite(double): bool', (value: number) => Number.isFinite(value)),
  overload('math.bitAnd(int, int): int', (a: bigint, b: bigint) => a & b),
  overload('math.bitOr(int, int): int', (a: bigint, b: bigint) => a | b),
  overload('math.bitXor(int, int): int', (a: bigint, b: bigint) => a ^ b),
  overload('math.bitNot(int): int', (value: bigint) => ~value),
  overload('math.bitShiftLeft(int, int): int', (value: bigint, by: bigint) => (shift(by) > 63n ? 0n : BigInt.asIntN(64, value << by))),
  overload('math.bitShiftRight(int, int): int', (value: bigint, by: bigint) => (shift(by) > 63n ? 0n : BigInt.asIntN(64, BigInt.asUintN(64, value) >> by))),
];

function pick(values: readonly Value[], sign: 1 | -1): Value {
  const [first, ...rest] = values;
  if (first === undefined) throw new CelEvaluationError(`math.@${sign > 0 ? 'max' : 'min'}(list) argument must not be empty`);
  return rest.reduce((best, value) => ((compare(value, best) ?? 0) * sign > 0 ? value : best), first);
}

function shift(by: bigint): bigint {
  if (by < 0n) throw new CelEvaluationError(`math.bitShift*() negative offset: ${by}`);
  return by;
}
