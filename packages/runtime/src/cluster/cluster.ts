import type { Clock, Logger, Random, Transport } from '@kubewright/platform';

import { Cache, type CacheOptions } from '../cache/cache.js';
import { DelegatingClient } from '../cache/delegating-client.js';
import type { Reader, WatchingClient } from '../client/client.js';
import { createTransport } from '../client/create-client.js';
import { DirectClient } from '../client/direct-client.js';
import type { DryRunOptions } from '../client/dry-run-client.js';
import { HttpTransport } from '../client/http-transport.js';
import type { Interceptor } from '../client/interceptors/interceptor.js';
import type { RestConfig } from '../client/rest-config.js';
import { RestMapper } from '../client/rest-mapper.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import { dryRunRefusal, planningClient } from '../manager/dry-run.js';
import type { MetricsRegistry } from '../metrics/metrics-registry.js';

/** How to reach a cluster: a configuration, or a transport that reaches it already and is left open at the end. */
export interface ClusterConnection {
  readonly config?: RestConfig;
  readonly transport?: Transport;
  /** Rings around the requests to this cluster, as a manager has them around its own. @default none */
  readonly interceptors?: readonly Interceptor[];
  /** What the cluster's cache holds, and how. */
  readonly cache?: Omit<CacheOptions, 'transport' | 'clock' | 'random' | 'log' | 'metrics'>;
}

/** What the clusters of a manager have in common. */
export interface ClusterDependencies {
  /** Books writes in managedFields, and the user agent. */
  readonly fieldOwner: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: MetricsRegistry;
  /** Why a write may not be sent now; undefined when it may. */
  readonly refusal: () => Error | undefined;
  /** Plans writes instead of sending them. @default they are sent */
  readonly dryRun?: DryRunOptions | undefined;
}

/** One cluster that is looked after: its cache and its clients, which no other cluster shares. */
export class Cluster {
  readonly cache: Cache;
  /** Reads from the cache, writes to the API server (plans the writes, in a dry run of the manager), and watches past the cache. */
  readonly client: WatchingClient;
  /** Finds the kinds of this cluster that are known by group and name only. */
  readonly restMapper: RestMapper;
  /** Reads from the API server. */
  readonly apiReader: Reader;
  /** Aborts when the cluster is disengaged. */
  readonly signal: AbortSignal;
  readonly #stop = new AbortController();
  readonly #close: () => Promise<void>;

  constructor(readonly name: string, connection: ClusterConnection, dependencies: ClusterDependencies) {
    const { clock, random, metrics, fieldOwner, refusal, dryRun } = dependencies;
    const { config, transport: given, cache = {}, interceptors = [] } = connection;
    if (!config === !given) throw new KubewrightError('KW_INVALID_OPTIONS', `cluster ${name}: give either config or transport`);
    const log = dependencies.log.with({ cluster: name });
    const reached = given ?? new HttpTransport(config!, clock);
    const host = config ? new URL(config.server).host : `in-memory-${name}`;
    const fenced: Transport = {
      dispatch: async (request, signal) => {
        const error = this.signal.aborted ? new KubewrightError('KW_CLUSTER', `${request.method} ${request.path}: cluster ${name} is not engaged`) : (refusal() ?? (dryRun && dryRunRefusal(request)));
        if (error && (this.signal.aborted || (request.method !== 'GET' && request.method !== 'HEAD'))) throw error;
        return reached.dispatch(request, signal);
      },
      close: () => reached.close(),
    };
    this.restMapper = new RestMapper({ transport: { dispatch: (request, abort) => transport.dispatch(request, abort), close: async () => {} }, clock });
    const rings = [...interceptors, this.restMapper.interceptor];
    const transport = createTransport({ transport: fenced, clock, log, metrics, userAgent: fieldOwner, host, interceptors: rings });
    const direct = new DirectClient(transport, { fieldOwner });
    this.signal = this.#stop.signal;
    this.cache = new Cache({ ...cache, transport, clock, random, log, metrics });
    const client = new DelegatingClient({ direct, cache: this.cache, clock });
    this.client = dryRun ? planningClient(client, dryRun, name) : client;
    this.apiReader = direct;
    this.#close = async () => (given ? undefined : reached.close());
  }

  /** Fills the cache and keeps it until {@link stop}. @internal */
  async run(): Promise<void> {
    await this.cache.start(this.signal);
    await this.#close();
  }

  /** @internal */
  stop(reason: unknown): void {
    this.#stop.abort(reason);
  }
}
