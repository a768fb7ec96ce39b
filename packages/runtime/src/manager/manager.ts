/**
 * @module manager: starts and stops what an operator is made of, in order. It knows runnables, not controllers. runnable-group.ts starts and
 * stops a group, manager.ts (this file) the groups; options.ts says what can be chosen, signals.ts when to stop.
 *
 * Start: servers, caches (and the event recorder), what runs on every replica, then, on the leader, everything else. Stop: in reverse, so that
 * a reconcile that is under way can still read and write, and the Lease is given up when nothing acts any more.
 */
import { setMaxListeners } from 'node:events';

import type { Clock, Logger, Random, Scheduler } from '@kubewright/platform';

import { Cache } from '../cache/cache.js';
import { DelegatingClient } from '../cache/delegating-client.js';
import type { Reader, WatchingClient } from '../client/client.js';
import type { DryRunOptions } from '../client/dry-run-client.js';
import { createTransport } from '../client/create-client.js';
import { DirectClient } from '../client/direct-client.js';
import { RestMapper } from '../client/rest-mapper.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import { LeaseLock } from '../leaderelection/lease-lock.js';
import { LeaderElector } from '../leaderelection/leader-elector.js';
import type { MetricsRegistry } from '../metrics/metrics-registry.js';
import type { EventRecorder } from '../reconcile/event-recorder.js';
import { EventSink } from '../recorder/event-sink.js';
import { Membership } from '../sharding/membership.js';
import { ShardLeases } from '../sharding/shard-leases.js';
import { EventLoopHealth } from './event-loop-health.js';
import type { DefaultLog } from './default-log.js';
import { dryRunRefusal, planningClient } from './dry-run.js';
import { fencedTransport, isWrite, type Fence } from './fenced-transport.js';
import { HealthEndpoint, type HealthCheck } from './health.js';
import { checkHeapLimit } from './heap-limit.js';
import { Leadership } from './leadership.js';
import type { ResolvedManagerOptions } from './options.js';
import type { Runnable } from './runnable.js';
import { RunnableGroup } from './runnable-group.js';
import { makeServers, type ManagerServers } from './servers.js';
import { watchRejections } from './unhandled-rejections.js';

type ManagerState = { readonly kind: 'new' } | { readonly kind: 'running' } | { readonly kind: 'stopping' } | { readonly kind: 'stopped' };

/** How long (ms) what was told that nobody waits any more may take to notice. */
const ABANDON_WAIT = 500;
/** When (ms) after its start the manager's own log is written by pino. */
const LOG_UPGRADE = 5_000;

/** Runs an operator. Make one with {@link createManager}. */
export class Manager {
  readonly name: string;
  /** Reads from the cache, writes to the API server, and watches past the cache. */
  readonly client: WatchingClient;
  /** Reads from the API server. */
  readonly apiReader: Reader;
  readonly cache: Cache;
  /** Finds the kinds that are known by group and name only. It asks the server when it is first asked, and again for what was not there, seldom. */
  readonly restMapper: RestMapper;
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  readonly metrics: MetricsRegistry;
  /** Resolves when this replica becomes the leader for the first time, or at the start when there is no election. */
  readonly elected: Promise<void>;
  /** This replica's part in dividing objects among all; undefined without the option `sharding`. It runs with the manager. */
  readonly membership: Membership | undefined;

