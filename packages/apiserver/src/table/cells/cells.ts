import type { KubeObject } from '@kubewright/api';
import { deepEqual, formatLabelSelector, requirementsOf } from '@kubewright/api';
import type { LabelSelector } from '@kubewright/api';

/** Values of the row of one object, in the order of its kind's columns, the wide ones included. */
export type CellFunction = (object: KubeObject, now: number) => unknown[];

/** Stored objects may lack what their types require: bookmarks have nothing but a version. */
export type Stored<T> = T extends string ? T : T extends readonly (infer Item)[] ? Stored<Item>[] : T extends object ? { [Key in keyof T]?: Stored<T[Key]> } : T;

/** Cells of a kind, written against its type. */
export function cellsOf<T>(cells: (object: Stored<T>, now: number) => unknown[]): CellFunction {
  return (object, now) => cells(object as unknown as Stored<T>, now);
}

export const NONE = '<none>';
export const UNSET = '<unset>';

/** `app=web,tier=db`, ordered by key. */
export function formatLabels(labels: Readonly<Record<string, string | undefined>> | undefined): string {
  const entries = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? NONE : entries.map(([key, value]) => `${key}=${value}`).join(',');
}

/** `app=web,tier in (a,b)`; a selector that can not be read is `<error>`. */
export function formatSelector(selector: Stored<LabelSelector> | undefined): string {
  if (selector === undefined || selector === null) return NONE;
  try {
    return selectorText(selector as LabelSelector) || NONE;
  } catch {
    return '<error>';
  }
}

/** A selector of an object as text. Unlike the text that a user types, a list of one value stays a list. @throws SelectorError */
export function selectorText(selector: LabelSelector): string {
  return requirementsOf(selector).map((requirement) => {
    const { key, operator, values } = requirement;
    const isListed = selector.matchExpressions?.some((given) => given.key === key && given.operator === operator && deepEqual([...(given.values ?? [])].sort(), [...values].sort()));
    return isListed && (operator === 'In' || operator === 'NotIn') ? `${key} ${operator === 'In' ? 'in' : 'notin'} (${[...values].sort().join(',')})` : formatLabelSelector([requirement]);
  }).join(',');
}

/** Names and images of containers. */
export function containerCells(containers: readonly { name?: string; image?: string }[] | undefined): [string, string] {
  const list = containers ?? [];
  return [list.map(({ name = '' }) => name).join(','), list.map(({ image = '' }) => image).join(',')];
}

/** The first `max` of a list, and how many more there are. */
export function shorten(items: readonly string[], max: number, separator = ','): string {
  const text = items.slice(0, max).join(separator);
  return items.length > max ? `${text} + ${items.length - max} more...` : text;
}

/** RFC 3339 in seconds, for columns of type date. */
export function createdAt(object: { metadata?: { creationTimestamp?: string } }): string {
  return object.metadata?.creationTimestamp ?? '<unknown>';
}

export function nameCell(object: { metadata?: { name?: string } }): string {
  return object.metadata?.name ?? '';
}
