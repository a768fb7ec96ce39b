/**
 * @module builder: where a controller and its manager meet. controller-builder.ts (this file) and define-controller.ts are two ways to say the same
 * thing, controller-spec.ts is that thing, build-controller.ts makes a running part of it.
 */
import { KubewrightError } from '../errors/kubewright-error.js';
import type { Controller } from '../controller/controller.js';
import type { ControllerOptions } from '../controller/options.js';
import type { Manager } from '../manager/manager.js';
import type { Predicate } from '../predicate/predicate.js';
import type { ObjectReconciler } from '../reconcile/object-reconciler.js';
import type { Reconciler } from '../reconcile/reconciler.js';
import type { Request } from '../reconcile/request.js';
import type { Source } from '../source/source.js';
import { buildController } from './build-controller.js';
import { checkedName, type AnyKind, type ControllerSpec, type OwnsOptions, type WatchHandler, type WatchOptions } from './controller-spec.js';

/**
 * Begins a controller of a manager.
 *
 * @example
 * controllerFor(manager).for(Widget, { predicates: [generationChanged] }).owns(Deployment).complete(new WidgetReconciler());
 */
export function controllerFor(manager: Manager): ControllerBuilder {
  return new ControllerBuilder(manager, { owns: [], watches: [], sources: [], predicates: [], options: {} });
}

/** Each call returns a builder with one thing more and leaves the old one as it was. */
export class ControllerBuilder {
  /** @param spec what was said so far */
  constructor(private readonly manager: Manager, readonly spec: ControllerSpec) {}

  /** The kind whose objects are reconciled: the primary kind. Once. */
  for(kind: AnyKind, options: WatchOptions = {}): ControllerBuilder {
    if (this.spec.for) {
      throw new KubewrightError('KW_INVALID_OPTIONS', 'a controller is for one kind: for() was called twice', { hint: 'Use watches() for further kinds.' });
    }
    return this.#with({ for: { kind, options } });
  }

  /** A kind whose objects the primary object controls: their events lead to their owner. */
  owns(kind: AnyKind, options: OwnsOptions = {}): ControllerBuilder {
    return this.#with({ owns: [...this.spec.owns, { kind, options }] });
  }

  /** Any other kind, with what its events lead to. */
  watches<K extends AnyKind>(kind: K, handler: WatchHandler<K>, options: WatchOptions = {}): ControllerBuilder {
    return this.#with({ watches: [...this.spec.watches, { kind, handler: handler, options }] });
  }

  /** News from elsewhere. */
  watchesSource(source: Source<Request>): ControllerBuilder {
    return this.#with({ sources: [...this.spec.sources, source] });
  }

  /** @default the primary kind in lower case */
  named(name: string): ControllerBuilder {
    return this.#with({ name });
  }

  /** Laid over what was given before. */
  withOptions(options: ControllerOptions): ControllerBuilder {
    return this.#with({ options: { ...this.spec.options, ...options } });
  }

  /** Predicates for every kind that is watched; sources of their own are not asked. */
  withPredicates(...predicates: readonly Predicate[]): ControllerBuilder {
    return this.#with({ predicates: [...this.spec.predicates, ...predicates] });
  }

  /** Adds the controller to the manager; it starts with it, or at once when it runs. @throws KubewrightError KW_INVALID_OPTIONS listing all problems */
  complete(reconciler: Reconciler | ObjectReconciler<never>): Controller<Request> {
    checkedName(this.spec);
    const controller = buildController(this.manager, this.spec, reconciler);
    this.manager.add(controller);
    return controller;
  }

  #with(more: Partial<ControllerSpec>): ControllerBuilder {
    return new ControllerBuilder(this.manager, { ...this.spec, ...more });
  }
}