  readonly #groups: Readonly<Record<'servers' | 'caches' | 'others', RunnableGroup>>;
  readonly #leadership: Leadership;
  readonly #names = new Set<string>();
  readonly #sink: EventSink;
  readonly #liveness: HealthEndpoint;
  readonly #readiness: HealthEndpoint;
  readonly #servers: ManagerServers;
  readonly #abandon = new AbortController();
  readonly #ending: Promise<void>;
  #end!: () => void;
  #onElected!: () => void;
  #state: ManagerState = { kind: 'new' };
  #areCachesFilled = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(private readonly options: ResolvedManagerOptions) {
    const { name, clock, random, scheduler, log, metrics, instance, host } = options;
    [this.name, this.clock, this.random, this.scheduler, this.log, this.metrics] = [name, clock, random, scheduler, log, metrics.registry];
    setMaxListeners(0, this.#abandon.signal); // every reconcile listens to it
    this.elected = new Promise((resolve) => (this.#onElected = resolve));
    this.#ending = new Promise((resolve) => (this.#end = resolve));

    const bounds = { lost: () => this.#leadership.abandon, clock, timeout: options.sharding?.requestTimeout ?? Number.POSITIVE_INFINITY };
    const { dryRun } = options;
    const refusal: Fence = (request) => this.#refusal(isWrite(request), `${request.method} ${request.path}`) ?? (dryRun && dryRunRefusal(request));
    const fenced = fencedTransport(options.transport, refusal, bounds);
    this.restMapper = new RestMapper({ transport: { dispatch: (request, signal) => transport.dispatch(request, signal), close: async () => {} }, clock });
    const interceptors = [...options.interceptors, this.restMapper.interceptor];
    const transport = createTransport({ transport: fenced, clock, log, metrics: metrics.registry, userAgent: name, host, interceptors });
    const direct = new DirectClient(transport, { fieldOwner: name });
    this.cache = new Cache({ ...options.cache, transport, clock, random, log, metrics: metrics.registry, namespaces: options.namespaces });
    const client = new DelegatingClient({ direct, cache: this.cache, clock, uncached: options.uncached });
    this.client = this.dryRun ? planningClient(client, this.dryRun) : client;
    this.apiReader = direct;
    this.#sink = new EventSink({ writer: direct, clock, random, log, instance });
    const group = (what: string): RunnableGroup => new RunnableGroup(what, (runnable, error) => this.#fail(runnable.name, error));
    this.#groups = { servers: group('servers'), caches: group('caches'), others: group('others') };
    this.#leadership = this.#makeLeadership();
    this.#liveness = this.#endpoint('/healthz');
    this.#readiness = this.#endpoint('/readyz');
    this.#readiness.add('caches', () => this.#checkCaches());
    this.#servers = makeServers(options, [this.#liveness.route, this.#readiness.route], transport);
    for (const server of this.#servers.all) this.#groups.servers.add(server);
    this.#groups.caches.add({ name: this.cache.name, start: (signal) => this.cache.start(signal), ready: () => this.cache.waitForSync() });
    if (!dryRun) this.#groups.caches.add(this.#sink); // else what is recorded is dropped
    this.membership = this.#makeMembership();
    if (this.membership) this.#groups.others.add(this.membership);
    this.#addLoopHealth();
  }

  /** Whether this replica acts as the leader now; without an election, whether the manager runs. */
  get isLeader(): boolean {
    return this.#leadership.isLeader && this.#state.kind === 'running';
  }

  /** Where the servers listen, once they do. */
  get addresses(): { readonly metrics?: string; readonly health?: string } {
    const [metrics, health] = [this.#servers.metrics?.address, this.#servers.health?.address];
    return { ...(metrics && { metrics }), ...(health && { health }) };
  }

  /** Aborts when a stop waits no longer for what is under way. */
  get abandon(): AbortSignal {
    return this.#abandon.signal;
  }

  /**
   * The same for one runnable: for one that needs leadership it also aborts when leadership is lost. It is another signal in each time in office, so
   * ask at each start.
   */
  abandonFor(needsLeaderElection: boolean): AbortSignal {
    return needsLeaderElection ? this.#leadership.abandon : this.abandon;
  }

  /** Adds what is to run: at `start`, or at once when the manager runs. @throws KubewrightError for a name that is taken, and after the end */
  add(runnable: Runnable): void {
    const hasStopped = this.#state.kind === 'stopping' || this.#state.kind === 'stopped';
    const problem = hasStopped ? 'the manager has stopped' : this.#names.has(runnable.name) ? 'there is one of that name already' : undefined;
    if (problem) throw new KubewrightError('KW_INVALID_ARGUMENT', `manager ${this.name}: can not add ${runnable.name}: ${problem}`);
    this.#names.add(runnable.name);
    const isLeaders = runnable.needsLeaderElection ?? true;
    (isLeaders ? this.#leadership : this.#groups.others).add(runnable);
    const { standby } = runnable;
    if (isLeaders && standby) this.#groups.others.add({ name: `${runnable.name} warm-up`, needsLeaderElection: false, start: (signal) => standby.call(runnable, signal) });
  }

  /** A recorder whose events name `controller` as their reporter. */
  recorderFor(controller: string): EventRecorder {
    return this.#sink.recorder(controller);
  }

  /** A check of `/healthz`: throws when only a new process can help. */
  addHealthCheck(name: string, check: HealthCheck): void {
    this.#liveness.add(name, check);
  }

  /** A check of `/readyz`: throws when others should not count on this replica now. That caches are filled is checked anyway. */
  addReadyCheck(name: string, check: HealthCheck): void {
    this.#readiness.add(name, check);
  }

  /**
   * Runs until the signal aborts or something fails, and settles when everything has ended. A manager starts once.
   *
   * @throws the first failure of a runnable; KubewrightError KW_LEADER_LOST, after which the process should end; KW_STOP_TIMEOUT naming what
   * still runs
   */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#state.kind !== 'new') throw new KubewrightError('KW_INVALID_ARGUMENT', `manager ${this.name}: a manager starts once`);
    this.#state = { kind: 'running' };
    const electorStop = new AbortController();
    signal.addEventListener('abort', this.#end, { once: true });
    if (signal.aborted) this.#end();
    let electing: Promise<void> | undefined;
    const endWatch = watchRejections(this.options.unhandledRejections, (reason) => this.#onRejection(reason));
    if (this.options.ownsTransport) void checkHeapLimit(this.log);
    // Not before the first reconciles: loading pino takes longer than they do.
    const upgrade = 'upgrade' in this.log ? this.clock.timer(LOG_UPGRADE, () => void (this.log as DefaultLog).upgrade()) : undefined;
    if (await this.#startGroups()) {
      electing = this.#leadership.run(electorStop.signal, this.#onElected).catch((error: unknown) => this.#depose(error));
      await this.#ending;
    }
    signal.removeEventListener('abort', this.#end);

    upgrade?.cancel();
    this.#state = { kind: 'stopping' };
    this.log.info('stopping');
    const hasEnded = await this.#stopGroups();
    electorStop.abort(signal.reason);
    await electing;
    if (hasEnded) await this.#leadership.release();
    endWatch();
    this.#state = { kind: 'stopped' };
    if (this.options.ownsTransport) await this.options.transport.close();
    this.log.info('stopped');
    if (this.#failure) throw this.#failure.error;
  }

  /** Whether all groups but the last have started; false when the end came first. */
  async #startGroups(): Promise<boolean> {
    let isEnding = false;
    const ending = this.#ending.then(() => (isEnding = true));
    for (const group of [this.#groups.servers, this.#groups.caches, this.#groups.others]) {
      await Promise.race([ending, group.start()]);
      if (isEnding) return false;
      if (group === this.#groups.caches) this.#areCachesFilled = true;
    }
    return true;
  }

  /** Stops the groups in reverse. False when something did not end in time; it is told that nobody waits, and named. */
  async #stopGroups(): Promise<boolean> {
    const { others, caches, servers } = this.#groups;
    const all = [this.#leadership, others, caches, servers];
    let hasEnded = false;
    const ended = (async () => {
      for (const group of all) await group.stop();
      hasEnded = true;
    })();
    const limit = this.options.gracefulShutdownTimeout;
    if (!this.abandon.aborted) await this.#within(limit, ended);
    if (hasEnded) return true;

    const wasDeposed = this.abandon.aborted;
    const running = all.flatMap((group) => group.running);
    this.#abandon.abort(new KubewrightError('KW_STOP_TIMEOUT', `manager ${this.name}: the grace period of ${limit} ms is over`));
    for (const group of all) void group.stop();
    await this.#within(ABANDON_WAIT, ended);
    const message = `manager ${this.name}: not everything ended within ${limit} ms: ${running.join(', ')}`;
    if (!wasDeposed) this.#fail('stop', new KubewrightError('KW_STOP_TIMEOUT', message), true);
    return false;
  }

  /** Resolves with `work`, after `limit` milliseconds, or when the process is deposed meanwhile. */
  async #within(limit: number, work: Promise<void>): Promise<void> {
    const patience = new AbortController();
    const isAbandoned = this.abandon.aborted;
    const impatience = (): void => patience.abort();
    if (!isAbandoned) this.abandon.addEventListener('abort', impatience, { once: true });
    await Promise.race([work, this.clock.sleep(limit, patience.signal).catch(() => {})]);
    this.abandon.removeEventListener('abort', impatience);
    patience.abort();
  }

  #depose(error: unknown): void {
    this.#fail('leader election', error, true);
    this.#abandon.abort(error);
  }

  /** The first failure ends the manager and is what `start` rejects with. Later ones, and those of runnables that are being stopped, are logged. */
  #fail(source: string, error: unknown, isOwn = false): void {
    const counts = !this.#failure && (isOwn || this.#state.kind === 'running');
    if (counts) this.#failure = { error };
    this.log.error(counts ? 'failed' : 'failed while stopping', { source, error });
    this.#end();
  }

  /** How writes are planned where none is made; undefined where they are made. @internal */
  get dryRun(): DryRunOptions | undefined {
    const { dryRun, clock, name: fieldOwner } = this.options;
    return dryRun && { clock, fieldOwner, ...dryRun };
  }

  /** Why `what` may not be written now, to whichever cluster; undefined when it may. */
  writeRefusal(what: string): Error | undefined {
    return this.#refusal(true, what);
  }

  #refusal(isWriting: boolean, what: string): Error | undefined {
    if (this.#state.kind === 'stopped') return new KubewrightError('KW_TRANSPORT_CLOSED', `${what}: the manager has stopped`);
    if (!isWriting) return undefined;
    if (this.#leadership.isDeposed) return new KubewrightError('KW_LEADER_LOST', `${what}: not sent, this process is not the leader any more`);
    if (this.membership?.isLapsed) return new KubewrightError('KW_SHARD_LOST', `${what}: not sent, this process may act for no object at this moment`);
    return undefined;
  }

  #onRejection(reason: unknown): void {
    this.metrics.counter({ name: 'kubewright_unhandled_rejections_total', help: 'Promises that were rejected and that nobody looked at.' }).inc();
    if (this.options.unhandledRejections === 'count') return this.log.error('unhandled rejection', { error: reason });
    const message = `manager ${this.name}: a promise was rejected and nobody looked at it: ${String(reason)}`;
    return this.#fail('unhandled rejection', new KubewrightError('KW_UNHANDLED_REJECTION', message, { cause: reason }), true);
  }

  #makeLeadership(): Leadership {
    const { leaderElection, transport, clock, random, log, metrics } = this.options;
    const elector = ({ name, namespace, labels }: NonNullable<typeof leaderElection>): LeaderElector =>
      new LeaderElector(new LeaseLock(transport, { name, namespace }, labels), leaderElection!, { clock, random, log, metrics: metrics.registry });
    return new Leadership({
      electorFor: leaderElection && (() => elector(leaderElection)),
      onLost: leaderElection?.onLost ?? 'exit',
      releaseOnCancel: leaderElection?.releaseOnCancel ?? false,
      abandon: this.abandon,
      clock,
      log,
      onFailure: (runnable, error) => this.#fail(runnable.name, error),
    });
  }

  #makeMembership(): Membership | undefined {
    const { sharding, transport, clock, random, log, metrics } = this.options;
    return sharding && new Membership(new ShardLeases(transport, sharding), sharding, { clock, random, log, metrics: metrics.registry, abandon: this.abandon });
  }

  #addLoopHealth(): void {
    const { loopMonitor, clock, metrics, health } = this.options;
    if (!metrics.bindAddress && health.maxEventLoopDelay === Number.POSITIVE_INFINITY) return; // nobody would look
    const loop = new EventLoopHealth(loopMonitor, clock, metrics.registry, health.maxEventLoopDelay);
    this.#groups.others.add(loop);
    if (health.maxEventLoopDelay < Number.POSITIVE_INFINITY) this.#liveness.add('event-loop', loop.check);
  }

  #endpoint(path: string): HealthEndpoint {
    return new HealthEndpoint(path, (check, error) => this.log.debug('health check failed', { path, check, error }));
  }

  #checkCaches(): void {
    if (!this.#areCachesFilled) throw new Error('caches are not filled yet');
  }
}
