/**
 * @module markers: what the user says in JSDoc. comment.ts reads raw trivia (TypeScript does not attach a comment on the line of an opening
 * brace and joins lines), tags.ts knows the tags, apply.ts lays them over a schema.
 */
import { type ts } from 'ts-morph';

import { isJsonTag, isLineTag } from './tags.js';

/** `@name value`. */
export interface Tag {
  readonly name: string;
  readonly value: string;
}

/** The documentation of one declaration. `node` is where findings about it are reported. */
export interface DocBlock {
  readonly text: string;
  readonly tags: readonly Tag[];
  readonly node: ts.Node;
}

/** The JSDoc block in front of a declaration, or an empty one. `at` is where findings about its tags point. */
export function docsOf(declaration: ts.Node, at: ts.Node): DocBlock {
  const source = declaration.getSourceFile();
  const comment = lastComment(source.text, declaration.getFullStart(), declaration.getStart(source, false));
  if (comment === undefined) return { text: '', tags: [], node: at };
  return { ...parseComment(comment), node: at };
}

/** Text and tags of a whole comment, with its delimiters. */
export function parseComment(comment: string): { text: string; tags: Tag[] } {
  const text: string[] = [];
  const tags: Tag[] = [];
  let sink: 'text' | 'after-rule' | 'block' = 'text';
  let open: { name: string; value: string } | undefined;
  let fenced = false;
  const close = () => {
    if (open) tags.push({ name: open.name, value: open.value.trim() });
    open = undefined;
  };
  for (const line of contentLines(comment)) {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
    const tag = fenced ? null : /^\s*@([A-Za-z][\w.-]*)\s?(.*)$/.exec(line);
    if (tag) {
      close();
      open = { name: tag[1] ?? '', value: tag[2] ?? '' };
      if (isLineTag(open.name) && !(isJsonTag(open.name) && isOpenJson(open.value))) {
        close();
        if (sink === 'block') sink = 'text';
      } else if (!isJsonTag(open.name)) sink = 'block';
      continue;
    }
    if (open) {
      open.value += `\n${line}`;
      if (isJsonTag(open.name) && !isOpenJson(open.value)) close();
      continue;
    }
    if (sink !== 'text') continue;
    if (!fenced && line.trim() === '---') sink = 'after-rule';
    else if (fenced || !/^\s*TODO/.test(line)) text.push(line);
  }
  close();
  const deprecated = tags.find((tag) => tag.name === 'deprecated');
  const body = collapse(text);
  if (!deprecated) return { text: body, tags };
  const notice = deprecated.value ? `Deprecated: ${deprecated.value.replace(/\s*\n\s*/g, '\n')}` : 'Deprecated.';
  return { text: body ? `${body}\n\n${notice}` : notice, tags };
}

/** A comment counts when nothing but trivia stands between it and the declaration, and when it is not the remark at the end of the line before. */
function lastComment(text: string, from: number, to: number): string | undefined {
  let found: string | undefined;
  let at = from;
  while (at < to) {
    if (text.startsWith('//', at)) {
      while (at < to && text[at] !== '\n') at++;
    } else if (text.startsWith('/*', at)) {
      const close = text.indexOf('*/', at + 2);
      const end = close < 0 ? to : close + 2;
      const isRemark = !/[\n\r]/.test(text.slice(from, at)) && /^[ \t]*(\r|\n)/.test(text.slice(end, to)) && !isFirst(text, from);
      if (text.startsWith('/**', at) && end - at > 4 && !isRemark) found = text.slice(at, end);
      at = end;
    } else at++;
  }
  return found;
}

/** Whether what follows is the first thing of a body or of the file: then a comment on the same line can not belong to something before it. */
function isFirst(text: string, from: number): boolean {
  return from === 0 || text[from - 1] === '{' || text[from - 1] === '(' || text[from - 1] === '<' || text[from - 1] === '|';
}

function contentLines(comment: string): string[] {
  const lines = comment.slice(3, comment.endsWith('*/') ? -2 : undefined).split(/\r\n|\n|\r/);
  return lines.map((line, index) =>
    (index === 0 ? line.replace(/^ /, '') : line.replace(/^\s*\*? ?/, (lead) => (lead.includes('*') ? '' : lead))).replace(/\s+$/, ''),
  );
}

function collapse(lines: readonly string[]): string {
  const out: string[] = [];
  for (const line of lines) if (line !== '' || out.at(-1) !== '') out.push(line);
  while (out[0] === '') out.shift();
  while (out.at(-1) === '') out.pop();
  return out.join('\n').trim();
}

function isOpenJson(value: string): boolean {
  if (!/^\s*[[{"]/.test(value)) return false;
  try {
    JSON.parse(value);
    return false;
  } catch {
    return true;
  }
}
