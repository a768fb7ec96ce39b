import type { Token } from './tokenizer.js';

/** A fault after which nothing more can be read; it has been reported already. */
export class SyntaxFault extends Error {}

/** Names of tokens in the order in which an expected set lists them. */
const ORDER: readonly string[] = [
  '==', '!=', 'in', '<', '<=', '>=', '>', '&&', '||', '[', ']', '{', '}', '(', ')', '.', ',', '-', '!', '?', ':', '+', '*', '/', '%', 'true', 'false', 'null',
  'NUM_FLOAT', 'NUM_INT', 'NUM_UINT', 'STRING', 'BYTES', 'IDENTIFIER', 'ESC_IDENTIFIER', '<EOF>',
];
const NAMED: ReadonlySet<string> = new Set(['NUM_FLOAT', 'NUM_INT', 'NUM_UINT', 'STRING', 'BYTES', 'IDENTIFIER', 'ESC_IDENTIFIER', '<EOF>']);

/** What an expression may begin with. */
export const EXPRESSION_STARTS: readonly string[] = [
  '[', '{', '(', '.', '-', '!', 'true', 'false', 'null', 'NUM_FLOAT', 'NUM_INT', 'NUM_UINT', 'STRING', 'BYTES', 'IDENTIFIER',
];

/** The name of a token's kind as it stands in expected sets. */
export function nameOf(token: Token): string {
  return token.kind === 'punctuation' ? token.text : token.kind === 'EOF' ? '<EOF>' : token.kind;
}

/** `{'[', '{', IDENTIFIER}`, or the token alone where it is the only one. */
export function expectedSet(names: readonly string[]): string {
  const shown = ORDER.filter((name) => names.includes(name)).map((name) => (NAMED.has(name) ? name : `'${name}'`));
  return shown.length === 1 ? shown[0]! : `{${shown.join(', ')}}`;
}
