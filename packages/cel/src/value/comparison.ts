import { noSuchOverload } from './evaluation-error.js';
import { Duration, Timestamp, Uint, type Value } from './value.js';

/** Less than 0, 0 or more than 0; undefined where there is no order, as with NaN. @throws CelEvaluationError for values that have none */
export function compare(a: Value, b: Value): number | undefined {
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b);
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if ((a instanceof Timestamp && b instanceof Timestamp) || (a instanceof Duration && b instanceof Duration)) return order(a.nanos, b.nanos);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  throw noSuchOverload();
}

export function isNumeric(value: Value): value is bigint | number | Uint {
  return typeof value === 'bigint' || typeof value === 'number' || value instanceof Uint;
}

/** Compares exactly across int, uint and double. */
export function compareNumbers(a: bigint | number | Uint, b: bigint | number | Uint): number | undefined {
  const left = a instanceof Uint ? a.value : a;
  const right = b instanceof Uint ? b.value : b;
  // JavaScript compares bigint with number exactly.
  return left < right ? -1 : left > right ? 1 : left == right ? 0 : undefined; // eslint-disable-line eqeqeq
}

function order(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By code point, as UTF-8 sorts; JavaScript sorts by code unit. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (left === right) continue;
    const [leftIsPair, rightIsPair] = [left >= 0xd800 && left < 0xe000, right >= 0xd800 && right < 0xe000];
    if (leftIsPair !== rightIsPair) return leftIsPair ? 1 : -1;
    return left - right;
  }
  return a.length - b.length;
}
