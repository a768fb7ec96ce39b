/**
 * @module patch: the forms in which objects are changed. json-patch.ts (RFC 6902) is an ordered list of operations, merge-patch.ts
 * (RFC 7386) a partial object, strategic-merge-patch.ts a partial object that knows which lists have keys. None changes its inputs; what
 * a patch does not touch is shared between the input and the result.
 */
import { deepEqual } from '../json/deep-equal.js';
import { parsePointer } from './json-pointer.js';

/** One operation of a JSON patch. Paths are JSON pointers: `/spec/containers/0/image`, `/metadata/annotations/example.com~1key`. */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly path: string; readonly from: string };

/** A patch that does not fit the document. The message is that of the library that API servers use (evanphx/json-patch). */
export class JsonPatchError extends Error {
  override readonly name = 'JsonPatchError';
  /** Position of the operation in the patch. */
  readonly index: number;

  constructor(message: string, index: number) {
    super(message);
    this.index = index;
  }
}

/**
 * The document with all operations done in order, or none when one fails. As API servers do, negative indices count from the end,
 * and `test` holds for a field that is absent and a value of null.
 * @throws JsonPatchError
 */
export function applyJsonPatch(document: unknown, operations: readonly JsonPatchOperation[]): unknown {
  return operations.reduce<unknown>((current, operation, index) => {
    try {
      return applyOperation(current, operation);
    } catch (error) {
      if (error instanceof Failure) throw new JsonPatchError(error.message, index);
      throw error;
    }
  }, document);
}

function applyOperation(document: unknown, operation: JsonPatchOperation): unknown {
  checkShape(operation);
  const { op, path } = operation;
  switch (op) {
    case 'add':
      return update(document, path, operation.value, `add operation does not apply: doc is missing path: "${path}"`, (container, key) =>
        within(`error in add for path: '${path}'`, () => withAdded(container, key, operation.value)));
    case 'remove':
      return update(document, path, null, `remove operation does not apply: doc is missing path: "${path}"`, (container, key) =>
        within(`error in remove for path: '${path}'`, () => withRemoved(container, key)));
    case 'replace':
      return update(document, path, operation.value, `replace operation does not apply: doc is missing path: ${path}`, (container, key) => {
        const slot = slotOf(container, key);
        if (slot === undefined) throw new Failure(`replace operation does not apply: doc is missing key: ${path}: missing value`);
        return withMember(container, slot, operation.value);
      });
    case 'move': {
      const missing = `move operation does not apply: doc is missing from path: ${operation.from}`;
      const value = read(document, operation.from, missing, (key) => `error in move for path: '${key}'`);
      const without = update(document, operation.from, null, missing, withRemoved);
      return update(without, path, value, `move operation does not apply: doc is missing destination path: ${path}`, (container, key) =>
        within(`error in move for path: '${path}'`, () => withAdded(container, key, value)));
    }
    case 'copy': {
      const missing = `copy operation does not apply: doc is missing from path: ${operation.from}`;
      const value = read(document, operation.from, missing, () => `error in copy for from: '${operation.from}'`);
      return update(document, path, value, `copy operation does not apply: doc is missing destination path: ${path}`, (container, key) =>
        within('error while adding value during copy', () => withAdded(container, key, value)));
    }
    case 'test':
      return test(document, path, operation.value);
  }
}

const OPERATIONS: ReadonlySet<string> = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);

/** Patches come from the network: what the types promise need not hold. */
function checkShape(operation: Partial<Record<'op' | 'path' | 'from' | 'value', unknown>>): void {
  const { op, path, from } = operation;
  if (typeof op !== 'string' || !OPERATIONS.has(op)) throw new Failure(`Unexpected kind: ${typeof op === 'string' ? op : 'unknown'}`);
  const needsFrom = op === 'move' || op === 'copy';
  if (needsFrom && typeof from !== 'string') throw new Failure(`${op} operation failed to decode from: operation, missing from field: missing value`);
  if (typeof path === 'string') return;
  const reason = op === 'replace' || op === 'move' || op === 'test' ? 'operation missing path field: missing value' : 'missing value';
  throw new Failure(`${op} operation failed to decode path: ${reason}`);
}

type Change = (container: Container, key: string) => Container;
type Container = readonly unknown[] | Readonly<Record<string, unknown>>;

/** What went wrong in one operation, before its position is known. */
class Failure extends Error {}

/**
 * Copies the containers on the way to the last token and lets `change` make the last one anew.
 * @param whole the result for the empty path, which names the document itself
 */
