import { QuantityError, nanosOf, parseQuantity } from '@kubewright/api';

import { overload, type Overload } from '../check/environment.js';
import { CelEvaluationError } from '../value/evaluation-error.js';
import { OpaqueValue } from '../value/value.js';

/** An amount of a resource, exactly, in units of 1n (ten to the power of -9). */
export class Quantity extends OpaqueValue {
  readonly typeName = 'kubernetes.Quantity';

  /**
   * @param scale of the decimal places in which Go holds the amount as a 64-bit number; undefined where it holds a big decimal, which it never
   * takes for an integer
   */
  constructor(readonly nanos: bigint, readonly scale: number | undefined) {
    super();
  }

  equals(other: OpaqueValue): boolean {
    return other instanceof Quantity && other.nanos === this.nanos;
  }
}

const UNIT = 1_000_000_000n;

/** `quantity('1Gi')` and what may be asked of it. */
export const QUANTITIES: readonly Overload[] = [
  overload('quantity(string): Quantity', parse),
  overload('isQuantity(string): bool', (text: string) => {
    try {
      parseQuantity(text);
      return text.trim() === text;
    } catch {
      return false;
    }
  }),
  overload('sign(Quantity): int', sign),
  overload('Quantity.isGreaterThan(Quantity): bool', (a: Quantity, b: Quantity) => a.nanos > b.nanos),
  overload('Quantity.isLessThan(Quantity): bool', (a: Quantity, b: Quantity) => a.nanos < b.nanos),
  overload('Quantity.compareTo(Quantity): int', (a: Quantity, b: Quantity) => (a.nanos < b.nanos ? -1n : a.nanos > b.nanos ? 1n : 0n)),
  overload('Quantity.asApproximateFloat(): double', ({ nanos }: Quantity) => Number(nanos) / 1e9),
  overload('Quantity.asInteger(): int', (quantity: Quantity) => {
    if (!isInteger(quantity)) throw new CelEvaluationError('cannot convert value to integer');
    return quantity.nanos / UNIT;
  }),
  overload('Quantity.isInteger(): bool', isInteger),
  overload('Quantity.add(Quantity): Quantity', (a: Quantity, b: Quantity) => plus(a, b, 1n)),
  overload('Quantity.add(int): Quantity', (a: Quantity, b: bigint) => plus(a, new Quantity(b * UNIT, 0), 1n)),
  overload('Quantity.sub(Quantity): Quantity', (a: Quantity, b: Quantity) => plus(a, b, -1n)),
  overload('Quantity.sub(int): Quantity', (a: Quantity, b: bigint) => plus(a, new Quantity(b * UNIT, 0), -1n)),
];

function parse(text: string): Quantity {
  try {
    if (text.trim() !== text) throw new QuantityError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    return new Quantity(nanosOf(parseQuantity(text)), scaleOf(text));
  } catch (error) {
    throw error instanceof QuantityError ? new CelEvaluationError(error.message) : error;
  }
}

function sign({ nanos }: Quantity): bigint {
  return nanos > 0n ? 1n : nanos < 0n ? -1n : 0n;
}

function plus(a: Quantity, b: Quantity, factor: 1n | -1n): Quantity {
  const nanos = a.nanos + b.nanos * factor;
  if (a.scale === undefined || b.scale === undefined) return new Quantity(nanos, undefined);
  return new Quantity(nanos, b.nanos === 0n ? a.scale : a.nanos === 0n ? b.scale : Math.min(a.scale, b.scale));
}

const SI: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** Go's fast path: up to 18 decimal digits, and for powers of two whole numbers that are not too large. */
function scaleOf(text: string): number | undefined {
  const [, number = '', fraction = '', suffix = ''] = /^[+-]?0*(\d*)(?:\.(\d*))?(.*)$/.exec(text) ?? [];
  const digits = Math.max(number.length, 1);
  const power = 10 * (BINARY.indexOf(suffix) + 1);
  if (power > 0) return fraction === '' && 15 - digits - Math.trunc((power * 3) / 10) - 1 >= 0 ? 0 : undefined;
  const scale = (SI[suffix] ?? Number(suffix.slice(1))) - fraction.length;
  return digits + fraction.length <= 18 && scale >= -9 ? scale : undefined;
}

function isInteger({ nanos, scale }: Quantity): boolean {
  if (scale === undefined || scale < 0) return false;
  return nanos % UNIT === 0n && nanos / UNIT >= -(2n ** 63n) && nanos / UNIT < 2n ** 63n;
}
