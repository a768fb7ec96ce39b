import { setMaxListeners } from 'node:events';

import type { KindRef } from '@kubewright/api';
import type { Logger } from '@kubewright/platform';

import type { Selection } from '../cache/list-watcher.js';
import type { ObjectEvent } from '../event/event.js';
import type { EventHandler } from '../handler/event-handler.js';
import type { Predicate } from '../predicate/predicate.js';
import type { Request } from '../reconcile/request.js';
import { KindSource } from '../source/kind-source.js';
import type { RequestSink, Source } from '../source/source.js';
import type { Cluster } from './cluster.js';
import type { Clusters } from './clusters.js';

/** What of each cluster is listened to. */
export interface ClusterSourceOptions {
  readonly clusters: Clusters;
  readonly kind: KindRef<never> | KindRef;
  /** Which requests an event leads to; the cluster's name is added to each that has none. */
  readonly handler: EventHandler<Request> | ((cluster: Cluster) => EventHandler<Request>);
  readonly predicates?: readonly Predicate[];
  readonly selection?: Selection;
  readonly log: Logger;
}

/** One kind in every cluster that is engaged, from when it is until it is no more. */
export class ClusterSource implements Source<Request> {
  readonly name: string;

  constructor(private readonly options: ClusterSourceOptions) {
    const { kind } = options;
    this.name = `kind ${typeof kind === 'function' ? kind.name : kind.kind} of all clusters`;
  }

  /** Resolves at once: a cluster that can not be listed is waited for by nobody but its own objects. */
  async start(sink: RequestSink<Request>, signal: AbortSignal): Promise<void> {
    const { clusters, log } = this.options;
    const end = clusters.listen({
      engaged: (cluster) => {
        const stop = new AbortController();
        setMaxListeners(0, stop.signal);
        const onAbort = (): void => stop.abort(signal.reason);
        signal.addEventListener('abort', onAbort, { once: true });
        cluster.signal.addEventListener('abort', () => {
          signal.removeEventListener('abort', onAbort);
          stop.abort(cluster.signal.reason);
        }, { once: true });
        void this.#sourceFor(cluster).start(sink, stop.signal).catch((error: unknown) => {
          if (!stop.signal.aborted) log.error('a cluster can not be listened to', { cluster: cluster.name, source: this.name, error });
        });
      },
      disengaged: async () => {},
    });
    signal.addEventListener('abort', end, { once: true });
  }

  #sourceFor(cluster: Cluster): KindSource<Request> {
    const { handler, kind, predicates, selection, log } = this.options;
    const inner = typeof handler === 'function' ? handler(cluster) : handler;
    const stamped: EventHandler<Request> = {
      requestsFor: (event: ObjectEvent) => inner.requestsFor(event).map((request) => ({ cluster: cluster.name, ...request })),
    };
    return new KindSource({ cache: cluster.cache, kind, handler: stamped, log, ...(predicates && { predicates }), ...(selection && { selection }) });
  }
}
