import { Controller } from '../controller/controller.js';
import type { ControllerOptions } from '../controller/options.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import type { Manager } from '../manager/manager.js';
import type { Reconciler } from '../reconcile/reconciler.js';
import type { Source } from '../source/source.js';
import { withDefaults } from './controller-defaults.js';

/** A controller whose requests are not names of objects: a region, a shard of an account, a batch of objects. */
export interface TypedControllerOptions<R> {
  readonly name: string;
  /** Requests of equal key are one. */
  readonly keyOf: (request: R) => string;
  /** Sources of this type of request: KindSource, ChannelSource and PollSource take a handler that makes them. */
  readonly sources: readonly Source<R>[];
  readonly reconciler: Reconciler<R>;
  readonly options?: ControllerOptions<R>;
}

/** Adds a controller of typed requests to a manager. @throws KubewrightError KW_INVALID_OPTIONS */
export function typedController<R>(manager: Manager, given: TypedControllerOptions<R>): Controller<R> {
  const { name, keyOf, sources, reconciler, options = {} } = given;
  const problems = [
    typeof reconciler?.reconcile !== 'function' && 'its reconciler has no reconcile()',
    typeof keyOf !== 'function' && 'keyOf must be a function',
    !(sources?.length > 0) && 'there is nothing to watch: give at least one source',
    'cleanup' in (reconciler ?? {}) && 'cleanup() is called beside reconcileObject() only: a typed request has no object behind it',
  ].filter((problem) => typeof problem === 'string');
  if (problems.length > 0) throw new KubewrightError('KW_INVALID_OPTIONS', `controller ${name}: ${problems.join('; ')}`);
  const { client, random, clock, scheduler, metrics } = manager;
  const context = { client, random, recorder: manager.recorderFor(`${name}-controller`), log: manager.log };
  const controller: Controller<R> = new Controller<R>({
    name, reconciler, sources, keyOf, context, clock, scheduler, metrics,
    abandon: () => manager.abandonFor(controller.needsLeaderElection),
    options: withDefaults(manager, undefined, options),
  });
  manager.add(controller);
  return controller;
}
