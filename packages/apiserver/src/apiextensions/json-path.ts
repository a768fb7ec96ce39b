import { deepEqual, goJson, goNumber, isRecord } from '@kubewright/api';

/**
 * The JSON paths of printer columns and selectable fields: fields, `['quoted']` keys, indexes and slices, `[*]`, `..name` and filters such as
 * `[?(@.type=='Ready')]` (k8s.io/client-go/util/jsonpath).
 */
export interface JsonPath {
  /** What the path finds, in order. @throws JsonPathMismatch where the path asks something of a value that it can not do */
  find(root: unknown): unknown[];
}

/** The value does not have the shape that the path needs, such as an index into a text. */
export class JsonPathMismatch extends Error {}

/** Reads a path that begins with a dot; the text says what is wrong with it otherwise. */
export function parseJsonPath(text: string): JsonPath | string {
  try {
    const steps = new PathParser(text).steps();
    return { find: (root) => steps.reduce<unknown[]>((found, step) => step(found), [root]) };
  } catch (error) {
    if (error instanceof PathSyntaxError) return error.message;
    throw error;
  }
}

/** A found value as a column of type string shows it. */
export function printValue(value: unknown): string {
  if (value === null || value === undefined) return '<no value>';
  if (typeof value === 'number' || typeof value === 'bigint') return goNumber(value);
  return typeof value === 'object' ? goJson(value) : String(value);
}

type Step = (found: unknown[]) => unknown[];

class PathSyntaxError extends Error {}

class PathParser {
  #at = 0;

  constructor(private readonly text: string) {}

