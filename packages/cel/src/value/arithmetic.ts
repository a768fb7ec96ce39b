import { CelEvaluationError, noSuchOverload } from './evaluation-error.js';
import { isEqual } from './equality.js';
import { Duration, ListValue, Timestamp, Uint, type Value } from './value.js';

const MAX_INT = 2n ** 63n - 1n;
const MIN_INT = -(2n ** 63n);
const MAX_UINT = 2n ** 64n - 1n;
/** The years 1 and 9999 in seconds since 1970. */
const MIN_TIME = -62135596800n * 1_000_000_000n;
const MAX_TIME = 253402300799n * 1_000_000_000n + 999_999_999n;

/** @throws CelEvaluationError where 64 bits are not enough */
export function int(value: bigint): bigint {
  if (value > MAX_INT || value < MIN_INT) throw new CelEvaluationError('integer overflow');
  return value;
}

/** @throws CelEvaluationError */
export function uint(value: bigint): Uint {
  if (value < 0n || value > MAX_UINT) throw new CelEvaluationError('unsigned integer overflow');
  return new Uint(value);
}

/** @throws CelEvaluationError outside of the years 1 to 9999 */
export function timestamp(nanos: bigint): Timestamp {
  if (nanos < MIN_TIME || nanos > MAX_TIME) throw new CelEvaluationError('timestamp overflow');
  return new Timestamp(nanos);
}

/** @throws CelEvaluationError beyond about 292 years */
export function duration(nanos: bigint): Duration {
  if (nanos > MAX_INT || nanos < MIN_INT) throw new CelEvaluationError('duration overflow');
  return new Duration(nanos);
}

export function add(a: Value, b: Value): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return int(a + b);
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  if (a instanceof ListValue && b instanceof ListValue) return a.concat(b, isEqual);
  if (a instanceof Uint && b instanceof Uint) return uint(a.value + b.value);
  if (a instanceof Duration && b instanceof Duration) return duration(a.nanos + b.nanos);
  if (a instanceof Timestamp && b instanceof Duration) return timestamp(a.nanos + b.nanos);
  if (a instanceof Duration && b instanceof Timestamp) return timestamp(a.nanos + b.nanos);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Uint8Array.from([...a, ...b]);
  throw noSuchOverload();
}

export function subtract(a: Value, b: Value): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return int(a - b);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (a instanceof Uint && b instanceof Uint) return uint(a.value - b.value);
  if (a instanceof Duration && b instanceof Duration) return duration(a.nanos - b.nanos);
  if (a instanceof Timestamp && b instanceof Timestamp) return duration(a.nanos - b.nanos);
  if (a instanceof Timestamp && b instanceof Duration) return timestamp(a.nanos - b.nanos);
  throw noSuchOverload();
}

export function multiply(a: Value, b: Value): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return int(a * b);
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  if (a instanceof Uint && b instanceof Uint) return uint(a.value * b.value);
  throw noSuchOverload();
}

export function divide(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') return a / b;
  if (typeof a === 'bigint' && typeof b === 'bigint') return int(a / notZero(b, 'division by zero'));
  if (a instanceof Uint && b instanceof Uint) return uint(a.value / notZero(b.value, 'division by zero'));
  throw noSuchOverload();
}

export function modulo(a: Value, b: Value): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') {
    notZero(b, 'modulus by zero');
    if (a === MIN_INT && b === -1n) throw new CelEvaluationError('integer overflow');
    return a % b;
  }
  if (a instanceof Uint && b instanceof Uint) return uint(a.value % notZero(b.value, 'modulus by zero'));
  throw noSuchOverload();
}

export function negate(value: Value): Value {
  if (typeof value === 'bigint') return int(-value);
  if (typeof value === 'number') return -value;
  if (value instanceof Duration) return duration(-value.nanos);
  throw noSuchOverload();
}

function notZero(value: bigint, message: string): bigint {
  if (value === 0n) throw new CelEvaluationError(message);
  return value;
}
