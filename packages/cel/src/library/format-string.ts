import { goQuote } from '@kubewright/api';

import { CelEvaluationError } from '../value/evaluation-error.js';
import { formatDuration, formatTimestamp } from '../value/time.js';
import { Duration, ListValue, MapValue, Timestamp, TypeValue, Uint, nameOfType, type Value } from '../value/value.js';
import { formatDouble } from './conversions.js';

/** `'%s has %d'.format([name, count])`: clauses s, d, f, e, b, o, x and X, with a precision for f and e. @throws CelEvaluationError */
export function formatString(format: string, args: ListValue): string {
  let next = 0;
  return format.replace(/%(%|(?:\.(\d+))?([\s\S])?)/gu, (_, clause: string, precision: string | undefined, verb: string | undefined) => {
    if (clause === '%') return '%';
    if (next >= args.size) throw new CelEvaluationError(`index ${next} out of range`);
    return formatClause(verb ?? '', args.at(next++), precision === undefined ? 6 : Number(precision));
  });
}

function formatClause(verb: string, value: Value, precision: number): string {
  switch (verb) {
    case 's': return typeof value === 'string' ? value : show(value, false);
    case 'd': return integer(value, 'decimal clause can only be used on integers').toString();
    case 'f': return fixed(double(value, 'fixed-point clause can only be used on doubles'), precision);
    case 'e': return scientific(double(value, 'scientific clause can only be used on doubles'), precision);
    case 'b': return typeof value === 'boolean' ? String(Number(value)) : integer(value, 'only integers and bools can be formatted as binary').toString(2);
    case 'o': return integer(value, 'octal clause can only be used on integers').toString(8);
    case 'x': return hex(value);
    case 'X': return hex(value).toUpperCase();
    default: throw new CelEvaluationError(`could not parse formatting clause: unrecognized formatting clause ${goQuote(verb)}`);
  }
}

function wrongType(message: string, value: Value): never {
  throw new CelEvaluationError(`error during formatting: ${message}, was given ${nameOfType(value)}`);
}

function integer(value: Value, message: string): bigint {
  return typeof value === 'bigint' ? value : value instanceof Uint ? value.value : wrongType(message, value);
}

function double(value: Value, message: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value === 'NaN') return NaN;
  if (value === 'Infinity' || value === '-Infinity') return value === 'Infinity' ? Infinity : -Infinity;
  return value instanceof Uint ? Number(value.value) : wrongType(message, value);
}

function fixed(value: number, precision: number): string {
  if (!Number.isFinite(value)) return special(value);
  const [whole = '', ...fraction] = value.toFixed(Math.min(precision, 100)).split('.');
  return [whole.replace(/\B(?=(?:\d{3})+$)/g, ','), ...fraction].join('.');
}

/** `1.5\u202f×\u202f10⁰³` */
function scientific(value: number, precision: number): string {
  if (!Number.isFinite(value)) return special(value);
  const [mantissa = '', exponent = ''] = value.toExponential(Math.min(precision, 100)).split('e');
  const digits = Array.from(exponent.slice(1).padStart(2, '0'), (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');
  return `${mantissa}\u202f×\u202f10${exponent.startsWith('-') ? '⁻' : ''}${digits}`;
}

function special(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '-∞';
}

function hex(value: Value): string {
  if (typeof value === 'string') return hexOf(new TextEncoder().encode(value));
  if (value instanceof Uint8Array) return hexOf(value);
  return integer(value, 'only integers, byte buffers, and strings can be formatted as hex').toString(16);
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function show(value: Value, isNested: boolean): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `"${value}"`;
  if (typeof value === 'number') return isNested && Number.isFinite(value) ? value.toFixed(6) : formatDouble(value);
  if (typeof value !== 'object') return String(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Uint8Array) return isNested ? `b"${new TextDecoder().decode(value)}"` : new TextDecoder().decode(value);
  if (value instanceof Timestamp) return isNested ? `timestamp("${formatTimestamp(value)}")` : formatTimestamp(value);
  if (value instanceof Duration) return isNested ? `duration("${formatDuration(value)}")` : formatDuration(value);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof ListValue) return `[${[...value].map((item) => show(item, true)).join(', ')}]`;
  if (value instanceof MapValue) {
    const entries = [...value.keys()].map((key) => `${showKey(key)}:${show(value.find(key)!, true)}`);
    return `{${entries.sort((a, b) => (a < b ? -1 : 1)).join(', ')}}`;
  }
  return wrongType('string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps', value);
}

function showKey(key: Value): string {
  if (typeof key === 'number') throw new CelEvaluationError('error during formatting: no formatting function for map key of type double');
  return show(key, true);
}
