import type { KubeObject, ManagedFieldsEntry, TypedSchema } from '@kubewright/api';

import { FieldSet } from './field-set.js';
import type { FieldPath } from './field-set.js';
import { objectType } from './field-type.js';
import { capUpdaters, decodeManagedFields, encodeManagedFields, isReset, managerIdentity } from './managed-entries.js';
import type { Managed } from './managed-entries.js';
import { updateOwned } from './ownership.js';
import type { OwnershipContext, VersionView } from './ownership.js';
import { fieldElement } from './path-element.js';
import { TypeMismatch } from './typed-value.js';
import { checkTypes } from './validate.js';
import { withZeroStructs } from './zero-structs.js';

/** Another version of a kind: its types, and how an object gets there. */
export interface ApiVersionView {
  readonly schema: TypedSchema | undefined;
  convert(object: KubeObject): KubeObject;
  /** Whether what `convert` gives must fit the types. @default false */
  readonly isStrict?: boolean;
}

/** What both kinds of writes have. */
export interface WriteInfo {
  readonly manager: string;
  /** Empty for the main resource. */
  readonly subresource: string;
  /** The version that the request speaks; objects are in it. */
  readonly apiVersion: string;
  readonly schema: TypedSchema | undefined;
  /** RFC 3339, in seconds. */
  readonly now: string;
  /** Versions other than the request's, for entries that were made in them; undefined for those no longer served. By default all look alike. */
  readonly view?: (apiVersion: string) => ApiVersionView | undefined;
  /** Fields that this write can not set: `[['status']]` where status is a subresource. */
  readonly ignored?: readonly (readonly string[])[];
}

export interface UpdateManagedFieldsArgs extends WriteInfo {
  /** Undefined on create. */
  readonly before: KubeObject | undefined;
  /** What is to be stored, with the managedFields that the client sent. */
  readonly after: KubeObject;
  readonly operation?: 'Update';
}

/**
 * The record of ownership after a create, update or patch: what changed belongs to the manager. Managers that lose nothing keep their entries
 * and times. Clients may edit the record (main resource only) or reset it. The result may be empty: then there is none to store.
 */
export function updateManagedFields(args: UpdateManagedFieldsArgs): ManagedFieldsEntry[] {
  const managed = recordOf(args);
  // An object whose record was reset is not tracked again before somebody applies to it.
  if (args.before !== undefined && managed.owners.size === 0) return [];
  try {
    recordUpdate(managed, args, args.before, args.after);
  } catch (error) {
    // What is stored may have outlived its schema, or not fit another version. That must not stop the write, and the real server gives the record up.
    if (error instanceof TypeMismatch) return [];
    throw error;
  }
  return encodeManagedFields(managed);
}

/** The record that a write starts from. */
function recordOf({ before, after, subresource }: UpdateManagedFieldsArgs): Managed {
  if (before === undefined) return decodeManagedFields([]);
  const stored = () => decodeOrEmpty(before.metadata.managedFields);
  if (subresource !== '') return stored();
  if (isReset(after.metadata.managedFields)) return decodeManagedFields([]);
  const given = decodeOrEmpty(after.metadata.managedFields);
  return given.owners.size === 0 ? stored() : given;
}

function decodeOrEmpty(entries: readonly ManagedFieldsEntry[] | undefined): Managed {
  try {
    return decodeManagedFields(entries);
  } catch {
    return decodeManagedFields([]);
  }
}

const CURRENT = 'current-operation';

/** Makes `managed` the record after an update. @throws TypeMismatch */
export function recordUpdate(managed: Managed, info: WriteInfo, before: KubeObject | undefined, after: KubeObject): void {
  const { schema } = info;
  const [old, now] = [before ?? emptyObject(after), after].map((object) => withZeroStructs(withoutRecord(object), schema));
  const type = objectType(schema);
  for (const object of [now, old]) checkTypes(object, type, { allowDuplicates: true });
  const owners = new Map(updateOwned(ownershipContext(info), old, now, managed.owners, CURRENT));
  const current = owners.get(CURRENT);
  owners.delete(CURRENT);
  const fields = current?.fields.difference(UNTRACKED);
  if (fields !== undefined && !fields.isEmpty) {
    const identity = managerIdentity({ manager: info.manager || 'unknown', operation: 'Update', apiVersion: info.apiVersion, subresource: info.subresource });
    const previous = owners.get(identity);
    owners.set(identity, { fields: previous === undefined ? fields : fields.union(previous.fields), apiVersion: info.apiVersion, applied: false });
    managed.times.set(identity, info.now);
  }
  managed.owners.clear();
  for (const [identity, owned] of owners) managed.owners.set(identity, owned);
  capUpdaters(managed);
}

/** How the engine sees the versions of the kind at hand. */
export function ownershipContext({ apiVersion, schema, view, ignored = [] }: WriteInfo): OwnershipContext {
  const own: VersionView = { type: objectType(schema), convert: (value) => convertTo(value, apiVersion) };
  const convertTo = (value: unknown, version: string): unknown => {
    const given = (value as KubeObject).apiVersion;
    if (given === version) return value;
    return version === apiVersion && view === undefined ? { ...(value as KubeObject), apiVersion } : (view?.(version)?.convert(value as KubeObject) ?? value);
  };
  const others = new Map<string, VersionView | undefined>();
  return {
    apiVersion,
    ignored: FieldSet.of(...ignored.map((path) => path.map(fieldElement))),
    view: (version) => {
      if (version === apiVersion || view === undefined) return own;
      if (!others.has(version)) {
        const other = view(version);
        others.set(version, other && { type: objectType(other.schema), convert: (value) => convertTo(value, version), isStrict: other.isStrict ?? false });
      }
      return others.get(version);
    },
  };
}

/** Objects are compared and merged without their record. */
export function withoutRecord(object: KubeObject): KubeObject {
  if (typeof object.metadata !== 'object' || object.metadata === null || !('managedFields' in object.metadata)) return object;
  const { managedFields: _record, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** What a create compares with. */
function emptyObject({ apiVersion, kind }: KubeObject): KubeObject {
  return { ...(apiVersion !== undefined && { apiVersion }), ...(kind !== undefined && { kind }) } as KubeObject;
}

const metadataField = (name: string): FieldPath => ['f:metadata', fieldElement(name)];

/** Fields that nobody owns, because only the server sets them. */
export const UNTRACKED = FieldSet.of(
  ['f:apiVersion'], ['f:kind'], ['f:metadata'],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'].map(metadataField),
);