  steps(): Step[] {
    const steps: Step[] = [];
    while (this.#at < this.text.length) {
      const char = this.text[this.#at]!;
      if (this.text.startsWith('..', this.#at)) {
        this.#at += 2;
        const name = this.#identifier();
        steps.push((found) => found.flatMap((value) => [...descendants(value, name)]));
      } else if (char === '.') {
        this.#at++;
        if (this.text[this.#at] === '*') {
          this.#at++;
          steps.push((found) => found.flatMap((value) => (Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : [])));
        } else if (this.#at < this.text.length && this.text[this.#at] !== '[') {
          steps.push(fieldStep(this.#identifier()));
        }
      } else if (char === '[') {
        steps.push(...this.#brackets());
      } else if (char === '$' || char === '@') {
        this.#at++;
      } else if (steps.length === 0) {
        steps.push(fieldStep(this.#identifier()));
      } else {
        throw new PathSyntaxError(`unrecognized character in action: ${char}`);
      }
    }
    return steps;
  }

  #identifier(): string {
    let name = '';
    while (this.#at < this.text.length && !/[.,[\]$@{}\s]/.test(this.text[this.#at]!)) {
      if (this.text[this.#at] === '\\') this.#at++;
      name += this.text[this.#at++] ?? '';
    }
    if (name === '') throw new PathSyntaxError(`unexpected end of path ${this.text}`);
    return name;
  }

  #brackets(): Step[] {
    const start = ++this.#at;
    const isFilter = this.text.startsWith('?(', start);
    let quote = '';
    for (let depth = 1; depth > 0; this.#at++) {
      const char = this.text[this.#at];
      if (char === undefined) throw new PathSyntaxError('unterminated array');
      if (quote !== '') quote = char === quote ? '' : quote;
      else if (char === '"' || char === "'") quote = char;
      else if (char === '[') depth++;
      else if (char === ']') depth--;
    }
    const inner = this.text.slice(start, this.#at - 1);
    if (isFilter) return [filterStep(inner)];
    const key = /^'([^']*)'$/.exec(inner) ?? /^"([^"]*)"$/.exec(inner);
    // A quoted key is read as a path again, so that dots in it separate fields unless they are escaped.
    if (key) return new PathParser(`.${key[1]}`).steps();
    if (inner === '*') return [sliceStep(undefined, undefined, undefined)];
    if (inner.includes(',')) {
      const parts = inner.split(',').map((part) => new PathParser(`[${part.trim()}]`).steps());
      return [(found) => parts.flatMap((steps) => steps.reduce<unknown[]>((values, step) => step(values), found))];
    }
    const slice = /^(-?\d*)(?:(:)(-?\d*))?(?::(\d*))?$/.exec(inner);
    if (!slice || inner === '') throw new PathSyntaxError(`invalid array index ${inner}`);
    const number = (part: string | undefined): number | undefined => (part === undefined || part === '' ? undefined : Number(part));
    return slice[2] === undefined ? [indexStep(Number(slice[1]))] : [sliceStep(number(slice[1]), number(slice[3]), number(slice[4]))];
  }
}

function fieldStep(name: string): Step {
  return (found) => found.flatMap((value) => (isRecord(value) && Object.hasOwn(value, name) ? [value[name]] : []));
}

function indexStep(index: number): Step {
  return (found) => found.flatMap((value) => {
    const list = listOf(value);
    if (list === undefined) return [];
    const at = index < 0 ? list.length + index : index;
    if (at < 0 || at >= list.length) throw new JsonPathMismatch(`array index out of bounds: index ${index}, length ${list.length}`);
    return [list[at]];
  });
}

function sliceStep(from: number | undefined, to: number | undefined, step = 1): Step {
  return (found) => found.flatMap((value) => (listOf(value) ?? []).slice(from, to).filter((_, index) => index % Math.max(step, 1) === 0));
}

function listOf(value: unknown): readonly unknown[] | undefined {
  if (value === null || value === undefined) return undefined;
  if (!Array.isArray(value)) throw new JsonPathMismatch('is not array or slice');
  return value;
}

/** `?(@.a=="b")`, or `?(@.a)` for what has it. */
function filterStep(text: string): Step {
  const inner = /^\?\((.*)\)$/su.exec(text)?.[1];
  if (inner === undefined) throw new PathSyntaxError(`invalid filter ${text}`);
  const [, left = inner, operator, right] = /^([^!<>=]+)([!<>=]+)(.+?)$/su.exec(inner) ?? [];
  const leftOf = operand(left.trim());
  const rightOf = right === undefined ? undefined : operand(right.trim());
  if (operator !== undefined && !['==', '!=', '<', '<=', '>', '>='].includes(operator)) throw new PathSyntaxError(`unrecognized filter operator ${operator}`);
  return (found) => found.flatMap((value) => (listOf(value) ?? []).filter((item) => {
    const lefts = leftOf(item);
    if (lefts.length === 0) return false;
    if (rightOf === undefined) return true;
    const rights = rightOf(item);
    return rights.length > 0 && compare(lefts[0], operator!, rights[0]);
  }));
}

function operand(text: string): (item: unknown) => unknown[] {
  const quoted = /^(["'])(.*)\1$/su.exec(text);
  if (quoted) return () => [quoted[2]!.replace(/\\(.)/gsu, '$1')];
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return () => [Number(text)];
  if (text === 'true' || text === 'false') return () => [text === 'true'];
  const steps = new PathParser(text).steps();
  return (item) => steps.reduce<unknown[]>((found, step) => step(found), [item]);
}

function compare(left: unknown, operator: string, right: unknown): boolean {
  if (operator === '==') return deepEqual(left, right);
  if (operator === '!=') return !deepEqual(left, right);
  const comparable = (typeof left === 'string' && typeof right === 'string') || (isNumber(left) && isNumber(right));
  if (!comparable) throw new JsonPathMismatch('incompatible types for comparison');
  const [a, b] = [left as number | string, right as number | string];
  return operator === '<' ? a < b : operator === '<=' ? a <= b : operator === '>' ? a > b : a >= b;
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function* descendants(value: unknown, name: string): Iterable<unknown> {
  if (typeof value !== 'object' || value === null) return;
  if (isRecord(value) && Object.hasOwn(value, name)) yield value[name];
  for (const child of Object.values(value)) yield* descendants(child, name);
}
