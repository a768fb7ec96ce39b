/**
 * The generic part of every resource (k8s.io/apiserver/pkg/registry/generic/registry/store.go): what is true of a write whatever its kind.
 * A write is prepared on a private copy (ownership, admission, strategy, validation: all of that may wait), then committed in one synchronous
 * transaction that compares the revision; when somebody was faster it starts anew. Reads are reading.ts, deletions deletion.ts.
 */
import { alreadyExists, ApiError, conflict, deepEqual, formatTime, gvkOf, invalid, notFound, type FieldError, type GroupVersionKind, type KubeObject, type ObjectMeta } from '@kubewright/api';
import type { Clock, Random } from '@kubewright/platform';

import { keepTimesWithoutChange, updateManagedFields } from '../apply/index.js';
import { copyJson } from '../storage/immutable.js';
import { RevisionMismatch, type ObjectKey, type Storage } from '../storage/storage.js';
import { convertObject, convertWritten, requestApiVersion, storageApiVersion } from './conversion.js';
import { generateName } from './names.js';
import { canGoNow, dedupOwnerReferences, validateObjectMeta, validateObjectMetaUpdate } from './object-meta.js';
import { ownedState } from './ownership.js';
import { kindOf, resourceOf, storedAs, type RequestScope } from './request-scope.js';
import type { ResourceRegistry } from './resource-registry.js';
import { otherVersions } from './version-views.js';

/** One write on its way through admission; the same as what plugins get (admission/admission.ts). */
export interface AdmittedWrite {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly resource: RequestScope['resource'];
  readonly subresource: string;
  /** What `object` is where that is not the resource's own kind: a Scale, a Binding. */
  readonly kind?: GroupVersionKind;
  /** What the request says about itself: CreateOptions, UpdateOptions, DeleteOptions, without kind and version. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly namespace: string;
  readonly name: string;
  readonly object: KubeObject | undefined;
  readonly oldObject: KubeObject | undefined;
  readonly user: RequestScope['user'];
  readonly dryRun: boolean;
  readonly warnings: string[];
}

/** What may change and refuse a write before it is stored. */
export interface WriteAdmission {
  admit(write: AdmittedWrite): Promise<void>;
  validate(write: AdmittedWrite): Promise<void>;
}

/** What the store needs. */
export interface StoreOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly admission: WriteAdmission;
  readonly registry: ResourceRegistry;
}

/** How an update makes the new state. */
export interface UpdatePlan {
  /**
   * The new state in the request's version: pruned, defaulted, the caller's own. Called again when somebody else wrote in between.
   * `current` is shared and must not be changed; it is undefined when the object is not there.
   */
  readonly produce: (current: KubeObject | undefined) => KubeObject | Promise<KubeObject>;
  /** Whether an object that is not there is created: server-side apply, and kinds that allow it for updates. */
  readonly createIfMissing: boolean;
  /** Whether `produce` has set managedFields already. */
  readonly ownsManagedFields?: boolean;
  /** Called before an object that is missing is created: the right to write one is not the right to create it. @throws ApiError */
  readonly authorizeCreate?: () => void;
  /** A patch needs no resourceVersion, and a uid in it is a change to be refused; in a whole object both are conditions. */
  readonly unconditional?: boolean;
  /** Whether a whole object may leave its resourceVersion out whatever the kind says. */
  readonly allowsUnversioned?: boolean;
  /** Whether the write has been through admission in another form: a Binding. */
  readonly isAdmitted?: boolean;
  /** How admission sees the write where that is not the object itself: as a Scale. */
  readonly shown?: ShownWrite;
}

/** A view of an object that admission judges and changes in place of the object. */
export interface ShownWrite {
  readonly kind: GroupVersionKind;
  view(object: KubeObject): KubeObject;
  /** Takes over, in place, what admission has changed of the view. */
  restore(object: KubeObject, view: KubeObject): void;
}

