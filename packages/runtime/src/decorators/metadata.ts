/**
 * @module decorators: a controller as a class. A decorator records what it is told under one registered symbol on the class and does nothing else
 * (metadata.ts, this file); scanner.ts turns the record into the builder calls that one may write by hand; container.ts makes the instances.
 */
import type { AnyKind, OwnsOptions, WatchedKind, WatchHandler, WatchOptions } from '../builder/controller-spec.js';
import type { ControllerOptions } from '../controller/options.js';
import type { Dependent } from '../dependents/dependent.js';
import type { Predicate } from '../predicate/predicate.js';
import type { Request } from '../reconcile/request.js';
import type { Source } from '../source/source.js';
import type { DependencyContainer, InjectionToken } from './injection.js';

/** What `@Controller` can say. */
export interface ControllerDecoratorOptions<K extends AnyKind = AnyKind> extends ControllerOptions, Pick<WatchOptions, 'selection'> {
  /** The primary kind. @default none: then a name and something to watch are needed */
  readonly for?: K;
  /** @default the primary kind in lower case */
  readonly name?: string;
  /** Which events of the primary kind count. @default all */
  readonly predicates?: readonly Predicate[];
  /** Predicates of every kind that is watched. @default none */
  readonly allPredicates?: readonly Predicate[];
  /** The finalizer behind which `cleanup` stands. @default `<group of the primary kind>/<name of the controller>` */
  readonly finalizer?: string;
  /** Takes dependents down in reverse order before the object goes. @default false */
  readonly orderedDeletion?: boolean;
  /**
   * Makes the class a controller of typed requests: its `@WatchesSource`s make requests of any type, this function tells them apart, and `reconcile` is
   * given them. Needs a name; see `typedController`. @default requests name objects
   */
  readonly keyOf?: (request: never) => string;
  /** Divides the objects among all replicas, each for itself or by what a function says belongs together. @default false */
  readonly sharded?: boolean | ((request: Request) => string);
}

/** A source, the token under which the manager's container has one, or a function that makes one for a manager. */
export type SourceProvider = Source<Request> | InjectionToken<Source<Request>> | { readonly use: (container: DependencyContainer) => Source<Request> };

/** What the decorators of one class said, in the order of the source. */
export interface ControllerMetadata {
  readonly controller?: ControllerDecoratorOptions;
  readonly owns: readonly { readonly kind: WatchedKind; readonly options: OwnsOptions }[];
  readonly watches: readonly { readonly kind: WatchedKind; readonly handler: WatchHandler; readonly options: WatchOptions }[];
  readonly sources: readonly SourceProvider[];
  readonly dependents: readonly Dependent[];
}

/** Any class; what its constructor takes is the container's business. */
export type AnyClass<T = object> = new (...args: never[]) => T;

const CONTROLLER = Symbol.for('kubewright.controller');

/** What is recorded on the class itself; a base class's record is its own. */
export function controllerMetadata(target: AnyClass): ControllerMetadata | undefined {
  return Object.hasOwn(target, CONTROLLER) ? (target as unknown as Record<symbol, ControllerMetadata>)[CONTROLLER] : undefined;
}

/** Changes the record. Decorators run from the one next to the class upwards, so a new entry goes first. */
export function record(target: AnyClass, change: (metadata: ControllerMetadata) => ControllerMetadata): void {
  const metadata = controllerMetadata(target) ?? { owns: [], watches: [], sources: [], dependents: [] };
  Object.defineProperty(target, CONTROLLER, { value: change(metadata), configurable: true });
}
