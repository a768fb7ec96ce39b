import { deepEqual } from '../json/deep-equal.js';
import type { JsonPatchOperation } from './json-patch.js';
import { escapeToken } from './json-pointer.js';

/**
 * Operations that turn `before` into `after`, none when they say the same. Members come in order of their names, so the same two
 * documents always give the same patch. Items that were added to or removed from a list in one place become adds and removes there.
 */
export function createJsonPatch(before: unknown, after: unknown): JsonPatchOperation[] {
  const operations: JsonPatchOperation[] = [];
  compare(before, after, '', operations);
  return operations;
}

type Fields = Readonly<Record<string, unknown>>;

function compare(before: unknown, after: unknown, path: string, operations: JsonPatchOperation[]): void {
  if (deepEqual(before, after)) return;
  if (Array.isArray(before) && Array.isArray(after)) compareLists(before, after, path, operations);
  else if (isObject(before) && isObject(after)) compareObjects(before, after, path, operations);
  else operations.push({ op: 'replace', path, value: after });
}

function compareObjects(before: Fields, after: Fields, path: string, operations: JsonPatchOperation[]): void {
  for (const key of membersOf(before)) {
    if (!has(after, key)) operations.push({ op: 'remove', path: `${path}/${escapeToken(key)}` });
  }
  for (const key of membersOf(after)) {
    const member = `${path}/${escapeToken(key)}`;
    if (has(before, key)) compare(before[key], after[key], member, operations);
    else operations.push({ op: 'add', path: member, value: after[key] });
  }
}

/** What both lists begin and end with stays; in between, items are compared one by one and the rest is added or removed. */
function compareLists(before: readonly unknown[], after: readonly unknown[], path: string, operations: JsonPatchOperation[]): void {
  let start = 0;
  while (start < before.length && start < after.length && deepEqual(before[start], after[start])) start++;
  let [oldEnd, newEnd] = [before.length, after.length];
  while (oldEnd > start && newEnd > start && deepEqual(before[oldEnd - 1], after[newEnd - 1])) [oldEnd, newEnd] = [oldEnd - 1, newEnd - 1];
  const changed = Math.min(oldEnd, newEnd);
  for (let index = start; index < changed; index++) compare(before[index], after[index], `${path}/${index}`, operations);
  for (let index = oldEnd - 1; index >= changed; index--) operations.push({ op: 'remove', path: `${path}/${index}` });
  for (let index = changed; index < newEnd; index++) operations.push({ op: 'add', path: `${path}/${index}`, value: after[index] });
}

/** A member that is undefined is not written to JSON, so it is not there. */
function has(object: Fields, key: string): boolean {
  return Object.hasOwn(object, key) && object[key] !== undefined;
}

function membersOf(object: Fields): string[] {
  return Object.keys(object).filter((key) => object[key] !== undefined).sort();
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