/** etcd's limit on one request. */
const OBJECT_LIMIT = 1.5 * 1024 * 1024;
const GENERATED_NAME_TRIES = 8;
/** Nobody can lose this often in one process; more is a write that changes what it reads. */
const UPDATE_TRIES = 100;

/** See the module's comment. Objects that go in belong to the store, objects that come out are shared and frozen. */
export class Store {
  constructor(readonly options: StoreOptions) {}

  /** Stores a new object and returns it in the request's version. @throws ApiError AlreadyExists, Invalid, or what admission says */
  async create(scope: RequestScope, object: KubeObject, ownsManagedFields = false): Promise<KubeObject> {
    const generates = !object.metadata.name && Boolean(object.metadata.generateName);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#create(scope, generates ? copyJson(object) : object, ownsManagedFields);
      } catch (error) {
        const isTaken = error instanceof ApiError && error.reason === 'AlreadyExists';
        if (!isTaken || !generates || attempt === GENERATED_NAME_TRIES) throw error;
      }
    }
  }

  /** Writes over an object. @throws ApiError NotFound, Conflict, Invalid, or what admission says */
  async update(scope: RequestScope, plan: UpdatePlan): Promise<{ readonly object: KubeObject; readonly created: boolean }> {
    for (let attempt = 1; ; attempt++) {
      const stored = this.stored(scope);
      try {
        if (!stored) {
          if (!plan.createIfMissing || scope.subresource !== '') throw notFound(resourceOf(scope), scope.name);
          const object = await plan.produce(undefined);
          plan.authorizeCreate?.();
          this.#checkUid(scope, object.metadata, undefined, plan);
          if (object.metadata.uid) throw conflict(resourceOf(scope), scope.name, `uid mismatch: the provided object specified uid ${object.metadata.uid}, and no existing object was found`);
          delete object.metadata.resourceVersion;
          return { object: await this.create(scope, object, plan.ownsManagedFields), created: true };
        }
        return { object: await this.#updateOnce(scope, stored, plan), created: false };
      } catch (error) {
        const lostRace = error instanceof RevisionMismatch || (!stored && error instanceof ApiError && error.reason === 'AlreadyExists');
        if (!lostRace || attempt === UPDATE_TRIES) throw error;
      }
    }
  }

  /** The object as it is stored, in whatever version. */
  stored(scope: RequestScope): KubeObject | undefined {
    const { group, plural } = storedAs(scope.resource);
    return this.options.storage.get(group, plural, scope.namespace, scope.name);
  }

  /** Where the scope's object is stored. */
  keyOf(scope: RequestScope, name = scope.name): ObjectKey {
    return { ...storedAs(scope.resource), namespace: scope.namespace, name };
  }

  async #create(scope: RequestScope, object: KubeObject, ownsManagedFields: boolean): Promise<KubeObject> {
    const { resource, warnings } = scope;
    const { strategy } = resource;
    const { storage } = this.options;
    const given = object.metadata;
    if (resource.namespaced) given.namespace = scope.namespace;
    note(warnings, dedupOwnerReferences(given));
    if (!ownsManagedFields) this.#own(scope, undefined, object);
    const request: AdmittedWrite = { ...admittedBy(scope), operation: 'CREATE', name: given.name ?? '', object, oldObject: undefined };
    await this.#admit(request, object);
    // Admission may have put another metadata in the place of the one that came.
    const { metadata } = object;
    this.#fillMetadata(scope, metadata);
    strategy.prepareForCreate(object);
    if (!metadata.name && metadata.generateName) metadata.name = generateName(metadata.generateName, this.options.random);
    const key = this.keyOf(scope, metadata.name);
    const existing = metadata.name ? storage.get(key.group, key.plural, key.namespace, key.name) : undefined;
    strategy.allocate?.(object, undefined);
    throwIfInvalid(scope, object, [...validateObjectMeta(object, resource), ...strategy.validate(object)]);
    await this.options.admission.validate({ ...request, name: metadata.name ?? '' });
    note(warnings, ...(strategy.warnings?.(object) ?? []));
    // It is where it would be stored that a version is in the way: a dry run does not get there, and answers with what came.
    const isVersioned = metadata.resourceVersion !== undefined && !/^0?$/.test(metadata.resourceVersion);
    if (isVersioned && !scope.dryRun) throw new ApiError(plainFailure('resourceVersion should not be set on objects to be created'));
    if (!isVersioned) delete metadata.resourceVersion;
    if (existing) throw this.#exists(scope, existing);
    const converted = await this.#toStorage(scope, object);
    if (scope.dryRun) return this.#toRequest(scope, converted);
    return this.#toRequest(scope, this.#commit(scope, key, undefined, converted));
  }

  async #updateOnce(scope: RequestScope, stored: KubeObject, plan: UpdatePlan): Promise<KubeObject> {
    const { resource, subresource, warnings } = scope;
    const { strategy } = resource;
    const current = await this.#toRequest(scope, stored);
    const next = await plan.produce(current);
    this.#checkUid(scope, next.metadata, current.metadata.uid, plan);
    note(warnings, dedupOwnerReferences(next.metadata, plan.unconditional ? AFTER_ADMISSION : ''));
    if (!plan.ownsManagedFields) this.#own(scope, current, next);
    const { shown } = plan;
    const seen = (object: KubeObject): KubeObject => (shown ? shown.view(object) : object);
    const request: AdmittedWrite = { ...admittedBy(scope), ...(shown && { kind: shown.kind }), operation: 'UPDATE', name: scope.name, object: seen(next), oldObject: seen(current) };
    if (!plan.isAdmitted) await this.#admit(request, request.object!);
    if (shown && !deepEqual(shown.view(next), request.object)) shown.restore(next, request.object!);
    const { metadata } = next;
    this.#checkVersion(scope, metadata, current, plan);
    restoreMetadata(metadata, current.metadata);
    metadata.resourceVersion = current.metadata.resourceVersion ?? '';
    strategy.prepareForUpdate(next, current, subresource);
    strategy.allocate?.(next, current);
    throwIfInvalid(scope, next, [...validateObjectMetaUpdate(next, current, resource), ...strategy.validateUpdate(next, current, subresource, (warning) => note(warnings, warning))]);
    if (!plan.isAdmitted) await this.options.admission.validate(shown ? { ...request, object: seen(next) } : request);
    note(warnings, ...(strategy.warnings?.(next, current) ?? []));
    const key = this.keyOf(scope);
    if (canGoNow(next, current, strategy)) {
      // Whoever watches is told the state that was stored, not the one that let it go.
      if (!scope.dryRun) this.options.storage.remove(key, stored);
      return next;
    }
    const managedFields = keepTimesWithoutChange(current, next);
    if (managedFields) next.metadata.managedFields = managedFields;
    if (deepEqual(next, current)) return current;
    const converted = await this.#toStorage(scope, next);
    if (scope.dryRun) return this.#toRequest(scope, converted);
    return this.#toRequest(scope, this.#commit(scope, key, stored, converted));
  }

  #fillMetadata(scope: RequestScope, metadata: ObjectMeta): void {
    delete metadata.deletionTimestamp;
    delete metadata.deletionGracePeriodSeconds;
    delete metadata.selfLink;
    delete metadata.generation;
    if (scope.resource.namespaced) metadata.namespace = scope.namespace;
    else delete metadata.namespace;
    metadata.uid = this.options.random.uuid();
    metadata.creationTimestamp = this.now();
  }

  /** The present as metadata spells it. */
  now(): string {
    return formatTime(new Date(this.options.clock.now()));
  }

  /** Mutating admission, and what it must not leave behind. */
  async #admit(request: AdmittedWrite, object: KubeObject): Promise<void> {
    const { managedFields } = object.metadata;
    await this.options.admission.admit(request);
    const { metadata } = object;
    if (metadata.managedFields !== managedFields) note(request.warnings, keepManagedFields(metadata, managedFields));
    note(request.warnings, dedupOwnerReferences(metadata, AFTER_ADMISSION));
  }

  #checkUid(scope: RequestScope, metadata: ObjectMeta, uid: string | undefined, plan: UpdatePlan): void {
    if (metadata.uid && metadata.uid !== uid && !plan.unconditional) {
      const problem = `StorageError: invalid object, Code: 4, Key: ${registryPath(this.keyOf(scope), scope.resource.custom)}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${uid ?? ''}`;
      throw conflict(resourceOf(scope), scope.name, problem);
    }
  }

  #checkVersion(scope: RequestScope, metadata: ObjectMeta, current: KubeObject, plan: UpdatePlan): void {
    const { resourceVersion } = current.metadata;
    if (metadata.resourceVersion && metadata.resourceVersion !== '0') {
      if (!/^\d+$/.test(metadata.resourceVersion)) throw new ApiError(plainFailure(`strconv.ParseUint: parsing ${JSON.stringify(metadata.resourceVersion)}: invalid syntax`));
      if (metadata.resourceVersion === resourceVersion) return;
      throw conflict(resourceOf(scope), scope.name, 'the object has been modified; please apply your changes to the latest version and try again');
    }
    if (plan.unconditional || plan.allowsUnversioned || (scope.resource.strategy.allowUnconditionalUpdate ?? true)) return;
    // The real server names the resource here where everything else names the kind.
    const missing: FieldError = { type: 'FieldValueInvalid', field: 'metadata.resourceVersion', message: 'Invalid value: 0: must be specified for an update' };
    throw invalid({ group: scope.resource.group, kind: scope.resource.plural }, scope.name, [missing]);
  }

  #own(scope: RequestScope, before: KubeObject | undefined, after: KubeObject): void {
    // A custom resource that says it is something else has no types; the real server then forgets who owned it.
    if (scope.resource.custom && before !== undefined && (after.kind !== scope.resource.kind || after.apiVersion !== requestApiVersion(scope.resource))) {
      delete after.metadata.managedFields;
      return;
    }
    const entries = updateManagedFields({
      before,
      after: ownedState(scope, before, after),
      manager: scope.fieldManager,
      subresource: scope.subresource,
      apiVersion: requestApiVersion(scope.resource),
      schema: scope.resource.schema,
      now: this.now(),
      view: otherVersions(this.options.registry, scope.resource),
    });
    if (entries.length > 0) after.metadata.managedFields = entries;
    else delete after.metadata.managedFields;
  }

  #exists(scope: RequestScope, existing: KubeObject): ApiError {
    return alreadyExists(resourceOf(scope), existing.metadata.name ?? '', existing.metadata.deletionTimestamp !== undefined);
  }

  #commit(scope: RequestScope, key: ObjectKey, expected: KubeObject | undefined, object: KubeObject): KubeObject {
    if (isTooLarge(object)) throw new ApiError(plainFailure('etcdserver: request is too large'));
    try {
      return this.options.storage.put(key, expected, object);
    } catch (error) {
      if (expected === undefined && error instanceof RevisionMismatch && error.current) throw this.#exists(scope, error.current);
      throw error;
    }
  }

  /** Turns the request's own object into the one to store; never the same metadata as an object that is shared. */
  async #toStorage(scope: RequestScope, object: KubeObject): Promise<KubeObject> {
    const converted = await convertWritten(scope.resource, object, storageApiVersion(scope.resource));
    return converted === object ? object : { ...converted, metadata: { ...converted.metadata } };
  }

  #toRequest(scope: RequestScope, stored: KubeObject): Promise<KubeObject> {
    return convertObject(scope.resource, stored, requestApiVersion(scope.resource));
  }
}

