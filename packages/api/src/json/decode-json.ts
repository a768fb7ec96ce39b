/**
 * @module json: the codec of both sides. Objects are plain JSON values; integers of Go's int64 that a double can not hold come back as
 * bigint, so that what is read can be written again unchanged. decode-json.ts chooses between the native parser and json-parser.ts,
 * encode-json.ts writes, deep-equal.ts compares.
 */
import { JsonParser, JsonSyntaxError } from './json-parser.js';

/** What {@link decodeJson} checks on the way. */
export interface DecodeJsonOptions {
  /** Deepest nesting of objects and lists. @default 1000; Go's decoder takes 10000, but what walks objects here does so recursively */
  readonly maxDepth?: number;
  /** Told each field that appears twice in one object (`spec.ports[0].name`), once a field; the last value wins. Makes decoding slower. */
  readonly onDuplicateKey?: (path: string) => void;
}

const DEFAULT_MAX_DEPTH = 1000;
/** Integers of fewer digits are exact as doubles. */
const SUSPECT_DIGITS = 16;

/**
 * The value of a JSON document. `__proto__` is a key like any other. Bytes that are not UTF-8 become U+FFFD, as in Go.
 * @throws JsonSyntaxError with the text that Go's decoder has for the mistake
 */
export function decodeJson(input: string | Uint8Array, options: DecodeJsonOptions = {}): unknown {
  const text = typeof input === 'string' ? input : decodeUtf8(input);
  const maxDepth = options.maxDepth ?? DEFAULT_MAX_DEPTH;
  // Something nested deeply needs a closing bracket for each level.
  if (text.length > 2 * maxDepth && depthOf(text, maxDepth) > maxDepth) throw new JsonSyntaxError('exceeded max depth');
  if (options.onDuplicateKey === undefined && !hasLongNumber(input)) {
    try {
      return JSON.parse(text);
    } catch {
      // The parser below fails as well, with a message that does not depend on the version of Node.
    }
  }
  return new JsonParser(text, maxDepth, options.onDuplicateKey).parse();
}

// A byte order mark is kept, and then refused as Go refuses it.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

function decodeUtf8(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

/** Whether a number of 16 or more digits may be in the text. One in 16 characters is looked at: a run that long covers one of them. */
function hasLongNumber(input: string | Uint8Array): boolean {
  const at = typeof input === 'string' ? (index: number) => input.charCodeAt(index) : (index: number) => input[index] ?? 0;
  for (let probe = SUSPECT_DIGITS - 1; probe < input.length; probe += SUSPECT_DIGITS) {
    if (!isDigit(at(probe))) continue;
    let start = probe;
    while (start > 0 && isDigit(at(start - 1))) start--;
    let end = probe + 1;
    while (end < input.length && isDigit(at(end))) end++;
    if (end - start >= SUSPECT_DIGITS && startsNumber(at, start)) return true;
    probe = end;
  }
  return false;
}

/** Digits inside of a text or after a point are no integer. Inside of a text it may still look like one; that only costs time. */
function startsNumber(at: (index: number) => number, start: number): boolean {
  const index = start > 0 && at(start - 1) === 0x2d ? start - 2 : start - 1;
  if (index < 0) return true;
  const before = at(index);
  // A colon ends a key, and that ends with a quotation mark; the colon of "sha256:1234…" is inside of a text.
  if (before === 0x3a) return at(index - 1) === 0x22 || isSpace(at(index - 1));
  return before === 0x5b || before === 0x2c || isSpace(before);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Nesting of the text, as soon as it is known to pass `limit`. The text need not be valid. */
function depthOf(text: string, limit: number): number {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x22) index = endOfString(text, index);
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > limit) return depth;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return 0;
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(index - 1 - backslashes) === 0x5c) backslashes++;
  return backslashes % 2 === 1;
}
