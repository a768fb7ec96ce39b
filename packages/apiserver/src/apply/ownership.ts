import { deepEqual } from '@kubewright/api';

import { compareTyped } from './compare.js';
import type { Comparison } from './compare.js';
import { FieldSet } from './field-set.js';
import type { FieldPath } from './field-set.js';
import type { FieldType } from './field-type.js';
import { mergeTyped } from './merge.js';
import { fieldsOf } from './owned-fields.js';
import { reconcileWithSchema } from './reconcile.js';
import { removeFields } from './remove.js';
import { ConversionMismatch, TypeMismatch } from './typed-value.js';
import { checkTypes } from './validate.js';

/** What one manager owns, in the version in which it wrote. */
export interface OwnedSet {
  readonly fields: FieldSet;
  readonly apiVersion: string;
  readonly applied: boolean;
}

/** Managers by identity (managed-fields.ts). */
export type Owners = ReadonlyMap<string, OwnedSet>;

/** Fields that a manager owns and another one wants to change. */
export interface Conflict {
  readonly manager: string;
  readonly path: FieldPath;
}

/** Thrown by {@link applyOwned}; without `force` nothing was done. */
export class ConflictsError extends Error {
  readonly conflicts: readonly Conflict[];

  constructor(conflicts: readonly Conflict[]) {
    super(`${conflicts.length} conflicts`);
    this.name = 'ConflictsError';
    this.conflicts = conflicts;
  }
}

/** A version of the kind at hand: its types, and how an object gets there. */
export interface VersionView {
  readonly type: FieldType;
  convert(value: unknown): unknown;
  /** Whether what `convert` gives is held against the types. @default false */
  readonly isStrict?: boolean;
}

/** One write: its version, and how other managers' versions look. */
export interface OwnershipContext {
  readonly apiVersion: string;
  /** Undefined for versions that are no longer served: what was owned in them is forgotten. */
  view(apiVersion: string): VersionView | undefined;
  /** Fields that this write can not set, such as `status` outside of the status subresource. */
  readonly ignored: FieldSet;
}

/** After a create, update or patch: the changed fields are the manager's and nobody else's. */
export function updateOwned(context: OwnershipContext, before: unknown, after: unknown, owners: Owners, manager: string): Owners {
  const reconciled = reconcileOwners(context, owners);
  const { owners: others, comparison } = takeOver(context, before, after, reconciled, manager, true);
  const mine = others.get(manager)?.fields ?? new FieldSet();
  const fields = mine.difference(comparison.removed).union(comparison.modified).union(comparison.added).recursiveDifference(context.ignored);
  const result = new Map(others);
  result.delete(manager);
  if (!fields.isEmpty) result.set(manager, { fields, apiVersion: context.apiVersion, applied: false });
  return result;
}

/**
 * Merges an applied configuration into the live object, drops what the manager applied before and no longer does (unless others own it), and
 * moves the ownership. `merged` is undefined when the object stays as it is.
 * @throws ConflictsError, TypeMismatch
 */
export function applyOwned(
  context: OwnershipContext, live: unknown, applied: unknown, owners: Owners, manager: string, force: boolean,
): { readonly merged: unknown; readonly owners: Owners } {
  const { type } = context.view(context.apiVersion)!;
  const reconciled = new Map(reconcileOwners(context, owners));
  const merged = mergeTyped(live, applied, type);
  const last = reconciled.get(manager);
  const fields = fieldsOf(applied, type).recursiveDifference(context.ignored);
  reconciled.set(manager, { fields, apiVersion: context.apiVersion, applied: true });
  const pruned = prune(context, merged, reconciled, last);
  const { owners: result } = takeOver(context, live, pruned, reconciled, manager, force);
  return { merged: deepEqual(live, pruned) ? undefined : pruned, owners: result };
}

