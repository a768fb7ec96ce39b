import { hostname } from 'node:os';

import type { KindRef } from '@kubewright/api';
import {
  realClock, RealLoopMonitor, realScheduler, systemRandom,
  type Clock, type Logger, type LoopMonitor, type Random, type Scheduler, type Transport,
} from '@kubewright/platform';

import type { CacheOptions } from '../cache/cache.js';
import type { DryRunOptions } from '../client/dry-run-client.js';
import type { Interceptor } from '../client/interceptors/interceptor.js';
import type { RestConfig } from '../client/rest-config.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import { resolveLeaderElectionOptions, type LeaderElectionOptions, type ResolvedLeaderElectionOptions } from '../leaderelection/options.js';
import type { MetricsRegistry } from '../metrics/metrics-registry.js';
import { noopRegistry } from '../metrics/noop-registry.js';
import { resolveShardingOptions, type ResolvedShardingOptions, type ShardingOptions } from '../sharding/options.js';
import { defaultLog } from './default-log.js';
import { resolveDryRun } from './dry-run.js';
import { isOff, parseBindAddress } from './http-server.js';
import type { RejectionPolicy } from './unhandled-rejections.js';

/** What a manager is made of. All of it can be left out in `main`. */
export interface ManagerOptions {
  /** The operator's name: books its writes in managedFields and stands in its user agent. @default 'kubewright' */
  readonly name?: string;
  /** How to reach the API server. @default KUBECONFIG, in-cluster, ~/.kube/config */
  readonly config?: RestConfig;
  /** Reaches the API server already: an embedded one, in tests. It is left open at the end. @default made from `config` */
  readonly transport?: Transport;
  /**
   * Rings of your own around every request of the manager's clients and caches, the first one outermost: headers, auditing, faults in tests. They see
   * each request once, before retries and before a write that may not be sent any more is refused. Requests for Leases do not pass them: what is slow
   * or fails here must not cost the leadership. Clusters have their own (see `ClusterConnection`).
   * @default none
   */
  readonly interceptors?: readonly Interceptor[];
  /**
   * Writes nothing: what the manager's client is asked to write is worked out, told to `onWrite` (printed on standard output, for `true`) and seen by
   * its later reads; see {@link dryRunClient}. Every other write is refused, events are dropped, and there is no election. Reconciles go on as if
   * their writes had been made, but no event follows from them. Read a flag or the environment in `main`: `dryRun: process.env.KUBEWRIGHT_DRY_RUN === '1'`.
   * @default false
   */
  readonly dryRun?: boolean | DryRunOptions;
  /** @default the real one */
  readonly clock?: Clock;
  /** @default the system's */
  readonly random?: Random;
  /** @default the real one */
  readonly scheduler?: Scheduler;
  /** @default JSON lines on standard error, by pino; `pinoLogger(pino({ ... }))` of @kubewright/platform takes a pino of yours */
  readonly log?: Logger;
  /** Election of one active replica. @default none: every replica is active, so run a single one */
  readonly leaderElection?: LeaderElectionOptions;
  /** Divides the objects of the controllers that ask for it among all replicas. @default none */
  readonly sharding?: ShardingOptions;
  /** The namespaces that the cache holds. @default all */
  readonly namespaces?: readonly string[];
  /** What else the cache holds, and how. */
  readonly cache?: Omit<CacheOptions, 'transport' | 'clock' | 'random' | 'log' | 'metrics' | 'namespaces'>;
  /** Kinds that reads get from the server each time: large ones that are seldom read, or that must not be held. @default none */
  readonly uncached?: readonly (KindRef<never> | KindRef)[];
  readonly metrics?: {
    /** Where `/metrics` is served: `:8080`, `127.0.0.1:0`; `0` for nowhere. @default '0' */
    readonly bindAddress?: string;
    /** @default a new one when metrics are served, else none */
    readonly registry?: MetricsRegistry;
    /** Serves them over TLS: with a certificate of our own, or with files, which are read again each minute. @default plain HTTP */
    readonly certificate?: 'self-signed' | { readonly certFile: string; readonly keyFile: string };
    /**
     * Asks the API server for each scraper who it is and whether it may `get` the path; needs the verb `create` on tokenreviews and
     * subjectaccessreviews. @default false
     */
    readonly authorization?: boolean;
  };
  readonly health?: {
    /** Where `/healthz` and `/readyz` are served; may be the address of the metrics. @default '0' */
    readonly bindAddress?: string;
    /**
     * Milliseconds: `/healthz` fails after the event loop stood still for longer than that. Generous: a restart loses the caches.
     * @default not checked; the delay is a metric in any case
     */
    readonly maxEventLoopDelay?: number;
  };
  /** Serves CPU profiles and heap snapshots below `/debug/profile/` where the metrics are, under the same rules. @default false */
  readonly profiling?: boolean;
  /** @default 'crash' */
  readonly unhandledRejections?: RejectionPolicy;
  /** @default that of the process */
  readonly loopMonitor?: LoopMonitor;
  /**
   * Milliseconds that everything together has to stop; 0 does not wait, Infinity waits for ever. Keep a pod's terminationGracePeriodSeconds
   * above it.
   * @default 30_000
   */
  readonly gracefulShutdownTimeout?: number;
}

