/**
 * @module meta: the metadata that every Kubernetes object carries, as plain JSON. Dates are strings, nothing is renamed, nothing is
 * re-instantiated. gvk.ts names kinds and resources, namespaced-name.ts names objects, names.ts says what names may look like,
 * condition.ts keeps the conditions of a status. What ties objects together is in resource/owner-reference.ts.
 */

/** `metadata` of an object (k8s.io/apimachinery/pkg/apis/meta/v1). Which fields a client may set is the server's decision. */
export interface ObjectMeta {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  /** Opaque to clients but for equality; Kubernetes 1.35 and newer promise that it is a decimal number that grows. */
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: ManagedFieldsEntry[];
  selfLink?: string;
}

/** An object on which another one depends; the garbage collector deletes the dependent when its owners are gone. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** Which fields one manager owns, for server-side apply. */
export interface ManagedFieldsEntry {
  manager?: string;
  operation?: 'Apply' | 'Update';
  apiVersion?: string;
  time?: string;
  fieldsType?: 'FieldsV1';
  fieldsV1?: Record<string, unknown>;
  subresource?: string;
}

/** `metadata` of a list. */
export interface ListMeta {
  resourceVersion?: string;
  continue?: string;
  remainingItemCount?: number;
  selfLink?: string;
}

/** What every object has. Objects are plain JSON: unknown fields are kept. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
}

/** A list of objects; its items carry no apiVersion and kind when they come from a typed list. */
export interface KubeList<T = KubeObject> {
  apiVersion?: string;
  kind?: string;
  metadata: ListMeta;
  items: T[];
}

/** An object of a kind that is not known at compile time. */
export interface UnstructuredObject extends KubeObject {
  [field: string]: unknown;
}
