import type { Source } from './source.js';

export type TokenKind = 'punctuation' | 'NUM_FLOAT' | 'NUM_INT' | 'NUM_UINT' | 'STRING' | 'BYTES' | 'IDENTIFIER' | 'ESC_IDENTIFIER' | 'EOF';

/** `kind` is what the grammar calls it; punctuation and the words `in`, `true`, `false`, `null` are told by their text. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly at: number;
}

/** Splits an expression into tokens. What belongs to none is reported and left out. The last token is the end. */
export function tokenize(source: Source, report: (at: number, message: string) => void): Token[] {
  const { text } = source;
  const tokens: Token[] = [];
  // Offsets are told in code points, regular expressions count code units.
  const isAscii = source.chars.length === text.length;
  const offset = (unit: number): number => (isAscii ? unit : Array.from(text.slice(0, unit)).length);
  let at = 0;
  while (at < text.length) {
    const hidden = match(HIDDEN, text, at);
    if (hidden !== undefined) {
      at += hidden.length;
      continue;
    }
    const token = next(text, at);
    if (token === undefined) {
      const bad = badText(text, at);
      report(offset(at), `Syntax error: token recognition error at: '${showBad(bad)}'`);
      at += bad.length;
      continue;
    }
    tokens.push({ ...token, at: offset(at) });
    at += token.text.length;
  }
  tokens.push({ kind: 'EOF', text: '<EOF>', at: offset(text.length) });
  return tokens;
}

const ESCAPE = String.raw`\\(?:[abfnrtv"'\\?\x60]|[0-3][0-7][0-7]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})`;
const QUOTED = [
  String.raw`[rR]"""[\s\S]*?"""`, String.raw`[rR]'''[\s\S]*?'''`, String.raw`[rR]"[^"\n\r]*"`, String.raw`[rR]'[^'\n\r]*'`,
  String.raw`"""(?:${ESCAPE}|[^\\])*?"""`, String.raw`'''(?:${ESCAPE}|[^\\])*?'''`, String.raw`"(?:${ESCAPE}|[^\\"\n\r])*"`, String.raw`'(?:${ESCAPE}|[^\\'\n\r])*'`,
].join('|');

/** A string as far as it can be read. */
const OPEN_STRING = new RegExp(`[bB]?(?:[rR](?:"[^"\\n\\r]*|'[^'\\n\\r]*)|"(?:${ESCAPE}|[^\\\\"\\n\\r])*|'(?:${ESCAPE}|[^\\\\'\\n\\r])*)`, 'uy');
const HIDDEN = /(?:[\t \r\n\f]+|\/\/[^\n]*)+/uy;
const RULES: readonly (readonly [TokenKind, RegExp])[] = [
  ['STRING', new RegExp(QUOTED, 'uy')],
  ['BYTES', new RegExp(`[bB](?:${QUOTED})`, 'uy')],
  ['NUM_FLOAT', /(?:\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)/uy],
  ['NUM_UINT', /(?:0x[0-9a-fA-F]+|\d+)[uU]/uy],
  ['NUM_INT', /0x[0-9a-fA-F]+|\d+/uy],
  ['ESC_IDENTIFIER', /`[A-Za-z0-9_.\-/ ]+`/uy],
  ['IDENTIFIER', /[A-Za-z_][A-Za-z0-9_]*/uy],
  ['punctuation', /==|!=|<=|>=|&&|\|\||[<>[\]{}().,\-!?:+*/%]/uy],
];
const WORDS: ReadonlySet<string> = new Set(['in', 'true', 'false', 'null']);

function next(text: string, at: number): { kind: TokenKind; text: string } | undefined {
  for (const [kind, pattern] of RULES) {
    const found = match(pattern, text, at);
    if (found !== undefined) return { kind: kind === 'IDENTIFIER' && WORDS.has(found) ? 'punctuation' : kind, text: found };
  }
  return undefined;
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** How far a scanner gets before it gives up: to the end of the line in a string that is not closed, one more character after a lone `=`, `&` or `|`. */
function badText(text: string, at: number): string {
  const string = match(OPEN_STRING, text, at);
  if (string !== undefined) return string + text.slice(at + string.length, at + string.length + (text[at + string.length] === '\\' ? 2 : 1));
  const char = String.fromCodePoint(text.codePointAt(at)!);
  return /[=&|]/.test(char) ? char + (text[at + 1] ?? '') : char;
}

function showBad(bad: string): string {
  return bad.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
}
