/** What is true of the metadata of every object (k8s.io/apimachinery/pkg/api/validation/objectmeta.go). */
import { parseApiVersion, type FieldError, type KubeObject, type ObjectMeta, type OwnerReference } from '@kubewright/api';

import { labelValueProblems, qualifiedNameProblems, subdomainProblems } from './names.js';
import type { ResourceInfo } from './resource.js';

const ANNOTATIONS_LIMIT = 256 * 1024;
const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

/** Problems of the metadata of an object that is to be created. */
export function validateObjectMeta(object: KubeObject, resource: ResourceInfo): FieldError[] {
  const { metadata } = object;
  const validateName = resource.strategy.validateName ?? subdomainProblems;
  const errors: FieldError[] = [];
  if (metadata.generateName) errors.push(...validateName(metadata.generateName, true).map((problem) => invalidValue('metadata.generateName', metadata.generateName, problem)));
  if (metadata.name) errors.push(...validateName(metadata.name, false).map((problem) => invalidValue('metadata.name', metadata.name, problem)));
  else errors.push({ type: 'FieldValueRequired', field: 'metadata.name', message: 'Required value: name or generateName is required' });
  return [...errors, ...validateSharedMeta(metadata, resource)];
}

/** Problems of a change of metadata. Fields that a client may not change have been restored before. */
export function validateObjectMetaUpdate(object: KubeObject, old: KubeObject, resource: ResourceInfo): FieldError[] {
  const { metadata } = object;
  const errors: FieldError[] = [];
  if (old.metadata.deletionTimestamp !== undefined) {
    const before = new Set(old.metadata.finalizers);
    const added = (metadata.finalizers ?? []).filter((finalizer) => !before.has(finalizer));
    if (added.length > 0) {
      const found = `[]string{${added.map((finalizer) => JSON.stringify(finalizer)).join(', ')}}`;
      const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers ${found}`;
      errors.push({ type: 'FieldValueForbidden', field: 'metadata.finalizers', message });
    }
  }
  for (const field of ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const) {
    if ((metadata[field] ?? '') !== (old.metadata[field] ?? '')) errors.push(invalidValue(`metadata.${field}`, metadata[field] ?? '', 'field is immutable'));
  }
  // The generic registry and the strategy both look at metadata, the latter at its contents a second time: so often the real server tells them.
  const shared = validateSharedMeta(metadata, resource);
  return [...errors, ...shared, ...errors, ...shared, ...shared];
}

/** Whether this update takes away the last thing that held a deleted object. */
export function canGoNow(next: KubeObject, old: KubeObject, strategy: ResourceInfo['strategy']): boolean {
  if (next.metadata.deletionTimestamp === undefined || (next.metadata.finalizers?.length ?? 0) > 0 || strategy.holdsDeletion?.(next)) return false;
  return (old.metadata.deletionGracePeriodSeconds ?? 0) === 0;
}

/** `Invalid value` with the value as the server quotes it. */
export function invalidValue(field: string, value: unknown, problem: string): FieldError {
  return { type: 'FieldValueInvalid', field, message: `Invalid value: ${JSON.stringify(value)}: ${problem}` };
}

/** Drops repeated owners, as the server has promised since 1.20, and returns the warning for them. */
export function dedupOwnerReferences(metadata: ObjectMeta, when = ''): string | undefined {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  const owners = (metadata.ownerReferences ?? []).filter((owner) => {
    const id = JSON.stringify([owner.apiVersion, owner.kind, owner.name, owner.uid, owner.controller ?? null, owner.blockOwnerDeletion ?? null]);
    if (seen.has(id)) repeated.add(owner.uid);
    return !seen.has(id) && seen.add(id);
  });
  if (repeated.size === 0) return undefined;
  metadata.ownerReferences = owners;
  return `.metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${[...repeated].join(', ')}`;
}

function validateSharedMeta(metadata: ObjectMeta, resource: ResourceInfo): FieldError[] {
  return [
    ...validateLabels(metadata.labels, 'metadata.labels'),
    ...validateAnnotations(metadata.annotations),
    ...validateOwners(metadata.ownerReferences ?? []),
    ...validateFinalizers(metadata.finalizers ?? [], resource),
  ];
}

/** Problems of a map of labels, wherever it stands. */
export function validateLabels(labels: Readonly<Record<string, string>> | undefined, field: string): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...qualifiedNameProblems(key).map((problem) => invalidValue(field, key, problem)),
    ...labelValueProblems(value).map((problem) => invalidValue(field, value, problem)),
  ]);
}

function validateAnnotations(annotations: Readonly<Record<string, string>> | undefined): FieldError[] {
  const field = 'metadata.annotations';
  let size = 0;
  const errors = Object.entries(annotations ?? {}).flatMap(([key, value]) => {
    size += key.length + Buffer.byteLength(value);
    return qualifiedNameProblems(key.toLowerCase()).map((problem) => invalidValue(field, key, problem));
  });
  if (size > ANNOTATIONS_LIMIT) errors.push({ type: 'FieldValueTooLong', field, message: `Too long: may not be more than ${ANNOTATIONS_LIMIT} bytes` });
  return errors;
}

function validateOwners(owners: readonly OwnerReference[]): FieldError[] {
  const errors = owners.flatMap((owner) => {
    const found: FieldError[] = [];
    const parts = owner.apiVersion.split('/');
    const { group, version } = parts.length > 2 ? { group: '', version: '' } : parseApiVersion(owner.apiVersion);
    if (version === '') found.push(invalidValue('metadata.ownerReferences.apiVersion', owner.apiVersion, 'version must not be empty'));
    for (const part of ['kind', 'name', 'uid'] as const) {
      if (!owner[part]) found.push(invalidValue(`metadata.ownerReferences.${part}`, owner[part] ?? '', 'must not be empty'));
    }
    if (owner.kind === 'Event' && (group === '' || group === 'events.k8s.io')) {
      found.push(invalidValue('metadata.ownerReferences', owner, `${group}/${version}, Kind=Event is disallowed from being an owner`));
    }
    return found;
  });
  const controllers = owners.filter((owner) => owner.controller);
  for (const other of controllers.slice(1)) {
    const [first] = controllers as [OwnerReference];
    const pair = `${first.kind}/${first.name} and ${other.kind}/${other.name}`;
    errors.push(invalidValue('metadata.ownerReferences', owners, `Only one reference can have Controller set to true. Found "true" in references for ${pair}`));
  }
  return errors;
}

function validateFinalizers(finalizers: readonly string[], resource: ResourceInfo): FieldError[] {
  const errors = finalizers.flatMap((finalizer) => qualifiedNameProblems(finalizer).map((problem) => invalidValue('metadata.finalizers', finalizer, problem)));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalidValue('metadata.finalizers', finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  // Custom resources and their definitions were never held to this rule; clients only get a warning.
  if (!resource.custom && resource.group !== 'apiextensions.k8s.io' && resource.group !== 'apiregistration.k8s.io') {
    finalizers.forEach((finalizer, index) => {
      if (finalizer.includes('/') || STANDARD_FINALIZERS.has(finalizer)) return;
      errors.push(invalidValue(`metadata.finalizers[${index}]`, finalizer, 'name is neither a standard finalizer name nor is it fully qualified'));
    });
  }
  return errors;
}
