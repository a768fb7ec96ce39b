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
  /** Where it stands in its file. */
  readonly span?: TagSpan;
}

/** A tag in its file, from the `@` to the end of its value. */
export interface TagSpan {
  readonly start: number;
  readonly end: number;
  /** The place of a character of the value, which may go over several lines of the comment. */
  readonly offsetOf: (index: number) => number;
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
  const start = lastComment(source.text, declaration.getFullStart(), declaration.getStart(source, false));
  if (start === undefined) return { text: '', tags: [], node: at };
  const close = source.text.indexOf('*/', start + 2);
  return { ...parseComment(source.text.slice(start, close < 0 ? undefined : close + 2), start), node: at };
}

/** Text and tags of a whole comment, with its delimiters; `start` is where it begins in its file. */
export function parseComment(comment: string, start = 0): { text: string; tags: Tag[] } {
  const text: string[] = [];
  const tags: Tag[] = [];
  let sink: 'text' | 'after-rule' | 'block' = 'text';
  let open: OpenTag | undefined;
  let fenced = false;
  const close = () => {
    if (open) tags.push(closed(open));
    open = undefined;
  };
  for (const { text: line, at } of contentLines(comment, start)) {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
    const tag = fenced ? null : /^\s*@([A-Za-z][\w.-]*)\s?(.*)$/.exec(line);
    if (tag) {
      close();
      const value = tag[2] ?? '';
      open = { name: tag[1] ?? '', value, start: at + line.indexOf('@'), lines: [{ index: 0, at: at + line.length - value.length }] };
      // The value of a JSON tag may begin on the next line.
      if (isLineTag(open.name) && !(isJsonTag(open.name) && (open.value === '' || isOpenJson(open.value)))) {
        close();
        if (sink === 'block') sink = 'text';
      } else if (!isJsonTag(open.name)) sink = 'block';
      continue;
    }
    if (open?.value === '' && isJsonTag(open.name) && !/^\s*[[{"]/.test(line)) {
      close();
      sink = sink === 'block' ? 'text' : sink;
    }
    if (open) {
      open.lines.push({ index: open.value.length + 1, at });
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

interface OpenTag {
  readonly name: string;
  value: string;
  readonly start: number;
  /** Where the lines of the value begin, in the value and in the file. */
  readonly lines: { readonly index: number; readonly at: number }[];
}

function closed({ name, value, start, lines }: OpenTag): Tag {
  const shift = value.length - value.trimStart().length;
  const offsetOf = (index: number): number => {
    const line = lines.findLast((one) => one.index <= index + shift);
    return line ? line.at + index + shift - line.index : start;
  };
  const trimmed = value.trim();
  return { name, value: trimmed, span: { start, end: trimmed ? offsetOf(trimmed.length) : start + name.length + 1, offsetOf } };
}

/** A comment counts when nothing but trivia stands between it and the declaration, and when it is not the remark at the end of the line before. */
function lastComment(text: string, from: number, to: number): number | undefined {
  let found: number | undefined;
  let at = from;
  while (at < to) {
    if (text.startsWith('//', at)) {
      while (at < to && text[at] !== '\n') at++;
    } else if (text.startsWith('/*', at)) {
      const close = text.indexOf('*/', at + 2);
      const end = close < 0 ? to : close + 2;
      const isRemark = !/[\n\r]/.test(text.slice(from, at)) && /^[ \t]*(\r|\n)/.test(text.slice(end, to)) && !isFirst(text, from);
      if (text.startsWith('/**', at) && end - at > 4 && !isRemark) found = at;
      at = end;
    } else at++;
  }
  return found;
}

/** Whether what follows is the first thing of a body or of the file: then a comment on the same line can not belong to something before it. */
function isFirst(text: string, from: number): boolean {
  return from === 0 || text[from - 1] === '{' || text[from - 1] === '(' || text[from - 1] === '<' || text[from - 1] === '|';
}

function contentLines(comment: string, start: number): { text: string; at: number }[] {
  const body = comment.slice(3, comment.endsWith('*/') ? -2 : undefined);
  let next = start + 3;
  return body.split(/(\r\n|\n|\r)/).flatMap((part, index) => {
    const begin = next;
    next += part.length;
    if (index % 2 === 1) return [];
    const lead = index === 0 ? /^ ?/.exec(part)?.[0] : /^\s*\*? ?/.exec(part)?.[0].replace(/^\s+$/, '');
    const text = part.slice(lead?.length ?? 0);
    return [{ text: text.replace(/\s+$/, ''), at: begin + (lead?.length ?? 0) }];
  });
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