const AFTER_ADMISSION = ' after mutating admission happens';

/** What admission is told of every write of a scope. */
export function admittedBy(scope: RequestScope): Pick<AdmittedWrite, 'resource' | 'subresource' | 'namespace' | 'user' | 'dryRun' | 'warnings' | 'options'> {
  const { resource, subresource, namespace, user, dryRun, warnings, options } = scope;
  return { resource, subresource, namespace, user, dryRun, warnings, ...(options && { options }) };
}

/** Admission may change owners, but not into something that is none. @returns the warning */
function keepManagedFields(metadata: ObjectMeta, before: ObjectMeta['managedFields']): string | undefined {
  const entries: unknown = metadata.managedFields ?? [];
  const isRight = Array.isArray(entries) && entries.every((entry: unknown) => typeof entry === 'object' && entry !== null
    && ['Apply', 'Update'].includes(String((entry as Record<string, unknown>).operation)) && (entry as Record<string, unknown>).fieldsType === 'FieldsV1');
  if (isRight) return undefined;
  if (before) metadata.managedFields = before;
  else delete metadata.managedFields;
  return '.metadata.managedFields was in an invalid state after admission; this could be caused by an outdated mutating admission controller; please fix your requests';
}

/** @throws ApiError Invalid when there is a problem */
function throwIfInvalid(scope: RequestScope, object: KubeObject, errors: FieldError[]): void {
  if (errors.length === 0) return;
  // A custom resource that says it is something else is told only that, under the name that it gave itself.
  const wrongKind = scope.resource.custom ? errors.filter(({ field }) => field === 'kind' || field === 'apiVersion') : [];
  const kind = wrongKind.length > 0 ? gvkOf(object) : kindOf(scope);
  throw invalid(kind, object.metadata.name ?? '', wrongKind.length > 0 ? wrongKind : errors);
}

