import { ts } from 'ts-morph';

/**
 * Where a character of a text in JSON stands: `offset` counts in the text as it is read, the answer in `json` as it is written. Undefined
 * where the object has no such text.
 */
export function offsetInJson(json: string, key: string, offset: number): number | undefined {
  const start = new RegExp(`"${key}"\\s*:\\s*"`).exec(json);
  if (!start) return undefined;
  return walk(json, start.index + start[0].length, offset, /\\u[0-9A-Fa-f]{4}|\\[^u]/y);
}

/** Where a character of a literal stands in its file; undefined for expressions that are put together. */
export function offsetInLiteral(literal: ts.Expression | undefined, offset: number): number | undefined {
  if (!literal || !ts.isStringLiteralLike(literal)) return undefined;
  const source = literal.getSourceFile();
  return walk(source.text, literal.getStart(source) + 1, offset, /\\(?:x[0-9A-Fa-f]{2}|u\{[0-9A-Fa-f]+\}|u[0-9A-Fa-f]{4}|\r\n|[^])/y);
}

/** An escape sequence is read as one character, a line continuation as none. */
function walk(text: string, from: number, offset: number, escape: RegExp): number {
  let at = from;
  for (let read = 0; read < offset && at < text.length; ) {
    escape.lastIndex = at;
    const found = text[at] === '\\' ? escape.exec(text)?.[0] : undefined;
    if (!/^\\[\r\n]/.test(found ?? '')) read += /^\\u\{/.test(found ?? '') && parseInt((found ?? '').slice(3), 16) > 0xffff ? 2 : 1;
    at += found?.length ?? 1;
  }
  return at;
}