function update(document: unknown, path: string, whole: unknown, missing: string, change: Change): unknown {
  const tokens = parsePointer(path);
  const failure = new Failure(`${missing}: missing value`);
  if (!tokens) throw failure;
  const step = (value: unknown, depth: number): unknown => {
    const token = tokens[depth];
    if (token === undefined) return whole;
    if (!isContainer(value)) throw failure;
    if (depth === tokens.length - 1) return change(value, token);
    const slot = slotOf(value, token);
    if (slot === undefined) throw failure;
    return withMember(value, slot, step(memberOf(value, slot), depth + 1));
  };
  return step(document, 0);
}

function read(document: unknown, path: string, missing: string, context: (key: string) => string): unknown {
  if (path === '') return document;
  const found = locate(document, path);
  if (!found) throw new Failure(`${missing}: missing value`);
  return within(context(found.key), () => valueIn(found.container, found.key));
}

function test(document: unknown, path: string, expected: unknown): unknown {
  const failure = new Failure(`testing value ${path} failed: test failed`);
  if (path === '') {
    if (!deepEqual(document, expected)) throw failure;
    return document;
  }
  const found = locate(document, path);
  if (!found) throw new Failure(`test operation does not apply: is missing path: ${path}: missing value`);
  const { container, key } = found;
  const actual = isList(container) ? within(`error in test for path: '${path}'`, () => valueIn(container, key)) : memberOf(container, key);
  if (!deepEqual(actual ?? null, expected ?? null)) throw failure;
  return document;
}

/** The container of the last token; undefined when the way to it is not there. */
function locate(document: unknown, path: string): { container: Container; key: string } | undefined {
  const tokens = parsePointer(path);
  if (!tokens || tokens.length === 0) return undefined;
  let value = document;
  for (const token of tokens.slice(0, -1)) {
    if (!isContainer(value)) return undefined;
    const slot = slotOf(value, token);
    if (slot === undefined) return undefined;
    value = memberOf(value, slot);
  }
  return isContainer(value) ? { container: value, key: tokens.at(-1) ?? '' } : undefined;
}

function valueIn(container: Container, key: string): unknown {
  if (isList(container)) return container[indexOf(container, key, container.length - 1)];
  if (!Object.hasOwn(container, key)) throw new Failure(`unable to get nonexistent key: ${key}: missing value`);
  return container[key];
}

function withAdded(container: Container, key: string, value: unknown): Container {
  if (!isList(container)) return withMember(container, key, value);
  if (key === '-') return [...container, value];
  return container.toSpliced(indexOf(container, key, container.length, true), 0, value);
}

function withRemoved(container: Container, key: string): Container {
  if (isList(container)) return container.toSpliced(indexOf(container, key, container.length - 1), 1);
  if (!Object.hasOwn(container, key)) throw new Failure(`Unable to remove nonexistent key: ${key}: missing value`);
  return Object.fromEntries(Object.entries(container).filter(([name]) => name !== key));
}

/** A copy with one member set; of a list, one that exists. */
function withMember(container: Container, slot: string, value: unknown): Container {
  return isList(container) ? container.with(Number(slot), value) : { ...container, [slot]: value };
}

/** The key if there is a member of that name (for lists: an index in range), else undefined. */
function slotOf(container: Container, key: string): string | undefined {
  if (!isList(container)) return Object.hasOwn(container, key) ? key : undefined;
  const index = parseIndex(key);
  if (index === undefined || index >= container.length || index < -container.length) return undefined;
  return String(index < 0 ? index + container.length : index);
}

function memberOf(container: Container, key: string): unknown {
  if (isList(container)) return container[Number(key)];
  return Object.hasOwn(container, key) ? container[key] : undefined;
}

/** @param isAdd whether -1 means "after the last one" */
function indexOf(list: readonly unknown[], key: string, last: number, isAdd = false): number {
  const index = parseIndex(key);
  if (index === undefined) {
    const reason = `strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`;
    throw new Failure(isAdd ? `value was not a proper array index: '${key}': ${reason}` : reason);
  }
  const size = isAdd ? list.length + 1 : list.length;
  if (index > last || index < -size) throw new Failure(`Unable to access invalid index: ${index}: invalid index referenced`);
  return index < 0 ? index + size : index;
}

function parseIndex(key: string): number | undefined {
  return /^[+-]?[0-9]+$/.test(key) ? Number(key) : undefined;
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

function isList(container: Container): container is readonly unknown[] {
  return Array.isArray(container);
}

function within<T>(context: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof Failure) throw new Failure(`${context}: ${error.message}`);
    throw error;
  }
}
