import { deepEqual, type KubeObject } from '@kubewright/api';

import type { DeepReadonly } from '../event/entry.js';

/** A set of fields as managedFields has it: `f:name`, `k:{"name":"web"}`, `v:"x"`; a leaf is empty. */
type Fields = Readonly<Record<string, unknown>>;

/** Who owns what of a value: the manager that applies, and all others together. */
interface Owners {
  readonly own: Fields | undefined;
  readonly others: readonly Fields[];
}

/**
 * What server-side apply would make of `live`, as far as that can be told without the server's schema: what is applied is laid over what there is, and what
 * the manager owned before and does not apply any more goes, unless somebody else owns it too. Which lists are merged by key is taken from managedFields,
 * else from what the items look like; a list whose items have no key is replaced.
 */
export function applyLocally(live: DeepReadonly<KubeObject>, desired: object, manager: string | undefined): KubeObject {
  const entries = (live.metadata.managedFields ?? []).filter(({ fieldsV1 }) => fieldsV1 !== undefined);
  const isOwn = (entry: (typeof entries)[number]): boolean => entry.manager === manager && entry.operation === 'Apply' && !entry.subresource;
  const own = entries.find(isOwn)?.fieldsV1 as Fields | undefined;
  const others = entries.filter((entry) => !isOwn(entry)).map(({ fieldsV1 }) => fieldsV1 as Fields);
  return merged(live, desired, { own, others }, '') as KubeObject;
}

function merged(live: unknown, desired: unknown, owners: Owners, name: string): unknown {
  if (Array.isArray(desired) && Array.isArray(live)) return mergedList(live, desired, owners, name);
  if (!isObject(desired) || !isObject(live)) return structuredClone(desired);
  const result: Record<string, unknown> = { ...live };
  for (const member of Object.keys(owners.own ?? {})) {
    const key = member.slice(2);
    if (!member.startsWith('f:') || desired[key] !== undefined || !(key in result)) continue;
    const rest = without(result[key], below(owners, member));
    if (rest === undefined) delete result[key];
    else result[key] = rest;
  }
  for (const [key, value] of Object.entries(desired)) {
    if (value !== undefined) result[key] = merged(live[key], value, below(owners, `f:${key}`), key);
  }
  return result;
}

/** A value without what only the applying manager owned of it; undefined where nothing is left. */
function without(value: unknown, owners: Owners): unknown {
  if (owners.others.length === 0) return hasMembers(owners.own) && isObject(value) ? emptied(value, owners) : undefined;
  return isObject(value) && hasMembers(owners.own) ? emptied(value, owners) : value;
}

function emptied(value: Record<string, unknown>, owners: Owners): unknown {
  const result = { ...value };
  for (const member of Object.keys(owners.own ?? {})) {
    const key = member.slice(2);
    if (!member.startsWith('f:') || !(key in result)) continue;
    const rest = without(result[key], below(owners, member));
    if (rest === undefined) delete result[key];
    else result[key] = rest;
  }
  return Object.keys(result).length > 0 ? result : undefined;
}

function mergedList(live: readonly unknown[], desired: readonly unknown[], owners: Owners, name: string): unknown[] {
  const members = [owners.own, ...owners.others].flatMap((fields) => Object.keys(fields ?? {}));
  if (members.some((member) => member.startsWith('v:')) || name === 'finalizers') return mergedSet(live, desired, owners);
  const known = members.find((member) => member.startsWith('k:'));
  const keys = known ? Object.keys(JSON.parse(known.slice(2)) as object) : guessedKeys([...live], [...desired], name);
  if (keys.length === 0) return structuredClone([...desired]);
  const idOf = (item: unknown): string => JSON.stringify(keys.map((key) => (item as Record<string, unknown>)[key] ?? DEFAULTS[key] ?? null));
  const ownerOf = (fields: Fields | undefined, id: string): string | undefined => Object.keys(fields ?? {}).find((member) => member.startsWith('k:') && idOf(JSON.parse(member.slice(2))) === id);
  const left = new Map(desired.map((item) => [idOf(item), item]));
  const result: unknown[] = [];
  for (const item of live) {
    const id = idOf(item);
    const wanted = left.get(id);
    const member = ownerOf(owners.own, id);
    if (wanted !== undefined) result.push(merged(item, wanted, member ? below(owners, member) : { own: undefined, others: [] }, ''));
    else if (!member || owners.others.some((fields) => ownerOf(fields, id))) result.push(item);
    left.delete(id);
  }
  return [...result, ...structuredClone([...left.values()])];
}

function mergedSet(live: readonly unknown[], desired: readonly unknown[], { own, others }: Owners): unknown[] {
  const owned = (fields: Fields | undefined, item: unknown): boolean => fields !== undefined && `v:${JSON.stringify(item)}` in fields;
  const kept = live.filter((item) => !owned(own, item) || others.some((fields) => owned(fields, item)) || desired.some((wanted) => deepEqual(wanted, item)));
  return [...kept, ...desired.filter((item) => !kept.some((each) => deepEqual(each, item)))];
}

/** Keys of the lists of built-in kinds, in the order in which they are tried; `type` only for conditions. */
const CANDIDATES: readonly (readonly string[])[] = [['uid'], ['mountPath'], ['devicePath'], ['containerPort', 'protocol'], ['port', 'protocol'], ['name'], ['ip']];
const DEFAULTS: Readonly<Record<string, unknown>> = { protocol: 'TCP' };
/** Lists of built-in kinds that are replaced as a whole, although their items have names. */
const ATOMIC: ReadonlySet<string> = new Set(['subjects', 'rules', 'tolerations', 'envFrom', 'items', 'args', 'command']);

function guessedKeys(live: readonly unknown[], desired: readonly unknown[], name: string): readonly string[] {
  if (ATOMIC.has(name)) return [];
  return (name === 'conditions' ? [['type']] : CANDIDATES).find((keys) => [live, desired].every((items) => isKeyedBy(items, keys))) ?? [];
}

function isKeyedBy(items: readonly unknown[], keys: readonly string[]): boolean {
  const ids = items.map((item) => (isObject(item) ? keys.map((key) => item[key] ?? DEFAULTS[key]) : [undefined]));
  return ids.every((id) => id.every((value) => typeof value === 'string' || typeof value === 'number')) && new Set(ids.map((id) => JSON.stringify(id))).size === items.length;
}

function below({ own, others }: Owners, member: string): Owners {
  const of = (fields: Fields): Fields[] => (isObject(fields[member]) ? [fields[member]] : []);
  return { own: own ? of(own)[0] : undefined, others: others.flatMap(of) };
}

function hasMembers(fields: Fields | undefined): boolean {
  return Object.keys(fields ?? {}).some((member) => member !== '.');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
