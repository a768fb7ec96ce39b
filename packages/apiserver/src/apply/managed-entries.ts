import type { ManagedFieldsEntry } from '@kubewright/api';
import { deepEqual } from '@kubewright/api';

import { FieldSet } from './field-set.js';
import type { OwnedSet } from './ownership.js';

/** metadata.managedFields, decoded: owners by identity, and when each of them wrote. */
export interface Managed {
  readonly owners: Map<string, OwnedSet>;
  readonly times: Map<string, string>;
}

/** Who wrote how, which makes an entry one of its own. */
export interface ManagerInfo {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
}

/** The identity of an entry. An applier is the same in every version. */
export function managerIdentity({ manager, operation, apiVersion, subresource }: ManagerInfo): string {
  return JSON.stringify({
    ...(manager && { manager }), operation, ...(operation === 'Update' && { apiVersion }), ...(subresource && { subresource }),
  });
}

/** The inverse of {@link managerIdentity}; `apiVersion` is empty for appliers. */
export function managerInfo(identity: string): ManagerInfo {
  return { manager: '', apiVersion: '', subresource: '', ...(JSON.parse(identity) as Partial<ManagerInfo> & Pick<ManagerInfo, 'operation'>) };
}

/** @throws Error or SyntaxError when an entry is not well-formed */
export function decodeManagedFields(entries: readonly ManagedFieldsEntry[] | undefined): Managed {
  const managed: Managed = { owners: new Map(), times: new Map() };
  for (const [index, { manager = '', operation, apiVersion = '', fieldsType = '', fieldsV1, time, subresource = '' }] of (entries ?? []).entries()) {
    if (operation !== 'Apply' && operation !== 'Update') throw new Error('operation must be `Apply` or `Update`');
    if (apiVersion === '') throw new Error('apiVersion must not be empty');
    if ((fieldsType as string) === '') throw new Error(`missing fieldsType in managed fields entry ${index}`);
    if (fieldsType !== 'FieldsV1') throw new Error(`invalid fieldsType ${JSON.stringify(fieldsType)} in managed fields entry ${index}`);
    const identity = managerIdentity({ manager, operation, apiVersion, subresource });
    managed.owners.set(identity, { fields: FieldSet.fromFieldsV1(fieldsV1 ?? {}), apiVersion, applied: operation === 'Apply' });
    if (time !== undefined) managed.times.set(identity, time);
  }
  return managed;
}

/** Appliers first, then by time, manager, version and subresource. */
export function encodeManagedFields({ owners, times }: Managed): ManagedFieldsEntry[] {
  const entries = [...owners].map(([identity, { fields, apiVersion, applied }]): ManagedFieldsEntry => {
    const { manager, operation, subresource } = managerInfo(identity);
    const time = times.get(identity);
    return {
      ...(manager && { manager }), operation: applied ? 'Apply' : operation, apiVersion, ...(time !== undefined && { time }),
      fieldsType: 'FieldsV1', fieldsV1: fields.toFieldsV1(), ...(subresource && { subresource }),
    };
  });
  return entries.sort((a, b) => compareText(a.operation, b.operation) || seconds(a.time) - seconds(b.time) || compareText(a.manager, b.manager)
    || compareText(a.apiVersion, b.apiVersion) || compareText(a.subresource, b.subresource));
}

/** A client resets the record by one empty entry. (An empty list is what clients send that know nothing of it.) */
export function isReset(entries: readonly ManagedFieldsEntry[] | undefined): boolean {
  return entries?.length === 1 && Object.keys(entries[0]!).length === 0;
}

/** The entries to store where nothing but times has changed: the old ones, so that the write is none. */
export function keepTimesWithoutChange<T extends { metadata: { managedFields?: ManagedFieldsEntry[] } }>(before: T, after: T): ManagedFieldsEntry[] | undefined {
  const [old, now] = [before.metadata.managedFields, after.metadata.managedFields];
  if (old?.length !== now?.length || !deepEqual(old?.map(withoutTime), now?.map(withoutTime))) return now;
  return deepEqual(withoutEntries(before), withoutEntries(after)) ? old : now;
}

const MAX_UPDATERS = 10;

/** Joins the oldest updaters' entries, per version, into one of a manager named ancient-changes until there are at most ten. */
export function capUpdaters({ owners, times }: Managed): void {
  const updaters = [...owners.keys()].filter((identity) => !owners.get(identity)!.applied);
  updaters.sort((a, b) => seconds(times.get(a)) - seconds(times.get(b)) || compareText(a, b));
  const firstOfVersion = new Map<string, string>();
  let count = updaters.length;
  for (const updater of updaters) {
    if (count <= MAX_UPDATERS) return;
    const { fields, apiVersion } = owners.get(updater)!;
    const first = firstOfVersion.get(apiVersion);
    if (first === undefined) {
      firstOfVersion.set(apiVersion, updater);
      continue;
    }
    const bucket = managerIdentity({ manager: 'ancient-changes', operation: 'Update', apiVersion, subresource: '' });
    if (!owners.has(bucket)) {
      owners.set(bucket, owners.get(first)!);
      owners.delete(first);
    }
    owners.set(bucket, { fields: fields.union(owners.get(bucket)!.fields), apiVersion, applied: false });
    const time = times.get(updater);
    if (time === undefined) times.delete(bucket);
    else times.set(bucket, time);
    owners.delete(updater);
    count--;
  }
}

function withoutTime({ time: _time, ...entry }: ManagedFieldsEntry): ManagedFieldsEntry {
  return entry;
}

function withoutEntries<T extends { metadata: { managedFields?: unknown } }>(object: T): unknown {
  const { managedFields: _entries, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function seconds(time: string | undefined): number {
  return time === undefined ? 0 : Math.floor(Date.parse(time) / 1000) || 0;
}

function compareText(a = '', b = ''): number {
  return a < b ? -1 : Number(a !== b);
}
