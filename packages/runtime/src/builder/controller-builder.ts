/**
 * @module builder: where a controller and its manager meet. controller-builder.ts (this file) and define-controller.ts are two ways to say the same
 * thing, controller-spec.ts is that thing, build-controller.ts makes a running part of it.
 */
import { KubewrightError } from '../errors/kubewright-error.js';
import type { Controller } from '../controller/controller.js';
import type { ControllerOptions } from '../controller/options.js';
import { dependent, type Dependent, type DependentOptions } from '../dependents/dependent.js';
import type { Manager } from '../manager/manager.js';
import type { Predicate } from '../predicate/predicate.js';
import type { ObjectReconciler } from '../reconcile/object-reconciler.js';
import type { Reconciler } from '../reconcile/reconciler.js';
import type { Request } from '../reconcile/request.js';
import type { Source } from '../source/source.js';
import { buildController } from './build-controller.js';
import { checkedName, EMPTY_SPEC, type AnyKind, type ControllerSpec, type OwnsOptions, type WatchedKind, type WatchHandler, type WatchOptions } from './controller-spec.js';

/**
 * Begins a controller of a manager.
 *
 * @example
 * controllerFor(manager).for(Widget, { predicates: [generationChanged] }).owns(Deployment).complete(new WidgetReconciler());
 */
export function controllerFor(manager: Manager): ControllerBuilder {
  return new ControllerBuilder(manager, EMPTY_SPEC);
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

  /** A kind whose objects the primary object controls: their events lead to their owner. `{ group, kind }` is enough. */
  owns(kind: WatchedKind, options: OwnsOptions = {}): ControllerBuilder {
    return this.#with({ owns: [...this.spec.owns, { kind, options }] });
  }

  /** Any other kind, with what its events lead to. Of a kind that is not a type of the program, `{ group, kind }` is enough: where its objects are says the server. */
  watches<K extends WatchedKind>(kind: K, handler: WatchHandler<K>, options: WatchOptions = {}): ControllerBuilder {
    return this.#with({ watches: [...this.spec.watches, { kind, handler: handler as unknown as WatchHandler, options }] });
  }

  /** News from elsewhere. */
  watchesSource(source: Source<Request>): ControllerBuilder {
    return this.#with({ sources: [...this.spec.sources, source] });
  }

  /**
   * Children that the framework makes, updates and prunes before the reconciler is called; it watches their kind as `owns` does. They are looked at
   * in the order of their `dependsOn`.
   */
  dependent<K extends AnyKind, P>(kind: K, options: DependentOptions<K, P>): ControllerBuilder {
    return this.dependents(dependent(kind, options) as unknown as Dependent);
  }

  /** Dependents that were declared elsewhere, with `dependent(kind, options)`. */
  dependents(...dependents: readonly Dependent[]): ControllerBuilder {
    return this.#with({ dependents: [...this.spec.dependents, ...dependents] });
  }

  /** Takes the dependents down in reverse order before the object goes; this needs a finalizer. @default at once, by the garbage collector */
  withOrderedDeletion(): ControllerBuilder {
    return this.#with({ orderedDeletion: true });
  }

  /** The name of the finalizer behind which `cleanup` stands: a domain, a slash, a name. It must never change while objects carry it. */
  withFinalizer(finalizer: string): ControllerBuilder {
    return this.#with({ finalizer });
  }

  /**
   * Divides the objects among all replicas of the manager, which needs the option `sharding`. Implies `needsLeaderElection: false`.
   *
   * @param shardKeyOf what belongs together is on one replica. @default each object for itself
   */
  sharded(shardKeyOf?: (request: Request) => string): ControllerBuilder {
    return this.#with({ sharding: shardKeyOf ? { shardKeyOf } : {} });
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

  /**
   * Adds the controller to the manager; it starts with it, or at once when it runs.
   *
   * @param reconciler may be left out where dependents do all the work
   * @throws KubewrightError KW_INVALID_OPTIONS listing all problems
   */
  complete(reconciler?: Reconciler | ObjectReconciler<never>): Controller<Request> {
    checkedName(this.spec);
    const controller = buildController(this.manager, this.spec, reconciler);
    this.manager.add(controller);
    return controller;
  }

  #with(more: Partial<ControllerSpec>): ControllerBuilder {
    return new ControllerBuilder(this.manager, { ...this.spec, ...more });
  }
}
