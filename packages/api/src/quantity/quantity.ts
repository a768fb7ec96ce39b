/**
 * @module quantity: amounts of resources such as `400Mi`, `0.5` or `2e3`, exactly and in the form that the API server writes.
 * int-or-string.ts resolves counts that may be percentages.
 */

/** A quantity is `digits` times ten to the power of `exponent`, exactly. Equal amounts may have several of these; see {@link compareQuantities}. */
export interface ParsedQuantity {
  readonly digits: bigint;
  readonly exponent: number;
  /** How it was written, which decides how it is written again: `Ki` and `Mi`, `k` and `M`, or `e3` and `e6`. */
  readonly format: 'binary' | 'decimal' | 'exponent';
}

/** A text that is no quantity. The message is the server's. */
export class QuantityError extends Error {
  override readonly name = 'QuantityError';
}

const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
/** Powers of ten in steps of three, from nano (-9) to exa (18). */
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const PATTERN = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?[0-9]+))?$/;
/** The smallest amount that there is is 1n. */
const NANO = -9;
/** Where an amount does not fit into few digits, this is the largest. */
const MAX = 2n ** 63n - 1n;

/**
 * Reads a quantity; space around it does no harm. Amounts below 1n are rounded up to it; amounts of many digits beyond ±(2^63 - 1)
 * become that.
 * @throws QuantityError
 */
export function parseQuantity(text: string | number): ParsedQuantity {
  const source = typeof text === 'number' ? formatNumber(text) : text.trim();
  const match = PATTERN.exec(source);
  if (!match || (!match[2] && !match[3])) throw new QuantityError(explain(source));
  const [, sign, whole = '', fraction = '', binary, decimal, power] = match;
  const exponent = (power !== undefined ? Number(power) : decimal !== undefined ? (DECIMAL.indexOf(decimal) - 3) * 3 : 0) - fraction.length;
  const scale = binary === undefined ? 1n : 1024n ** BigInt(BINARY.indexOf(binary));
  const digits = BigInt(whole + fraction);
  const isShort = binary === undefined && digits.toString().length <= 18 && exponent >= NANO;
  const amount = isShort ? { digits, exponent } : clamp(digits * scale, exponent);
  const format = binary !== undefined ? 'binary' : power !== undefined ? 'exponent' : 'decimal';
  return { digits: sign === '-' ? -amount.digits : amount.digits, exponent: digits === 0n ? 0 : amount.exponent, format };
}

/** Negative when `a` is less than `b`, 0 when both are the same amount (`1Ki` and `1024`), else positive. @throws QuantityError */
export function compareQuantities(a: string | number, b: string | number): number {
  const [left, right] = [nanosOf(parseQuantity(a)), nanosOf(parseQuantity(b))];
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * The form that the API server writes: no fraction, the largest suffix that leaves an integer, the family of suffixes that was given
 * (`1024Mi` is `1Gi`, `0.5` is `500m`, `1.5Gi` is `1536Mi`). Integers that have that suffix already stay as they were written (`+5Mi`).
 * @throws QuantityError
 */
export function canonicalQuantity(text: string | number): string {
  const quantity = parseQuantity(text);
  const canonical = formatQuantity(quantity);
  if (typeof text === 'number' || quantity.digits === 0n) return canonical;
  const written = /^[+]?0*([1-9][0-9]*)\.?((?:[A-Za-z].*)?)$/.exec(text.trim());
  return written && `${written[1]}${written[2]}` === canonical ? text.trim() : canonical;
}

/** Rounds away from zero to a multiple of ten to the power of `exponent` (`-3`: to milli), in canonical form. @throws QuantityError */
export function roundUpQuantity(text: string | number, exponent: number): string {
  const quantity = parseQuantity(text);
  if (quantity.exponent >= exponent || quantity.digits === 0n) return canonicalQuantity(text);
  const divisor = 10n ** BigInt(exponent - quantity.exponent);
  const rest = quantity.digits % divisor;
  if (rest === 0n) return canonicalQuantity(text);
  const digits = quantity.digits / divisor + (quantity.digits < 0n ? -1n : 1n);
  return formatQuantity({ digits, exponent, format: quantity.format });
}

/** Writes a quantity in canonical form. */
export function formatQuantity(quantity: ParsedQuantity): string {
  const nanos = nanosOf(quantity);
  if (nanos === 0n) return '0';
  const one = 10n ** 9n;
  // Fractions of bytes, and amounts below 1Ki, have no binary suffix.
  if (quantity.format === 'binary' && nanos % one === 0n && abs(nanos) >= 1024n * one) return formatBinary(nanos / one);
  return formatDecimal(nanos, quantity.format === 'exponent');
}

/** The sum, in the format of the first. @throws QuantityError */
export function addQuantities(a: string | number, b: string | number): string {
  const [left, right] = [parseQuantity(a), parseQuantity(b)];
  return formatQuantity({ digits: nanosOf(left) + nanosOf(right), exponent: NANO, format: left.digits === 0n ? right.format : left.format });
}

/** The amount in units of 1n. */
export function nanosOf({ digits, exponent }: ParsedQuantity): bigint {
  return digits * 10n ** BigInt(exponent - NANO);
}

/** Within the bounds of the server's quantities, exponent at least -9. */
function clamp(digits: bigint, exponent: number): { digits: bigint; exponent: number } {
  if (digits === 0n) return { digits, exponent: 0 };
  if (exponent < NANO) {
    const excess = NANO - exponent;
    // Far below 1n: no need to make a number of a million digits.
    if (excess > digits.toString().length) return { digits: 1n, exponent: NANO };
    const divisor = 10n ** BigInt(excess);
    return clamp((digits + divisor - 1n) / divisor, NANO);
  }
  const length = digits.toString().length + exponent;
  if (length > 20) return { digits: MAX, exponent: 0 };
  const isTooLarge = exponent >= 0 ? digits * 10n ** BigInt(exponent) > MAX : digits > MAX * 10n ** BigInt(-exponent);
  return isTooLarge ? { digits: MAX, exponent: 0 } : { digits, exponent };
}

function formatBinary(amount: bigint): string {
  let power = 0;
  let rest = amount;
  while (power < BINARY.length - 1 && rest % 1024n === 0n) {
    rest /= 1024n;
    power++;
  }
  return `${rest}${BINARY[power]}`;
}

function formatDecimal(nanos: bigint, asExponent: boolean): string {
  let power = NANO;
  let rest = nanos;
  while (rest % 1000n === 0n && (asExponent || power < 18)) {
    rest /= 1000n;
    power += 3;
  }
  if (asExponent) return power === 0 ? `${rest}` : `${rest}e${power}`;
  return `${rest}${DECIMAL[power / 3 + 3]}`;
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** JavaScript writes large and small numbers as `1e+21`, which is fine here. */
function formatNumber(value: number): string {
  if (!Number.isFinite(value)) throw new QuantityError(`${value} is not a quantity: it must be a finite number`);
  return String(value);
}

function explain(text: string): string {
  return /^[+-]?[0-9.]+[eEinumkKMGTP]+[-+]?[0-9]*$/.test(text) && !/\..*\./.test(text)
    ? "unable to parse quantity's suffix"
    : "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
}
