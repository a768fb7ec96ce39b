import { goQuote } from '@kubewright/api';

import { overload, type Overload } from '../check/environment.js';
import { CelEvaluationError } from '../value/evaluation-error.js';
import { ArrayList, type ListValue, stringSize } from '../value/value.js';
import { formatString } from './format-string.js';
import { pattern } from './core.js';

/** The extended functions of strings (version 2 of that extension, as Kubernetes has it). Positions count code points. */
export const STRINGS: readonly Overload[] = [
  overload('string.charAt(int): string', (text: string, index: bigint) => {
    const chars = Array.from(text);
    if (index < 0n || index > chars.length) outOfRange(index);
    return chars[Number(index)] ?? '';
  }),
  overload('string.indexOf(string): int', (text: string, part: string) => position(text, text.indexOf(part))),
  overload('string.indexOf(string, int): int', (text: string, part: string, from: bigint) => {
    if (part === '') return from;
    const start = unitOffset(text, from);
    return start === undefined ? -1n : position(text, text.indexOf(part, start));
  }),
  overload('string.lastIndexOf(string): int', (text: string, part: string) => position(text, text.lastIndexOf(part))),
  overload('string.lastIndexOf(string, int): int', (text: string, part: string, from: bigint) => {
    if (part === '') return from;
    const start = unitOffset(text, from);
    return start === undefined ? -1n : position(text, text.lastIndexOf(part, start));
  }),
  overload('string.lowerAscii(): string', (text: string) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())),
  overload('string.upperAscii(): string', (text: string) => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())),
  overload('string.replace(string, string): string', (text: string, from: string, to: string) => replace(text, from, to, -1n)),
  overload('string.replace(string, string, int): string', replace),
  overload('string.split(string): list(string)', (text: string, separator: string) => split(text, separator, -1n)),
  overload('string.split(string, int): list(string)', split),
  overload('string.substring(int): string', (text: string, from: bigint) => {
    const chars = Array.from(text);
    if (from < 0n || from > chars.length) outOfRange(from);
    return chars.slice(Number(from)).join('');
  }),
  overload('string.substring(int, int): string', (text: string, from: bigint, to: bigint) => {
    const chars = Array.from(text);
    if (from > to) throw new CelEvaluationError(`invalid substring range. start: ${from}, end: ${to}`);
    if (from < 0n || from > chars.length) outOfRange(from);
    if (to < 0n || to > chars.length) outOfRange(to);
    return chars.slice(Number(from), Number(to)).join('');
  }),
  overload('string.trim(): string', (text: string) => text.replace(/^[\s\u0085]+|[\s\u0085]+$/gu, '')),
  overload('list(string).join(): string', (list: ListValue) => join(list, '')),
  overload('list(string).join(string): string', join),
  overload('string.format(list(dyn)): string', formatString),
  overload('strings.quote(string): string', (text: string) => quote(text)),
];

/** `find` and `findAll`. */
export const REGEX: readonly Overload[] = [
  overload('string.find(string): string', (text: string, expression: string) => compile(expression).exec(text)?.[0] ?? ''),
  overload('string.findAll(string): list(string)', (text: string, expression: string) => findAll(text, expression, -1n)),
  overload('string.findAll(string, int): list(string)', findAll),
];

/** `jsonpatch.escapeKey`: a key as part of a JSON pointer. */
export const JSON_PATCH: readonly Overload[] = [
  overload('jsonpatch.escapeKey(string): string', (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1')),
];

function findAll(text: string, expression: string, limit: bigint): ListValue {
  const found = text.matchAll(new RegExp(compile(expression), 'gu'));
  const parts: string[] = [];
  for (const [part] of found) {
    if (limit >= 0n && parts.length >= limit) break;
    parts.push(part);
  }
  return new ArrayList(parts);
}

function compile(expression: string): RegExp {
  try {
    return pattern(expression);
  } catch (error) {
    throw error instanceof CelEvaluationError ? new CelEvaluationError(`Illegal regex: ${error.message}`) : error;
  }
}

function outOfRange(index: bigint): never {
  throw new CelEvaluationError(`index out of range: ${index}`);
}

/** The code unit at which a code point begins; undefined behind the end. */
function unitOffset(text: string, index: bigint): number | undefined {
  const chars = Array.from(text);
  if (index < 0n) outOfRange(index);
  return index >= chars.length ? undefined : chars.slice(0, Number(index)).join('').length;
}

function position(text: string, unit: number): bigint {
  return BigInt(unit < 0 ? -1 : stringSize(text.slice(0, unit)));
}

function replace(text: string, from: string, to: string, count: bigint): string {
  if (count < 0n) return from === '' ? insertBetween(text, to, -1n) : text.replaceAll(from, () => to);
  if (from === '') return insertBetween(text, to, count);
  const parts = text.split(from);
  const replaced = Math.min(Number(count), parts.length - 1);
  return parts.slice(0, replaced + 1).join(to) + parts.slice(replaced + 1).map((part) => from + part).join('');
}

function insertBetween(text: string, inserted: string, count: bigint): string {
  let left = count < 0n ? Infinity : Number(count);
  let out = '';
  for (const char of text) out += (left-- > 0 ? inserted : '') + char;
  return left > 0 ? out + inserted : out;
}

function split(text: string, separator: string, limit: bigint): ListValue {
  if (limit === 0n) return new ArrayList([]);
  const parts = separator === '' ? Array.from(text) : text.split(separator);
  if (limit < 0n || parts.length <= limit) return new ArrayList(parts);
  const kept = parts.slice(0, Number(limit) - 1);
  return new ArrayList([...kept, parts.slice(Number(limit) - 1).join(separator)]);
}

function join(list: ListValue, separator: string): string {
  const parts: string[] = [];
  for (const item of list) {
    if (typeof item !== 'string') throw new CelEvaluationError('no such overload');
    parts.push(item);
  }
  return parts.join(separator);
}

function quote(text: string): string {
  return goQuote(text);
}