/** With the defaults filled in and everything checked. */
export interface ResolvedManagerOptions extends Required<Omit<ManagerOptions, 'config' | 'transport' | 'dryRun' | 'leaderElection' | 'sharding' | 'metrics' | 'health'>> {
  readonly transport: Transport;
  /** Whether the transport is closed at the end. */
  readonly ownsTransport: boolean;
  /** For metrics of requests. */
  readonly host: string;
  readonly dryRun: DryRunOptions | undefined;
  readonly leaderElection: ResolvedLeaderElectionOptions | undefined;
  readonly sharding: ResolvedShardingOptions | undefined;
  readonly metrics: Pick<NonNullable<ManagerOptions['metrics']>, 'certificate' | 'authorization'> & { readonly bindAddress: string | undefined; readonly registry: MetricsRegistry };
  readonly health: { readonly bindAddress: string | undefined; readonly maxEventLoopDelay: number };
  /** Which process this is, in events and leases. */
  readonly instance: string;
}

/** How to reach the server, found out already. */
export interface Connection {
  readonly transport: Transport;
  readonly ownsTransport: boolean;
  readonly host: string;
  /** The pod's namespace, or that of the kubeconfig's context. */
  readonly namespace?: string;
}

/** Fit for a field manager, a user agent and the reporter of events. */
const OPERATOR_NAME = /^[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;

/** Fills in what was left out. @throws KubewrightError KW_INVALID_OPTIONS with every problem. */
export function resolveManagerOptions(given: ManagerOptions, connection: Connection): ResolvedManagerOptions {
  const { clock = realClock, random = systemRandom, gracefulShutdownTimeout = 30_000, name = 'kubewright' } = given;
  const problems: string[] = [];
  if (!OPERATOR_NAME.test(name)) problems.push(`the name "${name}" must be letters, digits, "-", "_" and ".", at most 63`);
  if (!(gracefulShutdownTimeout >= 0)) problems.push(`gracefulShutdownTimeout (${gracefulShutdownTimeout} ms) must not be negative`);
  const bindAddress = (text: string | undefined, what: string): string | undefined => {
    if (isOff(text)) return undefined;
    if (!parseBindAddress(text)) problems.push(`${what} ("${text}") must be ":8080", "127.0.0.1:8080", or "0" for none`);
    return text;
  };
  const metrics = { ...given.metrics, bindAddress: bindAddress(given.metrics?.bindAddress, 'metrics.bindAddress'), registry: given.metrics?.registry ?? noopRegistry };
  const { maxEventLoopDelay = Number.POSITIVE_INFINITY } = given.health ?? {};
  const health = { bindAddress: bindAddress(given.health?.bindAddress, 'health.bindAddress'), maxEventLoopDelay };
  const { unhandledRejections = 'crash', profiling = false } = given;
  if (!(maxEventLoopDelay > 0)) problems.push(`health.maxEventLoopDelay (${maxEventLoopDelay} ms) must be more than 0`);
  if (!['crash', 'stop', 'count'].includes(unhandledRejections)) problems.push(`unhandledRejections ("${unhandledRejections}") must be "crash", "stop" or "count"`);
  if (profiling && !metrics.bindAddress) problems.push('profiling is served where the metrics are: give metrics.bindAddress');
  if ((metrics.certificate || metrics.authorization) && metrics.bindAddress === health.bindAddress && metrics.bindAddress !== undefined) {
    problems.push(`metrics with a certificate or authorization need an address of their own, not that of the probes (${metrics.bindAddress})`);
  }
  const instance = hostname();
  const identity = `${instance}_${random.uuid()}`;
  const own = { identity, ...(connection.namespace && { namespace: connection.namespace }) };
  const checked = <T>(resolve: () => T): T | undefined => {
    try {
      return resolve();
    } catch (error) {
      problems.push((error as Error).message);
      return undefined;
    }
  };
  const dryRun = resolveDryRun(given.dryRun);
  if (dryRun && given.sharding) problems.push('a dry run writes no Leases, which sharding needs: leave out one of the two');
  const leaderElection = checked(() => (dryRun ? undefined : given.leaderElection) && resolveLeaderElectionOptions(given.leaderElection!, own));
  const sharding = checked(() => given.sharding && resolveShardingOptions(given.sharding, own));
  if (problems.length > 0) throw new KubewrightError('KW_INVALID_OPTIONS', `manager ${name}: ${problems.join('; ')}`);
  const { transport, ownsTransport, host } = connection;
  return {
    name, transport, ownsTransport, host, dryRun, clock, random, metrics, health, instance, leaderElection, sharding, gracefulShutdownTimeout, unhandledRejections, profiling,
    loopMonitor: given.loopMonitor ?? new RealLoopMonitor(),
    scheduler: given.scheduler ?? realScheduler,
    log: given.log ?? defaultLog(clock),
    interceptors: given.interceptors ?? [],
    namespaces: given.namespaces ?? [],
    cache: given.cache ?? {},
    uncached: given.uncached ?? [],
  };
}
