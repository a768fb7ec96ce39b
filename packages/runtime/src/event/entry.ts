import type { KubeObject, OwnerReference } from '@kubewright/api';

/** Readonly all the way down. Data of the cache has this type: to change an object, `mutableCopy` it first. */
export type DeepReadonly<T> = T extends Primitive ? T : T extends (infer E)[] ? readonly DeepReadonly<E>[] : T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** First, because helper types such as Int32 are primitives with a mark, which count as objects, too. */
type Primitive = string | number | boolean | bigint | null | undefined;

/**
 * One object in the cache: the few fields that keys, indexes, predicates and owner mapping need, and the object itself behind a call, so
 * that a store may hold raw bytes, a projection or metadata only.
 */
export interface Entry<T = KubeObject> {
  /** `namespace/name`, or `name` for a cluster-scoped object. */
  readonly key: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** 0 for kinds without generation. */
  readonly generation: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly ownerReferences: readonly OwnerReference[];
  readonly finalizers: readonly string[];
  readonly deletionTimestamp?: string;
  /** The object, readonly (frozen in development). Its identity across calls is not promised. Valid until the handlers have returned. */
  object(): DeepReadonly<T>;
}
