import { formatApiVersion, parseApiVersion } from '../meta/gvk.js';
import type { KubeObject, ObjectMeta, OwnerReference } from '../meta/object-meta.js';
import { resourceKind, type KindRef } from './resource-kind.js';

/** The part of an owner that a reference needs. */
export interface Owner {
  readonly metadata: { readonly name?: string; readonly namespace?: string; readonly uid?: string };
}

/** How strongly a dependent is tied to its owner. */
export interface OwnerReferenceOptions {
  /** Marks the owner as the one that manages the object; there is at most one. @default false */
  readonly controller?: boolean;
  /** A foreground deletion of the owner waits for the object. @default the value of `controller` */
  readonly blockOwnerDeletion?: boolean;
}

type AnyKind = KindRef<never> | KindRef;

/** An owner that can not be one. The message names both objects. */
export class OwnerReferenceError extends Error {
  override readonly name: string = 'OwnerReferenceError';
}

/** The object is managed by another owner already. */
export class AlreadyOwnedError extends OwnerReferenceError {
  override readonly name = 'AlreadyOwnedError';
  /** The owner that the object has. */
  readonly owner: OwnerReference;

  constructor(object: KubeObject, owner: OwnerReference) {
    super(`${describe(object)} is already owned by another ${owner.kind} controller ${owner.name}`);
    this.owner = owner;
  }
}

/**
 * A reference to an owner.
 * @throws OwnerReferenceError when the owner has no name or uid yet: only objects that a server has stored can own
 */
export function ownerReferenceTo(owner: Owner, kind: AnyKind, options: OwnerReferenceOptions = {}): OwnerReference {
  const { group, version, kind: kindName } = resourceKind(kind);
  const { name, uid } = owner.metadata;
  if (!name || !uid) {
    const missing = name ? 'metadata.uid' : 'metadata.name';
    throw new OwnerReferenceError(`${kindName} ${name ?? '(no name)'} has no ${missing}: create it before it owns something`);
  }
  const controller = options.controller ?? false;
  const blockOwnerDeletion = options.blockOwnerDeletion ?? controller;
  const flags = { ...(controller && { controller }), ...(blockOwnerDeletion && { blockOwnerDeletion }) };
  return { apiVersion: formatApiVersion(group, version), kind: kindName, name, uid, ...flags };
}

/**
 * Makes `owner` the controller of `object`, in place: changes of the object then wake the owner's reconciler, and the object goes when
 * the owner goes. Calling it again renews the reference.
 * @throws AlreadyOwnedError when another object controls it
 * @throws OwnerReferenceError when the two are in different namespaces, or the owner has one and the object is cluster-scoped
 */
export function setControllerReference(owner: Owner, ownerKind: AnyKind, object: KubeObject, options: Omit<OwnerReferenceOptions, 'controller'> = {}): void {
  const reference = ownerReferenceTo(owner, ownerKind, { blockOwnerDeletion: true, ...options, controller: true });
  checkScopes(owner, object, reference);
  const existing = controllerOf(object);
  if (existing && !refersToSame(existing, reference)) throw new AlreadyOwnedError(object, existing);
  putReference(object.metadata, reference);
}

/**
 * Adds `owner` to the owners of `object`, in place and without making it the controller.
 * @throws OwnerReferenceError as {@link setControllerReference} does
 */
export function setOwnerReference(owner: Owner, ownerKind: AnyKind, object: KubeObject, options: Omit<OwnerReferenceOptions, 'controller'> = {}): void {
  const reference = ownerReferenceTo(owner, ownerKind, options);
  checkScopes(owner, object, reference);
  putReference(object.metadata, reference);
}

/** Takes `owner` out of the owners of `object`, in place. Returns whether it was one. */
export function removeOwnerReference(owner: Owner, ownerKind: AnyKind, object: KubeObject): boolean {
  const reference = ownerReferenceTo(owner, ownerKind);
  const references = object.metadata.ownerReferences ?? [];
  const rest = references.filter((other) => !refersToSame(other, reference));
  if (rest.length === references.length) return false;
  if (rest.length > 0) object.metadata.ownerReferences = rest;
  else delete object.metadata.ownerReferences;
  return true;
}

/** The owner that manages the object. */
export function controllerOf(object: { readonly metadata: { readonly ownerReferences?: readonly Readonly<OwnerReference>[] } }): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

/** Whether `owner` manages the object; decided by uid, so an owner that was deleted and made anew is another one. */
export function isControlledBy(object: Parameters<typeof controllerOf>[0], owner: Owner): boolean {
  const controller = controllerOf(object);
  return controller !== undefined && controller.uid === owner.metadata.uid;
}

function checkScopes(owner: Owner, object: KubeObject, { kind, name }: OwnerReference): void {
  const namespace = owner.metadata.namespace ?? '';
  if (namespace === '') return;
  const own = object.metadata.namespace ?? '';
  const text = `${kind} ${namespace}/${name}`;
  if (own === '') throw new OwnerReferenceError(`cluster-scoped ${describe(object)} must not have the namespace-scoped owner ${text}`);
  if (own !== namespace) throw new OwnerReferenceError(`${describe(object)} must not have an owner in another namespace: ${text}`);
}

/** Versions of a kind are one owner. */
function refersToSame(a: OwnerReference, b: OwnerReference): boolean {
  return parseApiVersion(a.apiVersion).group === parseApiVersion(b.apiVersion).group && a.kind === b.kind && a.name === b.name;
}

function putReference(metadata: ObjectMeta, reference: OwnerReference): void {
  const references = metadata.ownerReferences ?? [];
  const index = references.findIndex((other) => refersToSame(other, reference));
  metadata.ownerReferences = index < 0 ? [...references, reference] : references.with(index, reference);
}

function describe(object: KubeObject): string {
  const { namespace, name, generateName } = object.metadata;
  return `${object.kind ?? 'object'} ${namespace ? `${namespace}/` : ''}${name ?? `${generateName ?? ''}*`}`;
}
