/** Deletions: grace, finalizers, propagation (the second half of k8s.io/apiserver's store.go, and rest/delete.go). */
import { conflict, deepEqual, formatTime, notFound, type DeleteOptions, type KubeObject, type ObjectMeta } from '@kubewright/api';

import { copyJson } from '../storage/immutable.js';
import { RevisionMismatch } from '../storage/storage.js';
import { convertObject, requestApiVersion } from './conversion.js';
import type { RequestScope } from './request-scope.js';
import { admittedBy, type AdmittedWrite, type Store } from './store.js';

/** How a deletion ended. */
export interface DeletionOutcome {
  /** The object's last or present state, in the request's version. */
  readonly object: KubeObject;
  /** Whether it is gone; else finalizers or the kubelet hold it. */
  readonly isGone: boolean;
}

/** How a deletion comes about where no client has asked for just this one. */
export interface DeletionWay {
  /** Whether admission has judged it in another form: an eviction. */
  readonly isAdmitted?: boolean;
  /** Whether it is part of the deletion of a collection, which admission is told of without names. */
  readonly isOneOfMany?: boolean;
}

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/**
 * Deletes the scope's object or begins to.
 * @throws ApiError NotFound, Conflict for a precondition that does not hold, or what admission says
 */
export async function deleteObject(store: Store, scope: RequestScope, options: DeleteOptions, way: DeletionWay = {}): Promise<DeletionOutcome> {
  for (;;) {
    try {
      return await deleteOnce(store, scope, options, way);
    } catch (error) {
      if (!(error instanceof RevisionMismatch)) throw error;
    }
  }
}

async function deleteOnce(store: Store, scope: RequestScope, options: DeleteOptions, way: DeletionWay): Promise<DeletionOutcome> {
  const { resource } = scope;
  const stored = store.stored(scope);
  if (!stored) throw notFound({ group: resource.group, resource: resource.plural }, scope.name);
  checkPreconditions(scope, stored, options);
  const current = await convertObject(resource, stored, requestApiVersion(resource));
  if (!way.isAdmitted) {
    const period = resource.strategy.gracePeriod?.(current, requestedGrace(options));
    const told = { ...options, ...(period !== undefined && current.metadata.deletionTimestamp === undefined && { gracePeriodSeconds: period }) };
    const request: AdmittedWrite = { ...admittedBy(scope), options: told, operation: 'DELETE', name: way.isOneOfMany ? '' : scope.name, object: undefined, oldObject: current };
    await store.options.admission.admit(request);
    await store.options.admission.validate(request);
  }
  const now = store.options.clock.now();
  const next = copyJson(stored);
  if (resource.strategy.beginDeletion && stored.metadata.deletionTimestamp === undefined) {
    resource.strategy.beginDeletion(next, now);
    const begun = scope.dryRun ? next : store.options.storage.put(store.keyOf(scope), stored, next);
    return { object: await convertObject(resource, begun, requestApiVersion(resource)), isGone: false };
  }
  const isGraceful = applyGrace(next, current, scope, options, now);
  if (isGraceful === 'pending') return { object: current, isGone: false };
  applyPropagation(next.metadata, scope, options);
  const isHeld = (next.metadata.finalizers?.length ?? 0) > 0 || Boolean(resource.strategy.holdsDeletion?.(next));
  if (isHeld && isGraceful === 'no') markAsDeleted(next.metadata, now, 0);
  if (isHeld) resource.strategy.prepareForDeletion?.(next);
  const waits = isHeld || (isGraceful === 'yes' && (next.metadata.deletionGracePeriodSeconds ?? 0) > 0);
  const { storage } = store.options;
  if (!waits) {
    if (scope.dryRun) return { object: current, isGone: true };
    // What the deletion changed on the way is a write of its own, as watchers of a real server see it.
    const final = deepEqual(next, stored) ? stored : storage.put(store.keyOf(scope), stored, next);
    const last = storage.remove(store.keyOf(scope), final);
    return { object: await convertObject(resource, last, requestApiVersion(resource)), isGone: true };
  }
  const isChanged = !deepEqual(next, stored);
  const kept = scope.dryRun || !isChanged ? next : storage.put(store.keyOf(scope), stored, next);
  return { object: await convertObject(resource, kept, requestApiVersion(resource)), isGone: false };
}

