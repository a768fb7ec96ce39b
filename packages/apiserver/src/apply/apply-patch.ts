import type { KubeObject, StatusCause } from '@kubewright/api';
import { ApiError, gvkOf, goQuote } from '@kubewright/api';

import { copyJson } from '../storage/immutable.js';
import type { FieldPath } from './field-set.js';
import { formatPath } from './field-set.js';
import { objectType } from './field-type.js';
import { allowedByLastApplied, refreshLastApplied } from './last-applied.js';
import { decodeManagedFields, encodeManagedFields, keepTimesWithoutChange, managerIdentity, managerInfo } from './managed-entries.js';
import type { Managed } from './managed-entries.js';
import { ownershipContext, recordUpdate, UNTRACKED, withoutRecord } from './managed-fields.js';
import type { WriteInfo } from './managed-fields.js';
import { applyOwned, ConflictsError } from './ownership.js';
import type { Conflict, Owners } from './ownership.js';
import { ConversionMismatch, isFields, TypeMismatch } from './typed-value.js';
import { checkTypes } from './validate.js';

export interface ApplyPatchArgs extends WriteInfo {
  /** Undefined when the apply creates the object. */
  readonly live: KubeObject | undefined;
  /** The configuration as the client sent it. */
  readonly applied: KubeObject;
  /** Take fields from other managers. */
  readonly force: boolean;
}

/**
 * Server-side apply: the live object with the configuration merged in and without what the manager applied before and no longer does, and the
 * new record of ownership. When nothing changes, times stay, too.
 *
 * The result shares nothing with what was given. A caller that changes it (defaulting) stores it with {@link keepTimesWithoutChange}, so that an
 * apply without effect is no write.
 * @throws ApiError Conflict (other managers own changed fields), BadRequest, and 500 for values that do not fit their types
 */
export function applyPatch(args: ApplyPatchArgs): KubeObject {
  const { live, applied, apiVersion, manager, force } = args;
  checkHead(args);
  const liveObject = live === undefined ? ({ apiVersion, kind: applied.kind, metadata: {} } as KubeObject) : withoutRecord(live);
  const managed = readRecord(live);
  if (managed.owners.size === 0) recordUpdate(managed, { ...args, manager: 'before-first-apply' }, undefined, liveObject);
  checkAgainstTypes(args, liveObject);

  const identity = managerIdentity({ manager: manager || 'unknown', operation: 'Apply', apiVersion, subresource: args.subresource });
  const { merged, owners } = tryApply(args, liveObject, managed.owners, identity, force);
  const times = new Map(managed.times);
  if (merged !== undefined) times.set(identity, args.now);
  const result = copyJson((merged ?? liveObject) as KubeObject);
  if (manager === 'kubectl') refreshLastApplied(result, applied);
  const managedFields = encodeManagedFields({ owners: withoutUntracked(owners, identity), times });
  if (managedFields.length > 0) result.metadata.managedFields = managedFields;
  if (live === undefined) return result;
  const kept = keepTimesWithoutChange(live, result);
  if (kept !== undefined) result.metadata.managedFields = copyJson(kept);
  return result;
}

function checkHead({ live, applied, apiVersion }: ApplyPatchArgs): void {
  if (!isFields(applied)) throw badRequest('invalid object type: /, Kind=');
  if (applied.apiVersion !== apiVersion || !applied.kind || (live?.kind !== undefined && live.kind !== applied.kind)) {
    throw badRequest(`invalid object type: ${kindText(applied)}`);
  }
  if (isFields(applied.metadata) && applied.metadata.managedFields !== undefined && applied.metadata.managedFields !== null) {
    throw badRequest('metadata.managedFields must be nil');
  }
}

function readRecord(live: KubeObject | undefined): Managed {
  try {
    return decodeManagedFields(live?.metadata.managedFields);
  } catch (error) {
    throw internal(`failed to decode managed fields: ${(error as Error).message}`);
  }
}

function checkAgainstTypes({ applied, schema }: ApplyPatchArgs, live: KubeObject): void {
  const type = objectType(schema);
  for (const [object, name, allowDuplicates] of [[applied, 'patch', false], [live, 'live', true]] as const) {
    try {
      checkTypes(object, type, { allowDuplicates });
    } catch (error) {
      if (!(error instanceof TypeMismatch)) throw error;
      throw internal(`failed to create typed ${name} object (${objectText(object)}): ${error.message}`);
    }
  }
}

function tryApply(args: ApplyPatchArgs, live: KubeObject, owners: Owners, identity: string, force: boolean): ReturnType<typeof applyOwned> {
  try {
    return applyOwned(ownershipContext(args), live, args.applied, owners, identity, force);
  } catch (error) {
    if (error instanceof ConversionMismatch) throw internal(error.message);
    if (error instanceof TypeMismatch) throw internal(`failed to merge config: ${error.message}`);
    if (!(error instanceof ConflictsError)) throw error;
    let { conflicts } = error;
    if (args.manager === 'kubectl') {
      // kubectl takes over what its client-side apply wrote, as long as nobody changed it since.
      const allowed = allowedByLastApplied(live, args.apiVersion, args.schema);
      if (allowed !== undefined) conflicts = conflicts.filter(({ path }) => !allowed.has(path));
      if (conflicts.length === 0) return tryApply(args, live, owners, identity, true);
    }
    throw conflictError(conflicts);
  }
}

function withoutUntracked(owners: Owners, identity: string): Managed['owners'] {
  const result = new Map(owners);
  const owned = result.get(identity);
  if (owned === undefined) return result;
  const fields = owned.fields.difference(UNTRACKED);
  if (fields.isEmpty) result.delete(identity);
  else result.set(identity, { ...owned, fields });
  return result;
}

function conflictError(conflicts: readonly Conflict[]): ApiError {
  const sorted = [...conflicts].sort((a, b) => (a.manager < b.manager ? -1 : Number(a.manager !== b.manager)));
  const causes = sorted.map(({ manager, path }): StatusCause => (
    { reason: 'FieldManagerConflict', message: `conflict with ${managerText(manager)}`, field: formatPath(path) }));
  return ApiError.of(409, 'Conflict', conflictMessage(sorted), { causes });
}

function conflictMessage(conflicts: readonly Conflict[]): string {
  const [only] = conflicts;
  if (conflicts.length === 1) return `Apply failed with 1 conflict: conflict with ${managerText(only!.manager)}: ${formatPath(only!.path)}`;
  const byManager = new Map<string, FieldPath[]>();
  for (const { manager, path } of conflicts) byManager.set(manager, [...(byManager.get(manager) ?? []), path]);
  const lines = [...byManager].flatMap(([manager, paths]) => [`conflicts with ${managerText(manager)}:`, ...paths.map((path) => `- ${formatPath(path)}`)]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

function managerText(identity: string): string {
  const { manager, operation, apiVersion, subresource } = managerInfo(identity);
  const name = subresource === '' ? goQuote(manager) : `${goQuote(manager)} with subresource ${goQuote(subresource)}`;
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}

function objectText(object: KubeObject): string {
  const { namespace = '', name = '' } = isFields(object.metadata) ? object.metadata : {};
  return `${namespace}/${name}; ${kindText(object)}`;
}

function kindText(object: KubeObject): string {
  const { group, version, kind } = gvkOf(object);
  return `${group}/${version}, Kind=${kind}`;
}

function badRequest(message: string): ApiError {
  return ApiError.of(400, 'BadRequest', message);
}

/** The server tells such an error without a reason. */
function internal(message: string): ApiError {
  return new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 });
}
