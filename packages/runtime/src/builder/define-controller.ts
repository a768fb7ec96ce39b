import type { ObjectOf } from '@kubewright/api';

import type { Selection } from '../cache/list-watcher.js';
import type { Controller } from '../controller/controller.js';
import type { ControllerOptions } from '../controller/options.js';
import type { Dependent } from '../dependents/dependent.js';
import type { DeepReadonly } from '../event/entry.js';
import type { Manager } from '../manager/manager.js';
import type { Predicate } from '../predicate/predicate.js';
import type { ObjectReconciler } from '../reconcile/object-reconciler.js';
import type { ReconcileContext } from '../reconcile/reconciler.js';
import type { Request } from '../reconcile/request.js';
import type { Result } from '../reconcile/result.js';
import type { Source } from '../source/source.js';
import { controllerFor, type ControllerBuilder } from './controller-builder.js';
import type { AnyKind, OwnsOptions, WatchedKind, WatchHandler, WatchOptions } from './controller-spec.js';

/** A controller without a class. Either `reconcile` or `reconcileObject`. */
export interface ControllerDefinitionOptions<K extends AnyKind> extends ControllerOptions {
  /** The primary kind. */
  readonly for?: K;
  /** @default the primary kind in lower case */
  readonly name?: string;
  /** Predicates of the primary kind. */
  readonly predicates?: readonly Predicate[];
  readonly owns?: readonly (AnyKind | ({ readonly kind: WatchedKind } & OwnsOptions))[];
  /** Make each with {@link watch}, which knows the type of its kind. */
  readonly watches?: readonly Watch[];
  /** Sources, or functions that make one for a manager: a source belongs to one controller. */
  readonly sources?: readonly (Source<Request> | ((manager: Manager) => Source<Request>))[];
  /** A part of the primary kind, beside what the cache holds of it. */
  readonly selection?: Selection;
  /** Predicates of every kind that is watched. */
  readonly allPredicates?: readonly Predicate[];
  /** Make each with `dependent(kind, options)`. */
  readonly dependents?: readonly Dependent[];
  /** See {@link ControllerBuilder.withOrderedDeletion}. */
  readonly orderedDeletion?: boolean;
  /** See {@link ControllerBuilder.withFinalizer}. */
  readonly finalizer?: string;
  /** See {@link ControllerBuilder.sharded}. */
  readonly sharded?: boolean | ((request: Request) => string);
  reconcile?(request: Request, context: ReconcileContext): Promise<Result | void>;
  reconcileObject?(object: DeepReadonly<ObjectOf<K>>, context: ReconcileContext): Promise<Result | void>;
  /** Beside `reconcileObject`; see {@link ObjectReconciler.cleanup}. */
  cleanup?(object: DeepReadonly<ObjectOf<K>>, context: ReconcileContext): Promise<Result | void>;
}

/** A kind that is watched, and what its events lead to. */
export interface Watch extends WatchOptions {
  readonly kind: WatchedKind;
  readonly handler: WatchHandler;
}

/** A controller that waits for its manager. */
export interface ControllerDefinition {
  addTo(manager: Manager): Controller<Request>;
}

/** An entry of {@link ControllerDefinitionOptions.watches}. */
export function watch<K extends WatchedKind>(kind: K, handler: WatchHandler<K>, options: WatchOptions = {}): Watch {
  return { ...options, kind, handler: handler as unknown as WatchHandler };
}

/**
 * Defines a controller as a value: what the builder does, without calls.
 *
 * @example
 * export const widgets = defineController({
 *   for: Widget,
 *   owns: [Deployment],
 *   async reconcileObject(widget, { client }) {
 *     await client.apply(Deployment, deploymentOf(widget));
 *   },
 * });
 * // in createManager: addControllers(manager, widgets);
 */
export function defineController<K extends AnyKind>(definition: ControllerDefinitionOptions<K>): ControllerDefinition {
  return {
    addTo(manager) {
      const {
        for: primary, name, predicates = [], selection, allPredicates = [], owns = [], watches = [], sources = [], dependents = [], orderedDeletion, finalizer, sharded,
        reconcile, reconcileObject, cleanup, ...options
      } = definition;
      let builder: ControllerBuilder = controllerFor(manager).withOptions(options).withPredicates(...allPredicates).dependents(...dependents);
      if (primary) builder = builder.for(primary, { predicates, ...(selection && { selection }) });
      if (name) builder = builder.named(name);
      if (orderedDeletion) builder = builder.withOrderedDeletion();
      if (finalizer !== undefined) builder = builder.withFinalizer(finalizer);
      if (sharded) builder = builder.sharded(typeof sharded === 'function' ? sharded : undefined);
      for (const owned of owns) builder = isKind(owned) ? builder.owns(owned) : builder.owns(owned.kind, owned);
      for (const { kind, handler, ...rest } of watches) builder = builder.watches(kind, handler, rest);
      for (const source of sources) builder = builder.watchesSource(typeof source === 'function' ? source(manager) : source);
      if (reconcile) return builder.complete({ reconcile: reconcile.bind(definition), ...(cleanup && { cleanup }) });
      if (!reconcileObject && !cleanup && dependents.length > 0) return builder.complete();
      const byObject = { ...(reconcileObject && { reconcileObject: reconcileObject.bind(definition) }), ...(cleanup && { cleanup: cleanup.bind(definition) }) } as ObjectReconciler<never>;
      return builder.complete(byObject);
    },
  };
}

/** A class or a constant names a kind; what has a kind that does is an entry with options. */
function isKind(owned: AnyKind | { readonly kind: WatchedKind }): owned is AnyKind {
  return typeof owned === 'function' || 'plural' in owned;
}
