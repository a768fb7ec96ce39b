import { deepEqual } from '@kubewright/api';

/** One field that differs; `before` or `after` is undefined where it is not there. */
export interface FieldChange {
  /** `spec.containers[0].image` */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What servers maintain and nobody asked for. */
const MAINTAINED: ReadonlySet<string> = new Set(['metadata.managedFields', 'metadata.resourceVersion', 'metadata.generation', 'metadata.uid', 'metadata.creationTimestamp', 'metadata.selfLink']);

/** The fields in which two objects differ, in the order of the text; undefined is an object that is not there. Lists are compared by position. */
export function diffObjects(before: unknown, after: unknown): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  walk('', before, after, changes);
  return changes;
}

/** The changes as text, a line each: `~ spec.replicas: 1 -> 2`, `+ spec.paused: true`, `- metadata.labels.old: "x"`. */
export function formatDiff(changes: readonly FieldChange[]): string {
  return changes.map(({ path, before, after }) => (before === undefined ? `+ ${path}: ${text(after)}` : after === undefined ? `- ${path}: ${text(before)}` : `~ ${path}: ${text(before)} -> ${text(after)}`)).join('\n');
}

function walk(path: string, before: unknown, after: unknown, changes: FieldChange[]): void {
  if (MAINTAINED.has(path) || deepEqual(before, after)) return;
  const [left, right] = [membersOf(before), membersOf(after)];
  const isWhole = (left === undefined && before !== undefined) || (right === undefined && after !== undefined) || (left === undefined && right === undefined) || Array.isArray(before ?? after) !== Array.isArray(after ?? before);
  if (isWhole || left?.size === 0 || right?.size === 0) return void changes.push({ path: path || '(object)', before, after });
  const isList = Array.isArray(before ?? after);
  for (const key of new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])])) walk(join(path, key, isList), left?.get(key), right?.get(key), changes);
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined;
}

function join(path: string, key: string, isList: boolean): string {
  if (isList) return `${path}[${key}]`;
  const name = /^[\w-]+$/.test(key) ? key : `["${key}"]`;
  return path === '' || name.startsWith('[') ? `${path}${name}` : `${path}.${name}`;
}

function text(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => (typeof member === 'bigint' ? Number(member) : member));
}
