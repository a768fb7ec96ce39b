import { goJson, goNumber, goQuote } from '@kubewright/api';

/**
 * One step of a path into an object, written as FieldsV1 writes it: `f:name` (field), `k:{"name":"web"}` (item of a list with keys), `v:"x"`
 * (item of a set), `i:0` (position). Equal steps are equal strings.
 */
export type PathElement = string;

export function fieldElement(name: string): PathElement {
  return `f:${name}`;
}

/** @param keys the key fields that the item has, or their defaults */
export function keyElement(keys: Readonly<Record<string, unknown>>): PathElement {
  const sorted = Object.keys(keys).sort().map((name) => `${goJson(name)}:${goJson(keys[name])}`);
  return `k:{${sorted.join(',')}}`;
}

export function valueElement(value: unknown): PathElement {
  return `v:${goJson(value)}`;
}

/** The field's name; undefined for steps into lists. */
export function fieldName(element: PathElement): string | undefined {
  return element.startsWith('f:') ? element.slice(2) : undefined;
}

/**
 * Reads a step that a client wrote, in canonical form. Undefined for kinds that do not exist yet: they are ignored.
 * @throws SyntaxError when it is no step
 */
export function parseElement(text: string): PathElement | undefined {
  if (text.length < 2) throw new SyntaxError('key must be 2 characters long:');
  if (text[1] !== ':') throw new SyntaxError(`missing colon: ${text}`);
  const content = text.slice(2);
  switch (text[0]) {
    case 'f':
      return text;
    case 'v':
      return valueElement(JSON.parse(content));
    case 'k':
      return keyElement(JSON.parse(content) as Record<string, unknown>);
    case 'i':
      if (!/^[+-]?\d+$/.test(content)) throw new SyntaxError(`invalid index: ${text}`);
      return `i:${Number(content)}`;
    default:
      return undefined;
  }
}

/** As messages show it: `.name`, `[name="web"]`, `[="x"]`, `[0]`. */
export function formatElement(element: PathElement): string {
  const content = element.slice(2);
  switch (element[0]) {
    case 'f':
      return `.${content}`;
    case 'k':
      return `[${Object.entries(JSON.parse(content) as object).map(([name, value]) => `${name}=${formatValue(value)}`).join(',')}]`;
    case 'v':
      return `[=${formatValue(JSON.parse(content))}]`;
    default:
      return `[${content}]`;
  }
}

/** Fields first, then keyed items, values, positions; each by content. */
export function compareElements(a: PathElement, b: PathElement): number {
  if (a === b) return 0;
  if (a[0] !== b[0]) return 'fkvi'.indexOf(a[0]!) - 'fkvi'.indexOf(b[0]!);
  if (a[0] === 'f') return a < b ? -1 : 1;
  const left: unknown = JSON.parse(a.slice(2));
  const right: unknown = JSON.parse(b.slice(2));
  return a[0] === 'k' ? compareKeys(left as Record<string, unknown>, right as Record<string, unknown>) : compareValues(left, right);
}

function compareKeys(a: Record<string, unknown>, b: Record<string, unknown>): number {
  const left = Object.entries(a);
  const right = Object.entries(b);
  for (let i = 0; i < left.length && i < right.length; i++) {
    const order = compareValues(left[i]![0], right[i]![0]) || compareValues(left[i]![1], right[i]![1]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

const RANKS = ['number', 'string', 'boolean', 'object'];

function compareValues(a: unknown, b: unknown): number {
  const rank = RANKS.indexOf(typeof a) - RANKS.indexOf(typeof b);
  if (rank !== 0) return rank;
  if (typeof a === 'object') return goJson(a) < goJson(b) ? -1 : Number(goJson(a) !== goJson(b));
  return (a as string) < (b as string) ? -1 : Number(a !== b);
}

function formatValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatValue).join(',')}]`;
  if (typeof value === 'object' && value !== null) return Object.entries(value).map(([key, item]) => `${key}=${formatValue(item)}`).join('');
  if (typeof value === 'string') return goQuote(value);
  return typeof value === 'number' ? goNumber(value) : String(value);
}
