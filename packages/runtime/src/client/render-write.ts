import type { PlannedWrite } from './dry-run-client.js';
import type { FieldChange } from './object-diff.js';

/** How a write is shown. */
export interface RenderWriteOptions {
  /** Green for what comes, red for what goes, yellow for what changes: for a terminal. @default false */
  readonly color?: boolean;
}

/**
 * A recorded write as text: a heading, and a line for each field that it changes. Texts of several lines are compared line by line, and of what a Secret
 * holds only the length is shown.
 *
 * @example
 * console.log(renderWrite(write, { color: process.stdout.isTTY }));
 * // ~ update Deployment shop/web
 * //     ~ spec.replicas: 1 -> 3
 */
export function renderWrite(write: PlannedWrite, options: RenderWriteOptions = {}): string {
  const { cluster, verb, kind, key, subresource, changes, isNew } = write;
  const sign = verb === 'delete' || verb === 'deleteAllOf' ? '-' : changes.length === 0 && !isNew ? '=' : isNew ? '+' : '~';
  const heading = [sign, verb, kind.kind, key, subresource && `(${subresource})`, cluster !== undefined && `in cluster ${cluster}`].filter((part) => !!part).join(' ');
  const mask = kind.group === '' && kind.kind === 'Secret' ? masked : (change: FieldChange): FieldChange => change;
  const lines = sign === '=' ? ['(nothing changes)'] : verb === 'delete' ? [] : verb === 'deleteAllOf' ? changes.map(({ path }) => `- ${path}`) : changes.flatMap((change) => leaves(change)).map(mask).flatMap(linesOf);
  const paint = options.color ? painted : (line: string): string => line;
  return [paint(heading), ...lines.map((line) => paint(`    ${line}`))].join('\n');
}

/** What comes or goes as a whole is shown field by field. */
function leaves(change: FieldChange): readonly FieldChange[] {
  const { path, before, after } = change;
  const value = before === undefined ? after : after === undefined ? before : undefined;
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return [change];
  const at = path === '(object)' ? '' : path;
  return Object.keys(value).flatMap((key) => {
    const member = (value as Record<string, unknown>)[key];
    if (member === undefined || MAINTAINED.has(`${at}.${key}`)) return [];
    const name = Array.isArray(value) ? `[${key}]` : /^[\w-]+$/.test(key) ? `.${key}` : `["${key}"]`;
    const inner = `${at}${name}`.replace(/^\./, '');
    return leaves({ path: inner, before: before === undefined ? undefined : member, after: after === undefined ? undefined : member });
  });
}

const MAINTAINED: ReadonlySet<string> = new Set(['metadata.managedFields', 'metadata.resourceVersion', 'metadata.generation', 'metadata.uid', 'metadata.creationTimestamp']);

/** A plan is printed to logs and tickets: passwords must not get there. */
function masked(change: FieldChange): FieldChange {
  const hide = (value: unknown): unknown => (value === undefined ? undefined : new Hidden(typeof value === 'string' ? value.length : JSON.stringify(value).length));
  return /^(data|stringData)\b/.test(change.path) || change.path.includes('last-applied-configuration') ? { ...change, before: hide(change.before), after: hide(change.after) } : change;
}

class Hidden {
  constructor(readonly length: number) {}
}

function linesOf({ path, before, after }: FieldChange): string[] {
  if (typeof before === 'string' && typeof after === 'string' && (before.includes('\n') || after.includes('\n'))) return [`~ ${path}:`, ...compared(before.split('\n'), after.split('\n'))];
  const whole = before === undefined ? after : after === undefined ? before : undefined;
  const sign = before === undefined ? '+' : '-';
  if (typeof whole === 'string' && whole.includes('\n')) return [`${sign} ${path}:`, ...whole.replace(/\n$/, '').split('\n').map((line) => `  ${sign} ${line}`)];
  if (before !== undefined && after !== undefined) return [`~ ${path}: ${text(before)} -> ${text(after)}`];
  return [`${sign} ${path}: ${text(whole)}`];
}

/** Longer texts are not compared line by line: the table below would grow with the square of their lines. */
const MAX_LINES = 500;
/** Lines around a change that are shown with it. */
const AROUND = 2;

function compared(before: readonly string[], after: readonly string[]): string[] {
  if (before.length > MAX_LINES || after.length > MAX_LINES) return [`  ~ (${before.length} lines -> ${after.length} lines)`];
  const rows = alignment(before, after);
  const isShown = rows.map((_row, index) => rows.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ sign }) => sign !== ' '));
  return rows.flatMap(({ sign, line }, index) => (isShown[index] ? [`  ${sign} ${line}`] : index === 0 || isShown[index - 1] ? ['    ...'] : []));
}

interface Row {
  readonly sign: ' ' | '+' | '-';
  readonly line: string;
}

/** The longest common subsequence of lines, in between what goes and what comes. */
function alignment(before: readonly string[], after: readonly string[]): Row[] {
  const common = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) common[i]![j] = before[i] === after[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
  }
  const rows: Row[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) rows.push({ sign: ' ', line: before[i++]! }), j++;
    else if (j >= after.length || (i < before.length && common[i + 1]![j]! >= common[i]![j + 1]!)) rows.push({ sign: '-', line: before[i++]! });
    else rows.push({ sign: '+', line: after[j++]! });
  }
  return rows;
}

/** Longer values are cut. */
const MAX_LENGTH = 200;

function text(value: unknown): string {
  if (value instanceof Hidden) return `(${value.length} characters)`;
  const whole = JSON.stringify(value, (_key, member: unknown) => (typeof member === 'bigint' ? Number(member) : member)) ?? 'null';
  return whole.length > MAX_LENGTH ? `${whole.slice(0, MAX_LENGTH)}... (${whole.length} characters)` : whole;
}

const COLORS: Readonly<Record<string, number>> = { '+': 32, '-': 31, '~': 33, '=': 2 };

function painted(line: string): string {
  const color = COLORS[line.trimStart()[0] ?? ''];
  return color === undefined ? line : `\u001b[${color}m${line}\u001b[0m`;
}
