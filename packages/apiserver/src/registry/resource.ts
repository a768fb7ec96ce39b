/**
 * @module registry: what the server serves. A {@link ResourceInfo} is one resource in one version, built-in or custom; the handlers know
 * nothing but this. builtin-resources.ts makes them from the recorded discovery and OpenAPI documents, apiextensions/ from definitions.
 */
import type { FieldError, KubeObject, TypedSchema } from '@kubewright/api';

import type { TableConvertor } from '../table/table.js';

/** A resource in one version. */
export interface ResourceInfo {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Verbs of the main resource. */
  readonly verbs: readonly string[];
  readonly subresources: readonly SubresourceInfo[];
  readonly custom: boolean;
  /** The version in which objects are stored; all versions of a resource share their storage. */
  readonly storageVersion: string;
  /** Where objects are kept when that is not under the resource's own group and plural: both Event resources share one place. */
  readonly storedAs?: { readonly group: string; readonly plural: string };
  /**
   * Turns objects of any version of the resource into `apiVersion`; without it only the apiVersion is replaced. Called with shared objects,
   * which it must not change. @throws ApiError when a conversion webhook fails
   */
  readonly convert?: (objects: readonly KubeObject[], apiVersion: string) => readonly KubeObject[] | Promise<readonly KubeObject[]>;
  /** Whether its versions differ in their schemas alone, and conversion changes nothing but the name of the version. @default false */
  readonly convertsByName?: boolean;
  /**
   * What is stored may be older than the schema: gives the object with the storage version's defaults filled in, the same one when there is
   * nothing to fill in. Called on every read from storage (before `convert`) with shared objects, which it must not change; cheap when repeated.
   */
  readonly readStored?: (object: KubeObject) => KubeObject;
  /** Types of the object; built on first use. Undefined: anything goes (preserve unknown fields). */
  readonly schema: TypedSchema | undefined;
  readonly strategy: Strategy;
  readonly table: TableConvertor;
  /** Told to clients of this version as a warning. */
  readonly deprecationWarning?: string;
}

/** `status`, `scale`, `eviction`, … */
export interface SubresourceInfo {
  readonly name: string;
  readonly verbs: readonly string[];
  /** Kind of its body where it is another than the resource's own, such as autoscaling/v1 Scale. */
  readonly group?: string;
  readonly version?: string;
  readonly kind: string;
  /** How its body is shown as a table, where that depends on the resource. */
  readonly table?: TableConvertor;
  /** Where a custom resource keeps its scale. */
  readonly scale?: { readonly specReplicasPath: string; readonly statusReplicasPath: string; readonly labelSelectorPath?: string };
}

/**
 * What is special about a kind (k8s.io/apiserver/pkg/registry/rest). Methods named `prepare…` may change `object` in place; it is the
 * request's own copy. The generic part (names, uid, timestamps, generation, finalizers, ownership) is the registry's.
 */
export interface Strategy {
  /** Fills in what the user left out; called on create, on update and after a patch, before validation. `merged`: by server-side apply. */
  applyDefaults(object: KubeObject, merged?: boolean): void;
  /** Removes unknown fields and returns their paths, for field validation. `values`: what a patch has merged, not a document. */
  prune(object: KubeObject, source?: 'json' | 'values'): string[];
  /** Drops what a client may not set, e.g. status where there is a status subresource. */
  prepareForCreate(object: KubeObject): void;
  /** `subresource` is '' for the main resource. Keeps what this write may not change and raises the generation when it has to. */
  prepareForUpdate(object: KubeObject, old: KubeObject, subresource: string): void;
  validate(object: KubeObject): FieldError[];
  /** `warn` is told what is wrong and let pass, because it was so before. */
  validateUpdate(object: KubeObject, old: KubeObject, subresource: string, warn?: (warning: string) => void): FieldError[];
  /** Told as warnings to whoever writes; `old` on updates of the main resource, where only what is new is worth telling. */
  warnings?(object: KubeObject, old?: KubeObject): string[];
  /**
   * Begins the deletion of a kind that the server cleans up after: called, before anything is removed, on the copy that is going to be stored,
   * when no deletion was under way. It sets deletionTimestamp and the finalizer that keeps the object; without it deletions go the common way.
   */
  beginDeletion?(object: KubeObject, now: number): void;
  /** Seconds that a deletion waits for the kubelet; undefined when objects of this kind go at once. */
  gracePeriod?(object: KubeObject, requested: number | undefined): number | undefined;
  /** Problems of a name; `prefix` when it is a generateName. @default a lower-case RFC 1123 subdomain */
  validateName?(name: string, prefix: boolean): string[];
  /** Whether an update of an object that is not there creates it. @default false */
  readonly allowCreateOnUpdate?: boolean;
  /** Whether an update may leave resourceVersion out. @default true */
  readonly allowUnconditionalUpdate?: boolean;
  /** Whether a deletion that took effect answers with the object instead of a Status. @default false */
  readonly returnsDeletedObject?: boolean;
  /** What becomes of dependents when a deletion does not say; 'unsupported' for kinds that own nothing. @default 'background' */
  readonly defaultPropagation?: 'background' | 'orphan' | 'unsupported';
  /** Called after admission and before validation for values that only the server can give: addresses, ports. */
  allocate?(object: KubeObject, old: KubeObject | undefined): void;
  /** Whether something besides metadata.finalizers holds an object that is being deleted, such as a namespace's spec.finalizers. */
  holdsDeletion?(object: KubeObject): boolean;
  /** Called when a deletion has to wait, for what else shows it: the phase of a namespace. */
  prepareForDeletion?(object: KubeObject): void;
  /** Values for field selectors besides metadata.name and metadata.namespace. */
  readonly selectableFields: Readonly<Record<string, (object: KubeObject) => string>>;
}