function checkPreconditions(scope: RequestScope, stored: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  // The real server names the kind here where everything else names the resource.
  const named = { group: scope.resource.group, resource: scope.resource.kind };
  const { metadata } = stored;
  if (uid !== undefined && uid !== metadata.uid) {
    const problem = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid ?? ''}). The object might have been deleted and then recreated`;
    throw conflict(named, scope.name, problem);
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const problem = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion ?? ''}). The object might have been modified`;
    throw conflict(named, scope.name, problem);
  }
}

/** 'no': the kind goes at once; 'pending': it is being deleted and this request changes nothing; 'yes': `next` says when it has to be gone. */
function applyGrace(next: KubeObject, current: KubeObject, scope: RequestScope, options: DeleteOptions, now: number): 'no' | 'yes' | 'pending' {
  const { strategy } = scope.resource;
  if (!strategy.gracePeriod) return 'no';
  const { metadata } = next;
  const requested = requestedGrace(options);
  if (metadata.deletionTimestamp !== undefined) {
    if (metadata.deletionGracePeriodSeconds === undefined) return 'no';
    // A second deletion can only shorten the wait.
    if (requested === undefined || requested >= metadata.deletionGracePeriodSeconds) return 'pending';
    const began = Date.parse(metadata.deletionTimestamp) - metadata.deletionGracePeriodSeconds * 1000;
    metadata.deletionTimestamp = formatTime(new Date(began + requested * 1000));
    metadata.deletionGracePeriodSeconds = requested;
    return 'yes';
  }
  const period = strategy.gracePeriod(current, requested);
  if (period === undefined) return 'no';
  markAsDeleted(metadata, now, period);
  return 'yes';
}

function requestedGrace({ gracePeriodSeconds }: DeleteOptions): number | undefined {
  return gracePeriodSeconds !== undefined && gracePeriodSeconds < 0 ? 1 : gracePeriodSeconds;
}

function markAsDeleted(metadata: ObjectMeta, now: number, gracePeriodSeconds: number): void {
  if (metadata.deletionTimestamp === undefined) {
    metadata.deletionTimestamp = formatTime(new Date(now + gracePeriodSeconds * 1000));
    if (metadata.generation) metadata.generation++;
  }
  metadata.deletionGracePeriodSeconds = gracePeriodSeconds;
}

/** Sets the finalizer that tells the garbage collector what to do with dependents before the object may go. */
function applyPropagation(metadata: ObjectMeta, scope: RequestScope, options: DeleteOptions): void {
  const propagation = scope.resource.strategy.defaultPropagation ?? 'background';
  if (propagation === 'unsupported') return;
  const finalizers = metadata.finalizers ?? [];
  const others = finalizers.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  const wanted = wantedFinalizer(finalizers, options, propagation);
  const next = wanted ? [...others, wanted] : others;
  if (wanted && finalizers.includes(wanted) && finalizers.length === next.length) return;
  if (next.length > 0) metadata.finalizers = next;
  else delete metadata.finalizers;
}

function wantedFinalizer(finalizers: readonly string[], options: DeleteOptions, propagation: 'background' | 'orphan'): string | undefined {
  // What the request says counts first, then what an earlier one has set, then the kind's habit.
  if (options.orphanDependents !== undefined) return options.orphanDependents ? ORPHAN : undefined;
  switch (options.propagationPolicy) {
    case 'Orphan':
      return ORPHAN;
    case 'Foreground':
      return FOREGROUND;
    case 'Background':
      return undefined;
    case undefined:
      if (finalizers.includes(ORPHAN)) return ORPHAN;
      if (finalizers.includes(FOREGROUND)) return FOREGROUND;
      return propagation === 'orphan' ? ORPHAN : undefined;
  }
}
