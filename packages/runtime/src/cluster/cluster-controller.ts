import { resourceKind, type KindRef } from '@kubewright/api';

import { Controller } from '../controller/controller.js';
import type { ControllerOptions } from '../controller/options.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import { enqueueObject } from '../handler/enqueue-object.js';
import { enqueueOwner } from '../handler/enqueue-owner.js';
import type { EventHandler } from '../handler/event-handler.js';
import type { Manager } from '../manager/manager.js';
import type { Predicate } from '../predicate/predicate.js';
import type { ReconcileContext, Reconciler } from '../reconcile/reconciler.js';
import { requestKey, type Request } from '../reconcile/request.js';
import type { Result } from '../reconcile/result.js';
import type { Source } from '../source/source.js';
import { eitherSignal } from '../sharding/either-signal.js';
import type { Cluster } from './cluster.js';
import { ClusterSource } from './cluster-source.js';
import type { Clusters } from './clusters.js';

type AnyKind = KindRef<never> | KindRef;

/** A controller over all clusters. */
export interface ClusterControllerOptions extends ControllerOptions {
  /** @default the primary kind in lower case */
  readonly name?: string;
  /** The primary kind. */
  readonly for: AnyKind;
  /** Kinds whose objects the primary object controls, in the same cluster. */
  readonly owns?: readonly AnyKind[];
  /** Further kinds, each with what its events lead to; a request may name another cluster than the event's own. */
  readonly watches?: readonly { readonly kind: AnyKind; readonly handler: EventHandler<Request> | ((cluster: Cluster) => EventHandler<Request>) }[];
  /** Predicates of the primary kind. */
  readonly predicates?: readonly Predicate[];
  /** `context.client` is that of the request's cluster, and `context.signal` aborts when it is disengaged. */
  reconcile(request: Request & { readonly cluster: string }, context: ReconcileContext & { readonly cluster: Cluster }): Promise<Result | void>;
}

/**
 * Adds a controller that reconciles one kind in every cluster that is engaged, through one queue. Requests of a cluster that is disengaged are
 * dropped; those that are under way are told, and the cluster is gone when they have ended.
 *
 * @example
 * addClusterController(manager, clusters, {
 *   for: Widget,
 *   async reconcile({ cluster, namespace, name }, { client, log }) {
 *     log.info('looking', { size: (await client.get(Widget, { namespace, name })).spec.size });
 *   },
 * });
 */
export function addClusterController(manager: Manager, clusters: Clusters, options: ClusterControllerOptions): Controller<Request> {
  const { kind } = resourceKind(options.for as KindRef<never>);
  const name = options.name ?? kind.toLowerCase();
  const { random, clock, scheduler, metrics, client, log } = manager;
  const source = (of: AnyKind, handler: EventHandler<Request> | ((cluster: Cluster) => EventHandler<Request>), predicates?: readonly Predicate[]): Source<Request> =>
    new ClusterSource({ clusters, kind: of, handler, log, ...(predicates && { predicates }) });
  const sources = [
    source(options.for, enqueueObject(), options.predicates),
    ...(options.owns ?? []).map((each) => source(each, enqueueOwner(options.for))),
    ...(options.watches ?? []).map((each) => source(each.kind, each.handler)),
  ];
  const controller: Controller<Request> = new Controller<Request>({
    name, sources, clock, scheduler, metrics, options,
    reconciler: new ClusterReconciler(clusters, options),
    keyOf: requestKey,
    context: { client, random, log, recorder: manager.recorderFor(`${name}-controller`) },
    abandon: () => manager.abandonFor(controller.needsLeaderElection),
  });
  manager.add(controller);
  return controller;
}

/** Finds the cluster of a request, and remembers what is under way in which. */
class ClusterReconciler implements Reconciler {
  readonly #underWay = new Map<Cluster, Set<Promise<unknown>>>();

  constructor(private readonly clusters: Clusters, private readonly options: ClusterControllerOptions) {
    clusters.listen({
      engaged: () => {},
      disengaged: async (cluster) => {
        await Promise.allSettled([...(this.#underWay.get(cluster) ?? [])]);
        this.#underWay.delete(cluster);
      },
    });
  }

  async reconcile(request: Request, context: ReconcileContext): Promise<Result | void> {
    const { cluster: name } = request;
    if (name === undefined || !this.clusters.has(name)) return undefined;
    const cluster = this.clusters.get(name);
    const either = eitherSignal([context.signal, cluster.signal]);
    const attempt = this.options.reconcile({ ...request, cluster: name }, { ...context, client: cluster.client, log: context.log.with({ cluster: name }), signal: either.signal, cluster });
    const attempts = this.#underWay.get(cluster) ?? new Set();
    this.#underWay.set(cluster, attempts.add(attempt));
    try {
      return await attempt;
    } catch (error) {
      if (!cluster.signal.aborted) throw error;
      throw new KubewrightError('KW_CLUSTER', `${requestKey(request)}: cluster ${name} was disengaged`, { cause: error, retry: 'never' });
    } finally {
      attempts.delete(attempt);
      either.end();
    }
  }
}
