import type { ManagedFieldsEntry } from '@kubewright/api';

import { FieldSet } from './field-set.js';
import type { FieldPath } from './field-set.js';
import { decodeManagedFields, encodeManagedFields } from './managed-entries.js';
import type { Managed } from './managed-entries.js';
import { fieldElement } from './path-element.js';

/** Where the replicas of a kind stand in each of its versions; undefined for versions that are not known, null where there is no scale. */
export type ReplicasPaths = (apiVersion: string) => readonly string[] | null | undefined;

const SCALE_VERSION = 'autoscaling/v1';
const SCALE_REPLICAS: FieldPath = ['f:spec', 'f:replicas'];

/** The record of a Scale, made from the one of the object that is scaled: who owns the object's replicas owns the Scale's. */
export function scaleManagedFields(parent: readonly ManagedFieldsEntry[] | undefined, paths: ReplicasPaths): ManagedFieldsEntry[] {
  const { owners, times } = decodeManagedFields(parent);
  const scale: Managed = { owners: new Map(), times };
  for (const [identity, { fields, apiVersion, applied }] of owners) {
    const path = paths(apiVersion);
    if (path && fields.has(path.map(fieldElement))) scale.owners.set(identity, { fields: FieldSet.of(SCALE_REPLICAS), apiVersion: SCALE_VERSION, applied });
  }
  return encodeManagedFields(scale);
}

/**
 * The record of the scaled object after its Scale was written: managers that lost the Scale's replicas lose the object's. Entries that come
 * from the Scale carry no time.
 * @param apiVersion of the object, as the request names it
 */
export function parentManagedFields(
  parent: readonly ManagedFieldsEntry[] | undefined, scale: readonly ManagedFieldsEntry[] | undefined, paths: ReplicasPaths, apiVersion: string,
): ManagedFieldsEntry[] {
  const { owners, times } = decodeManagedFields(parent);
  const scaleOwners = decodeManagedFields(scale).owners;
  const result: Managed = { owners: new Map(), times };
  for (const [identity, owned] of owners) {
    const path = paths(owned.apiVersion);
    if (path === undefined) continue;
    const replicas = path?.map(fieldElement);
    if (replicas === undefined || !owned.fields.has(replicas)) result.owners.set(identity, owned);
    else if (scaleOwners.delete(identity)) result.owners.set(identity, owned);
    else {
      const fields = owned.fields.difference(FieldSet.of(replicas));
      if (!fields.isEmpty) result.owners.set(identity, { ...owned, fields });
    }
  }
  const own = paths(apiVersion);
  for (const [identity, { fields, applied }] of scaleOwners) {
    if (own && fields.has(SCALE_REPLICAS)) result.owners.set(identity, { fields: FieldSet.of(own.map(fieldElement)), apiVersion, applied });
  }
  return encodeManagedFields(result);
}
