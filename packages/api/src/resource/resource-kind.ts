/**
 * @module resource: what an API definition is written with. A {@link ResourceKind} says where objects of a kind live; built-in kinds are
 * constants (`StatefulSet` of @kubewright/api/apps/v1), own kinds are classes decorated with {@link CustomResource}. helper-types.ts has
 * the types that a schema needs and TypeScript lacks.
 */
import type { KubeObject } from '../meta/object-meta.js';

declare const objectType: unique symbol;

/** Where objects of a kind live. `T` is the type of the objects; it exists at compile time only. */
export interface ResourceKind<T = KubeObject> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Lower-case plural, as in URLs. */
  readonly plural: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly [objectType]?: T;
}

/** A class decorated with {@link CustomResource}. Objects are plain JSON of its shape, never instances. */
export type ResourceClass<T = object> = abstract new () => T;

/** Names a kind in calls such as `client.get(Prometheus, …)`: a constant of a built-in kind, a decorated class, or a value made by hand. */
export type KindRef<T = object> = ResourceKind<T> | ResourceClass<T>;

/** The objects of a kind. A class need not declare apiVersion, kind and metadata: they are added here. */
export type ObjectOf<K> =
  K extends { readonly [objectType]?: infer T; readonly plural: string } ? T & KubeObject
  : K extends abstract new () => infer T ? T & KubeObject
  : never;

/** Metadata is kept on the class under a registered symbol: two installed copies of this package must agree. */
export const RESOURCE = Symbol.for('kubewright.resource');

/** The kind behind a reference. @throws TypeError for a class that is not decorated; the message names it and the cure. */
export function resourceKind<T>(ref: KindRef<T>): ResourceKind<T> {
  if (typeof ref !== 'function') return ref;
  const kind = Object.hasOwn(ref, RESOURCE) ? (ref as unknown as Record<symbol, ResourceKind<T>>)[RESOURCE] : undefined;
  if (!kind) throw new TypeError(`class ${ref.name || '(anonymous)'} is not a resource: decorate it with @CustomResource({ group, version })`);
  return kind;
}
