import type { KubeObject } from '@kubewright/api';

import { semanticEqual } from '../client/semantic-equal.js';
import type { DeepReadonly } from '../event/entry.js';

/** The set of fields that a manager owns, as the server keeps it: `f:name`, `k:{"name":"web"}`, `v:"x"`, `i:0`; a leaf is empty. */
type Fields = Readonly<Record<string, unknown>>;

/**
 * Whether applying `desired` as `manager` would change `live`: exactly then when the fields that the manager owns are not those of `desired`, or one
 * of them has another value. What others own, and what the server filled in, does not count. `unknown` when `live` carries no managedFields.
 */
export function fieldDrift(live: DeepReadonly<KubeObject>, desired: object, manager: string): 'none' | 'drifted' | 'unknown' {
  const entries = live.metadata.managedFields;
  if (!entries || entries.length === 0) return 'unknown';
  const own = entries.find((entry) => entry.manager === manager && entry.operation === 'Apply' && !entry.subresource);
  if (!own?.fieldsV1 || own.apiVersion !== (desired as KubeObject).apiVersion) return 'drifted';
  return isSame(own.fieldsV1 as Fields, live, desired, []) ? 'none' : 'drifted';
}

/** What is no field that a manager can own. */
const IDENTITY: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata.name', 'metadata.namespace']);

function isIdentity(path: readonly string[], value: unknown): boolean {
  if (IDENTITY.has(path.join('.'))) return true;
  return path.join('.') === 'metadata' && isObject(value) && Object.keys(value).every((key) => IDENTITY.has(`metadata.${key}`));
}

function isSame(owned: Fields, live: unknown, desired: unknown, path: readonly string[], keyFields: readonly string[] = []): boolean {
  const members = Object.keys(owned).filter((key) => key !== '.');
  if (members.length === 0) return isEmpty(desired) || semanticEqual(nested(path, live), nested(path, desired));
  if (Array.isArray(desired)) return Array.isArray(live) && isSameList(owned, members, live, desired, path);
  if (!isObject(desired) || !isObject(live)) return false;
  const wanted = Object.keys(desired).filter((key) => desired[key] !== undefined && !isIdentity([...path, key], desired[key]));
  // A key of a list that was left to its default is part of the item's key, and may or may not be owned by itself.
  const has = members.map((key) => key.slice(2)).filter((key) => desired[key] !== undefined || !keyFields.includes(key));
  if (wanted.length !== has.length || members.some((key) => !key.startsWith('f:'))) return false;
  return wanted.every((key) => {
    const fields = owned[`f:${key}`];
    return isObject(fields) && isSame(fields, live[key], desired[key], [...path, key]);
  });
}

function isSameList(owned: Fields, members: readonly string[], live: readonly unknown[], desired: readonly unknown[], path: readonly string[]): boolean {
  if (members.length !== desired.length) return false;
  const left = new Set(desired);
  return members.every((member) => {
    const [form, text] = [member.slice(0, 2), member.slice(2)];
    if (form === 'v:') return [...left].some((item) => semanticEqual(item, JSON.parse(text)) && left.delete(item)) && live.some((item) => semanticEqual(item, JSON.parse(text)));
    if (form === 'i:') return isSame(owned[member] as Fields, live[Number(text)], desired[Number(text)], [...path, text]);
    if (form !== 'k:') return false;
    const key = JSON.parse(text) as Record<string, unknown>;
    const wanted = itemOf([...left], key, false) ?? itemOf([...left], key, true);
    const found = itemOf(live, key, false);
    return left.delete(wanted) && found !== undefined && isSame(owned[member] as Fields, found, wanted, [...path, text], Object.keys(key));
  });
}

/** @param allowsDefaults whether a part of the key may be missing: the server fills it in */
function itemOf(items: readonly unknown[], key: Readonly<Record<string, unknown>>, allowsDefaults: boolean): unknown {
  return items.find((item) => isObject(item) && Object.entries(key).every(([field, value]) => item[field] === value || (allowsDefaults && item[field] === undefined)));
}

/** Where a value stands tells whether it is a quantity. */
function nested(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
