import { overload, type Overload } from '../check/environment.js';
import { int, uint } from '../value/arithmetic.js';
import { CelEvaluationError } from '../value/evaluation-error.js';
import { formatDuration, formatTimestamp, parseDuration, parseTimestamp } from '../value/time.js';
import { Duration, Timestamp, TypeValue, Uint, nameOfType, type Value } from '../value/value.js';

/** `int(x)`, `string(x)`, `duration('1h')`, `type(x)`, … */
export const CONVERSIONS: readonly Overload[] = [
  overload('bool(bool): bool', same),
  overload('bool(string): bool', (text: string) => BOOLEANS[text] ?? unconvertible('string', 'bool')),
  overload('int(int): int', same),
  overload('int(uint): int', ({ value }: Uint) => int(value)),
  overload('int(double): int', (value: number) => {
    if (!Number.isFinite(value) || value <= -(2 ** 63) || value >= 2 ** 63) throw new CelEvaluationError('integer overflow');
    return BigInt(Math.trunc(value));
  }),
  overload('int(string): int', (text: string) => (/^[+-]?\d+$/.test(text) && fits(BigInt(text.replace(/^\+/, ''))) ? BigInt(text.replace(/^\+/, '')) : unconvertible('string', 'int'))),
  overload('int(timestamp): int', ({ nanos }: Timestamp) => floorDivide(nanos, 1_000_000_000n)),
  overload('int(duration): int', ({ nanos }: Duration) => nanos),
  overload('uint(uint): uint', same),
  overload('uint(int): uint', (value: bigint) => uint(value)),
  overload('uint(double): uint', (value: number) => {
    if (!Number.isFinite(value) || value < 0 || value >= 2 ** 64) throw new CelEvaluationError('unsigned integer overflow');
    return uint(BigInt(Math.trunc(value)));
  }),
  overload('uint(string): uint', (text: string) => (/^\d+$/.test(text) && BigInt(text) < 2n ** 64n ? new Uint(BigInt(text)) : unconvertible('string', 'uint'))),
  overload('double(double): double', same),
  overload('double(int): double', Number),
  overload('double(uint): double', ({ value }: Uint) => Number(value)),
  overload('double(string): double', parseDouble),
  overload('string(string): string', same),
  overload('string(bool): string', String),
  overload('string(int): string', String),
  overload('string(uint): string', ({ value }: Uint) => String(value)),
  overload('string(double): string', formatDouble),
  overload('string(bytes): string', (bytes: Uint8Array) => {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new CelEvaluationError('invalid UTF-8 in bytes, cannot convert to string');
    }
  }),
  overload('string(timestamp): string', formatTimestamp),
  overload('string(duration): string', formatDuration),
  overload('bytes(bytes): bytes', same),
  overload('bytes(string): bytes', (text: string) => new TextEncoder().encode(text)),
  overload('timestamp(timestamp): timestamp', same),
  overload('timestamp(string): timestamp', (text: string) => parseTimestamp(text) ?? unconvertible('string', 'google.protobuf.Timestamp')),
  overload('timestamp(int): timestamp', (seconds: bigint) => {
    if (seconds < -62135596800n || seconds > 253402300799n) throw new CelEvaluationError('timestamp overflow');
    return new Timestamp(seconds * 1_000_000_000n);
  }),
  overload('duration(duration): duration', same),
  overload('duration(string): duration', (text: string) => parseDuration(text) ?? unconvertible('string', 'google.protobuf.Duration')),
  overload('duration(int): duration', (nanos: bigint) => new Duration(nanos)),
  overload('dyn(A): dyn', same),
  overload('type(A): type(A)', (value: Value) => new TypeValue(nameOfType(value))),
];

/** A double as Go writes it with `%g` and the fewest digits: `1`, `1.5`, `1e+21`. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-4 && magnitude < 1e21) return Number.isInteger(value) ? BigInt(value).toString() : String(value);
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  return `${mantissa}e${exponent[0] === '-' ? '-' : '+'}${exponent.slice(1).padStart(2, '0')}`;
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  '1': true, t: true, T: true, true: true, TRUE: true, True: true, '0': false, f: false, F: false, false: false, FALSE: false, False: false,
};

function same(value: Value): Value {
  return value;
}

function fits(value: bigint): boolean {
  return value >= -(2n ** 63n) && value < 2n ** 63n;
}

function parseDouble(text: string): number {
  if (/^[+-]?(?:inf|infinity)$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return NaN;
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return unconvertible('string', 'double');
  const value = Number(text);
  return Number.isFinite(value) ? value : unconvertible('string', 'double');
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

function unconvertible(from: string, to: string): never {
  throw new CelEvaluationError(`type conversion error from '${from}' to '${to}'`);
}
