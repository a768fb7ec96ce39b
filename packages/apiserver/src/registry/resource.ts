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
  /** Where a custom resource keeps its scale. */
  readonly scale?: { readonly specReplicasPath: string; readonly statusReplicasPath: string; readonly labelSelectorPath?: string };
}

/**
 * What is special about a kind (k8s.io/apiserver/pkg/registry/rest). Methods named `prepare…` may change `object` in place; it is the
 * request's own copy. The generic part (names, uid, timestamps, generation, finalizers, ownership) is the registry's.
 */
export interface Strategy {
  /** Fills in what the user left out; called on create, on update and after a patch, before validation. */
  applyDefaults(object: KubeObject): void;
  /** Removes unknown fields and returns their paths, for field validation. */
  prune(object: KubeObject): string[];
  /** Drops what a client may not set, e.g. status where there is a status subresource. */
  prepareForCreate(object: KubeObject): void;
  /** `subresource` is '' for the main resource. Keeps what this write may not change and raises the generation when it has to. */
  prepareForUpdate(object: KubeObject, old: KubeObject, subresource: string): void;
  validate(object: KubeObject): FieldError[];
  validateUpdate(object: KubeObject, old: KubeObject, subresource: string): FieldError[];
  /** Told as warnings to whoever writes. */
  warnings?(object: KubeObject): string[];
  /** Seconds that a deletion waits for the kubelet; undefined when objects of this kind go at once. */
  gracePeriod?(object: KubeObject, requested: number | undefined): number | undefined;
  /** Values for field selectors besides metadata.name and metadata.namespace. */
  readonly selectableFields: Readonly<Record<string, (object: KubeObject) => string>>;
}