/** The path that the real server's storage errors quote. */
export function registryPath(key: ObjectKey, custom: boolean): string {
  const special: Record<string, string> = { '/services': 'services/specs', '/endpoints': 'services/endpoints', '/nodes': 'minions', 'networking.k8s.io/ingresses': 'ingress' };
  const place = special[`${key.group}/${key.plural}`] ?? (custom || key.group === 'apiextensions.k8s.io' || key.group === 'apiregistration.k8s.io' ? `${key.group}/${key.plural}` : key.plural);
  return ['/registry', place, ...(key.namespace ? [key.namespace] : []), key.name].join('/');
}

/** What a client may not change keeps its value; what was left out is filled in (rest.BeforeUpdate). */
function restoreMetadata(metadata: ObjectMeta, old: ObjectMeta): void {
  delete metadata.selfLink;
  if (metadata.name === undefined && old.name !== undefined) metadata.name = old.name;
  if (metadata.namespace === undefined && old.namespace !== undefined) metadata.namespace = old.namespace;
  keep(metadata, old, 'generation', 'creationTimestamp');
  if (!metadata.uid) keep(metadata, old, 'uid');
  // Nobody can take back a deletion; setting one by hand is refused by validation.
  if (metadata.deletionTimestamp === undefined) keep(metadata, old, 'deletionTimestamp');
  if (metadata.deletionGracePeriodSeconds === undefined) keep(metadata, old, 'deletionGracePeriodSeconds');
}

function keep<K extends keyof ObjectMeta>(metadata: ObjectMeta, old: ObjectMeta, ...fields: K[]): void {
  for (const field of fields) {
    if (old[field] === undefined) delete metadata[field];
    else metadata[field] = old[field];
  }
}

function isTooLarge(object: KubeObject): boolean {
  return roughSize(object, OBJECT_LIMIT) > OBJECT_LIMIT;
}

/** Characters in strings and keys, counted up to `limit`: enough to find the rare giant without encoding everybody else. */
function roughSize(value: unknown, limit: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 4;
  let size = 2;
  for (const key in value) {
    size += (Array.isArray(value) ? 1 : key.length + 4) + roughSize((value as Record<string, unknown>)[key], limit);
    if (size > limit) break;
  }
  return size;
}

function plainFailure(message: string): ApiError['status'] {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 };
}

function note(warnings: string[], ...texts: (string | undefined)[]): void {
  for (const text of texts) if (text !== undefined && !warnings.includes(text)) warnings.push(text);
}