function reconcileOwners(context: OwnershipContext, owners: Owners): Owners {
  const result = new Map<string, OwnedSet>();
  for (const [manager, owned] of owners) {
    const view = context.view(owned.apiVersion);
    if (view !== undefined) result.set(manager, { ...owned, fields: reconcileWithSchema(owned.fields, view.type) });
  }
  return result;
}

/** Takes changed and removed fields from all others. @throws ConflictsError when others own changed fields and `force` is not given */
function takeOver(
  context: OwnershipContext, before: unknown, after: unknown, owners: Owners, manager: string, force: boolean,
): { owners: Owners; comparison: Comparison } {
  const comparisons = new Map<string, Comparison>();
  const compareIn = (apiVersion: string): Comparison => {
    let comparison = comparisons.get(apiVersion);
    if (comparison === undefined) {
      const view = context.view(apiVersion)!;
      const { removed, modified, added } = compareTyped(converted(view, before, 'failed to convert old object'), converted(view, after, 'failed to convert new object'), view.type);
      comparison = {
        removed: removed.recursiveDifference(context.ignored),
        modified: modified.recursiveDifference(context.ignored),
        added: added.recursiveDifference(context.ignored),
      };
      comparisons.set(apiVersion, comparison);
    }
    return comparison;
  };
  const result = new Map<string, OwnedSet>();
  const conflicts: Conflict[] = [];
  for (const [other, owned] of owners) {
    let { fields } = owned;
    if (other !== manager) {
      const { removed, modified, added } = compareIn(owned.apiVersion);
      const taken = fields.intersection(modified.union(added));
      for (const path of taken.paths()) conflicts.push({ manager: other, path });
      fields = fields.difference(taken).difference(removed);
    }
    if (!fields.isEmpty) result.set(other, { ...owned, fields });
  }
  if (!force && conflicts.length > 0) throw new ConflictsError(conflicts);
  return { owners: result, comparison: compareIn(context.apiVersion) };
}

/** @throws ConversionMismatch */
function converted({ type, convert, isStrict }: VersionView, value: unknown, what: string): unknown {
  const result = convert(value);
  if (isStrict !== true) return result;
  try {
    checkTypes(result, type, { allowDuplicates: true });
  } catch (error) {
    throw error instanceof TypeMismatch ? new ConversionMismatch(what, error) : error;
  }
  return result;
}

/** Removes what the manager owned before, but for what anybody (its new configuration included) owns now and what never was its own. */
function prune(context: OwnershipContext, merged: unknown, owners: Owners, last: OwnedSet | undefined): unknown {
  const view = last === undefined || last.fields.isEmpty ? undefined : context.view(last.apiVersion);
  if (view === undefined) return merged;
  const whole = converted(view, merged, 'failed to prune fields: failed to convert merged object to last applied version');
  const lastFields = last!.fields.withNamedParents(view.type);
  let pruned = removeFields(whole, lastFields, view.type);
  pruned = addBackOwned(context, whole, pruned, last!.apiVersion, owners);
  const named = (value: unknown) => fieldsOf(value, view.type).withNamedParents(view.type);
  pruned = removeFields(whole, named(whole).difference(named(pruned)).intersection(lastFields), view.type);
  return context.view(context.apiVersion)!.convert(pruned);
}

function addBackOwned(context: OwnershipContext, merged: unknown, pruned: unknown, apiVersion: string, owners: Owners): unknown {
  const managed = new Map<string, FieldSet>([[apiVersion, new FieldSet()]]);
  for (const { apiVersion: version, fields } of owners.values()) managed.set(version, (managed.get(version) ?? new FieldSet()).union(fields));
  let result = pruned;
  for (const [version, fields] of managed) {
    const view = context.view(version);
    if (view === undefined) continue;
    const whole = view.convert(merged);
    const named = (set: FieldSet) => set.withNamedParents(view.type);
    const keep = named(fieldsOf(view.convert(result), view.type)).union(named(fields));
    result = removeFields(whole, named(fieldsOf(whole, view.type)).difference(keep), view.type);
  }
  return context.view(apiVersion)!.convert(result);
}
