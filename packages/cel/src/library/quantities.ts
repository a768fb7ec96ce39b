import { QuantityError, nanosOf, parseQuantity } from '@kubewright/api';

import { overload, type Overload } from '../check/environment.js';
import { CelEvaluationError } from '../value/evaluation-error.js';
import { OpaqueValue } from '../value/value.js';

/** An amount of a resource, exactly, in units of 1n (ten to the power of -9). */
export class Quantity extends OpaqueValue {
  readonly typeName = 'kubernetes.Quantity';

  constructor(readonly nanos: bigint) {
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
  overload('Quantity.add(Quantity): Quantity', (a: Quantity, b: Quantity) => new Quantity(a.nanos + b.nanos)),
  overload('Quantity.add(int): Quantity', (a: Quantity, b: bigint) => new Quantity(a.nanos + b * UNIT)),
  overload('Quantity.sub(Quantity): Quantity', (a: Quantity, b: Quantity) => new Quantity(a.nanos - b.nanos)),
  overload('Quantity.sub(int): Quantity', (a: Quantity, b: bigint) => new Quantity(a.nanos - b * UNIT)),
];

function parse(text: string): Quantity {
  try {
    if (text.trim() !== text) throw new QuantityError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    return new Quantity(nanosOf(parseQuantity(text)));
  } catch (error) {
    throw error instanceof QuantityError ? new CelEvaluationError(error.message) : error;
  }
}

function sign({ nanos }: Quantity): bigint {
  return nanos > 0n ? 1n : nanos < 0n ? -1n : 0n;
}

function isInteger({ nanos }: Quantity): boolean {
  return nanos % UNIT === 0n && nanos / UNIT >= -(2n ** 63n) && nanos / UNIT < 2n ** 63n;
}
