/**
 * @module dependents: the children of an object as a workflow. dependent.ts (this file) is what one declares, dependent-graph.ts puts
 * declarations in order, workflow.ts brings an object's children into the wanted state, children.ts finds, writes and deletes them,
 * field-drift.ts tells whether a child has to be written at all.
 */
import { resourceKind, type KindRef, type KubeObject, type ObjectOf } from '@kubewright/api';
import type { Logger } from '@kubewright/platform';

import type { Applicable, Reader } from '../client/client.js';
import type { DeepReadonly } from '../event/entry.js';

export type AnyKind = KindRef<never> | KindRef;

/** Marks a child with the name of its dependent: what carries it, and is controlled by the object, is pruned when it is no longer wanted. */
export const DEPENDENT_LABEL = 'kubewright.dev/dependent';

/** What the functions of a dependent may use. */
export interface DependentContext {
  /** Reads from the cache. */
  readonly reader: Reader;
  readonly log: Logger;
  /** The children of a dependent that stands in `dependsOn`, as the server has them. */
  childrenOf(name: string): readonly DeepReadonly<KubeObject>[];
}

/** A child, several, or none. Names are the declarer's; the namespace is that of the primary object unless given. */
export type Desired<K extends AnyKind> = Applicable<K> | readonly Applicable<K>[] | undefined;

/**
 * Children of one kind, declared: what they should be, after what, and when. They are written by server-side apply, whole and with force: fields
 * that `desired` no longer has go, fields of others stay.
 */
export interface DependentOptions<K extends AnyKind = AnyKind, P = never> {
  /** Unique in its controller, and a label's value: renaming a dependent prunes its children and makes new ones. @default the kind in lower case */
  readonly name?: string;
  /** What should be there; nothing means that what is there goes. It must be a function of its arguments, or the child is written each time. */
  desired(primary: DeepReadonly<P>, context: DependentContext): Desired<K> | Promise<Desired<K>>;
  /** Names of dependents that must be ready first. What depends on something unwanted is unwanted. @default none */
  readonly dependsOn?: readonly string[];
  /** Whether the children, all of which exist, do what dependents after this one, and the whole, need of them. @default as soon as they exist */
  readyWhen?(children: readonly DeepReadonly<ObjectOf<K>>[], primary: DeepReadonly<P>): boolean;
  /** The precondition: while it does not hold the children go, those of later dependents first. @default always wanted */
  wantedWhen?(primary: DeepReadonly<P>, context: DependentContext): boolean | Promise<boolean>;
  /**
   * The activation condition: while it does not hold nothing of this kind is read, watched, written or deleted. For kinds that a cluster may not
   * have. @default always active
   */
  activeWhen?(primary: DeepReadonly<P>, context: DependentContext): boolean | Promise<boolean>;
}

/** A declared dependent. Make one with {@link dependent}. */
export interface Dependent<K extends AnyKind = AnyKind, P = never> extends DependentOptions<K, P> {
  readonly kind: K;
  readonly name: string;
}

/**
 * Declares children of a kind.
 *
 * @example
 * dependent(Deployment, { desired: (widget: Widget & KubeObject) => deploymentOf(widget), readyWhen: ([deployment]) => isAvailable(deployment) })
 */
export function dependent<K extends AnyKind, P>(kind: K, options: DependentOptions<K, P>): Dependent<K, P> {
  return { ...options, kind, name: options.name ?? resourceKind(kind as KindRef<never>).kind.toLowerCase() };
}
