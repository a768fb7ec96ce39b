import { parseComment } from '../markers/comment.js';

/**
 * A JSDoc block that the generator reads as exactly this text and these tags. A text that a comment can not carry (its own end, lines that look
 * like tags, `---`) goes into `@schema`.
 *
 * @param tags `name value`, or a name alone
 */
export function commentText(text: string | undefined, tags: readonly string[], indent: string): string {
  if (text === undefined && tags.length === 0) return '';
  const plain = block(text, tags, indent);
  if (text === undefined || isFaithful(plain, text, tags)) return plain;
  return block(undefined, withDescription(tags, text), indent);
}

/** JSON that can stand in a comment, on one line whatever counts as the end of a line. */
export function jsonInComment(value: unknown): string {
  return JSON.stringify(value).replaceAll('*/', '*\\/').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

function block(text: string | undefined, tags: readonly string[], indent: string): string {
  const lines = [...(text === undefined ? [] : text.split('\n')), ...tags.map((tag) => `@${tag}`)];
  const [only = '', ...more] = lines;
  if (more.length === 0 && indent.length + only.length + 7 <= WIDTH) return `${indent}/** ${only} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} *${line === '' ? '' : ` ${line}`}\n`).join('')}${indent} */\n`;
}

const WIDTH = 140;

function isFaithful(comment: string, text: string, tags: readonly string[]): boolean {
  if (text.includes('*/')) return false;
  const read = parseComment(comment.trim());
  return read.text === text && read.tags.length === tags.length && read.tags.every((tag, index) => `${tag.name} ${tag.value}`.trim() === tags[index]?.trim());
}

/** The description as a keyword, in the overlay that may be there already. */
function withDescription(tags: readonly string[], description: string): string[] {
  const at = tags.findIndex((tag) => tag.startsWith('schema '));
  const given = at < 0 ? {} : (JSON.parse((tags[at] ?? '').slice('schema '.length)) as object);
  return [...tags.filter((_tag, index) => index !== at), `schema ${jsonInComment({ ...given, description })}`];
}
