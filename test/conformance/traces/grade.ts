import { isJson, type Json } from './trace.js';

/** How far an answer agrees with the recorded one. */
export interface Grade {
  /** The HTTP status, or the exit code. */
  readonly status: boolean;
  /** Everything but free text. */
  readonly shape: boolean;
  readonly exact: boolean;
  readonly differences: readonly Difference[];
}

export interface Difference {
  readonly at: string;
  readonly want: unknown;
  readonly got: unknown;
}

const FREE_TEXT = /(^|\.)(message|stdout|stderr|warning(\.\d+)?)$/;

/** Compares two observations. What a real server orders by chance is put in order first. */
export function grade(want: Json, got: Json): Grade {
  const found = differences(ordered(want), ordered(got), '');
  const status = want.status === got.status && want.exit === got.exit;
  return { status, shape: status && found.every(({ at }) => FREE_TEXT.test(at)), exact: found.length === 0, differences: found };
}

/** Leaves out places: `*` is any one key, `**` any depth. */
export function without(seen: Json, places: readonly string[]): Json {
  const copy = structuredClone(seen);
  for (const place of places) remove(copy, place.split('.'));
  return copy;
}

function remove(value: unknown, [head, ...tail]: readonly string[]): void {
  if (typeof value !== 'object' || value === null || head === undefined) return;
  const members = value as Json;
  if (head === '**') {
    remove(value, tail);
    for (const item of Object.values(members)) remove(item, [head, ...tail]);
    return;
  }
  for (const key of head === '*' ? Object.keys(members) : [head]) {
    if (tail.length > 0) remove(members[key], tail);
    else delete members[key];
  }
}

function ordered(value: unknown, key?: string): unknown {
  if (typeof value === 'string' && (key === 'stdout' || key === 'stderr')) return value.replace(/(?:^\* .*\n?){2,}/gm, sortedLines);
  if (Array.isArray(value)) {
    if (key === 'warning') return value.map((item: unknown) => (typeof item === 'string' ? item.split(/, (?=299 - )/).sort().join(', ') : item));
    const items = value.map((item) => ordered(item));
    return key === 'managedFields' ? items.sort(by((entry) => ['operation', 'manager', 'subresource', 'apiVersion'].map((name) => String((entry as Json | undefined)?.[name] ?? '')).join('\0'))) : items;
  }
  if (!isJson(value)) return value;
  const copy: Json = Object.fromEntries(Object.entries(value).map(([name, item]) => [name, ordered(item, name)]));
  const { details } = copy;
  if (!isJson(details) || !Array.isArray(details.causes) || details.causes.length < 2) return copy;
  const causes = [...(details.causes as unknown[])].sort(by(causeText));
  if (typeof copy.message === 'string') copy.message = copy.message.replace(listOf(details.causes), () => listOf(causes));
  return { ...copy, details: { ...details, causes } };
}

function sortedLines(text: string): string {
  return `${text.replace(/\n$/, '').split('\n').sort().join('\n')}${text.endsWith('\n') ? '\n' : ''}`;
}

function listOf(causes: readonly unknown[]): string {
  return `[${[...new Set(causes.map(causeText))].join(', ')}]`;
}

function causeText(cause: unknown): string {
  const { field, message } = (cause ?? {}) as Json;
  return `${String(field)}: ${String(message)}`;
}

function by(textOf: (value: unknown) => string): (a: unknown, b: unknown) => number {
  return (a, b) => {
    const [left, right] = [textOf(a), textOf(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  };
}

function differences(want: unknown, got: unknown, at: string): Difference[] {
  if (JSON.stringify(want) === JSON.stringify(got)) return [];
  const areAlike = typeof want === 'object' && typeof got === 'object' && want !== null && got !== null && Array.isArray(want) === Array.isArray(got);
  if (!areAlike) return [{ at, want, got }];
  return [...new Set([...Object.keys(want), ...Object.keys(got)])].flatMap((key) => differences((want as Json)[key], (got as Json)[key], at === '' ? key : `${at}.${key}`));
}
