import { UintConstant, type Constant } from './ast.js';
import type { Token } from './tokenizer.js';

/** The constant that a token spells; a string says what is wrong with it. `sign` is `-` where the token stands behind a minus. */
export function readLiteral(token: Token, sign: '' | '-'): { value: Constant } | { problem: string } {
  switch (token.kind) {
    case 'NUM_INT': {
      const value = sign === '-' ? -BigInt(token.text) : BigInt(token.text);
      return value > MAX_INT || value < MIN_INT ? { problem: 'invalid int literal' } : { value };
    }
    case 'NUM_UINT': {
      const value = BigInt(token.text.slice(0, -1));
      return value > MAX_UINT ? { problem: 'invalid uint literal' } : { value: new UintConstant(value) };
    }
    case 'NUM_FLOAT': {
      const value = Number(sign + token.text);
      return Number.isFinite(value) ? { value } : { problem: 'invalid double literal' };
    }
    case 'STRING': return readString(token.text);
    case 'BYTES': return readBytes(token.text.slice(1));
    default: return { value: token.text === 'null' ? null : token.text === 'true' };
  }
}

const MAX_INT = 2n ** 63n - 1n;
const MIN_INT = -(2n ** 63n);
const MAX_UINT = 2n ** 64n - 1n;

/** Each escape as the code it stands for; `isByte` tells `\x41` and `\101`, which in bytes are one byte and in strings a code point. */
type Piece = string | { readonly code: number; readonly isByte: boolean };

function readString(text: string): { value: string } | { problem: string } {
  let value = '';
  for (const piece of pieces(text)) {
    if (typeof piece === 'string') value += piece;
    else if (piece.code > 0x10ffff || (piece.code >= 0xd800 && piece.code < 0xe000)) return { problem: 'unable to unescape string' };
    else value += String.fromCodePoint(piece.code);
  }
  return { value };
}

function readBytes(text: string): { value: Uint8Array } | { problem: string } {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const piece of pieces(text)) {
    if (typeof piece === 'string') bytes.push(...encoder.encode(piece));
    else if (piece.isByte) bytes.push(piece.code);
    else return { problem: 'unable to unescape string' };
  }
  return { value: Uint8Array.from(bytes) };
}

function pieces(quoted: string): Piece[] {
  const isRaw = /^[rR]/.test(quoted);
  const body = isRaw ? quoted.slice(1) : quoted;
  const width = /^("""|''')[\s\S]*\1$/.test(body) && body.length >= 6 ? 3 : 1;
  const inner = body.slice(width, -width).replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  if (isRaw || !inner.includes('\\')) return [inner];
  return [...inner.matchAll(/[^\\]+|\\(?:[xX](..)|u(....)|U(.{8})|([0-3]..)|(.))/gsu)].map(([whole, hex, short, long, octal, simple]): Piece => {
    if (hex !== undefined) return { code: parseInt(hex, 16), isByte: true };
    if (octal !== undefined) return { code: parseInt(octal, 8), isByte: true };
    if (short !== undefined || long !== undefined) return { code: parseInt(short ?? long!, 16), isByte: false };
    return simple === undefined ? whole : SIMPLE[simple] ?? simple;
  });
}

const SIMPLE: Readonly<Record<string, string>> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
