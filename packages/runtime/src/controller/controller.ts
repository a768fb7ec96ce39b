/**
 * @module controller: the loop. Sources fill a queue with requests, workers reconcile them. controller.ts (this file) starts and stops the
 * parts, feed.ts is the filling half, worker.ts the loop itself, outcome.ts decides what an attempt means for the queue. It knows neither
 * managers nor decorators.
 */
import type { Clock, Scheduler } from '@kubewright/platform';

import type { MetricsRegistry } from '../metrics/metrics-registry.js';
import type { Reconciler } from '../reconcile/reconciler.js';
import type { Request } from '../reconcile/request.js';
import type { Source } from '../source/source.js';
import { PriorityQueue } from '../workqueue/priority-queue.js';
import { queueMetrics } from '../workqueue/queue-metrics.js';
import { RateLimitingQueue } from '../workqueue/rate-limiting-queue.js';
import type { WorkQueue } from '../workqueue/work-queue.js';
import { Feed } from './feed.js';
import { controllerMetrics } from './metrics.js';
import { resolveControllerOptions, type ControllerOptions, type ResolvedControllerOptions } from './options.js';
import type { ContextSource } from './reconcile-context.js';
import { runWorker, type Work } from './worker.js';

/** What a controller is made of. A builder puts it together. */
export interface ControllerParts<R> {
  /** Unique in its process: a label of metrics. */
  readonly name: string;
  readonly reconciler: Reconciler<R>;
  readonly sources: readonly Source<R>[];
  readonly keyOf: (request: R) => string;
  readonly context: ContextSource;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly metrics: MetricsRegistry;
  /**
   * Aborts when a stop waits no longer; the signals of reconciles that are still under way follow it. A function is asked at each start: each
   * time in office of a leader has a signal of its own.
   */
  readonly abandon: AbortSignal | (() => AbortSignal);
  readonly options?: ControllerOptions<R>;
}

/** A source of a controller. */
export interface Watching {
  /**
   * Resolves when the source has listed what exists; rejects with what it failed with, KW_CACHE_SYNC_TIMEOUT above all, and the source is off then.
   * Before the controller runs it waits for that.
   */
  readonly synced: Promise<void>;
  /** Ends it: nothing more is added; what waits in the queue stays. */
  stop(): void;
}

/** Keeps one kind of object in the state that its specs ask for: a runnable for a manager. */
export class Controller<R = Request> {
  readonly name: string;
  readonly options: ResolvedControllerOptions<R>;
  readonly #sources: Set<Source<R>>;
  /** Sources that wait for the controller to run. */
  readonly #pending = new Map<Source<R>, { resolve(): void; reject(error: unknown): void }>();
  #feed: Feed<R> | undefined;
  #isRunning = false;
  #isWarm = false;

  constructor(private readonly parts: ControllerParts<R>) {
    this.name = `controller ${parts.name}`;
    this.options = resolveControllerOptions(parts.name, parts.options);
    this.#sources = new Set(parts.sources);
  }

  get needsLeaderElection(): boolean {
    return this.options.needsLeaderElection;
  }

  /** {@link warmUp}, where that is asked for: what a manager runs on replicas that are not the leader. */
  get standby(): ((signal: AbortSignal) => Promise<void>) | undefined {
    return this.options.enableWarmup && this.needsLeaderElection ? (signal) => this.warmUp(signal) : undefined;
  }

  /**
   * Starts the sources side by side, then, when all of them have listed what exists, the workers. When the signal aborts, what waits is
   * dropped and what is under way finishes. @throws KubewrightError KW_CACHE_SYNC_TIMEOUT, or what a source fails with
   */
  async start(signal: AbortSignal): Promise<void> {
    const { name, keyOf, clock, metrics, reconciler, context, abandon } = this.parts;
    const { maxConcurrentReconciles, reconcileTimeout } = this.options;
    const log = context.log.with({ controller: name });
    const measured = controllerMetrics(metrics, name, maxConcurrentReconciles);
    const feed = (this.#feed ??= this.#openFeed());
    const { queue } = feed;
    const work: Work<R> = {
      controller: name, queue, keyOf, reconciler, clock, reconcileTimeout, abandon: typeof abandon === 'function' ? abandon() : abandon, metrics: measured, context: { ...context, log },
    };
    const stopped = onceAborted(signal);
    this.#isRunning = true;
    try {
      await Promise.race([stopped, feed.filled]);
      if (signal.aborted) return;
      log.info('controller started', { workers: maxConcurrentReconciles });
      const workers = Promise.all(Array.from({ length: maxConcurrentReconciles }, () => runWorker(work)));
      await Promise.race([stopped, workers]);
      feed.close(signal.reason);
      await workers;
      log.info('controller stopped');
    } finally {
      this.#isRunning = false;
      feed.close(signal.reason);
      // On standby again: what the queue dropped is told anew.
      this.#feed = this.#isWarm ? this.#openFeed() : undefined;
    }
  }

  /**
   * Lets the sources list and watch, so that `start` finds the queue filled, until the signal aborts: for replicas that are not the leader yet.
   * Nothing is reconciled. A source that does not fill in time is told by `start`, which tries once more.
   */
  async warmUp(signal: AbortSignal): Promise<void> {
    const stopped = onceAborted(signal);
    if (signal.aborted) return;
    this.#isWarm = true;
    const feed = (this.#feed ??= this.#openFeed());
    feed.filled.catch((error: unknown) => {
      if (signal.aborted || this.#isRunning || this.#feed !== feed) return;
      this.parts.context.log.warn('controller could not warm up', { controller: this.parts.name, error });
      feed.close(error);
      this.#feed = undefined;
    });
    await stopped;
    this.#isWarm = false;
    if (this.#isRunning) return;
    this.#feed?.close(signal.reason);
    this.#feed = undefined;
  }

  /** Adds a source. It begins at once when the controller runs or is warm, else with it. */
  watch(source: Source<R>): Watching {
    this.#sources.add(source);
    const synced = this.#feed ? this.#begin(this.#feed, source) : new Promise<void>((resolve, reject) => this.#pending.set(source, { resolve, reject }));
    synced.catch(() => {});
    const stop = (): void => {
      this.#sources.delete(source);
      this.#feed?.end(source);
      this.#pending.get(source)?.reject(new Error(`source ${source.name} was stopped before the controller ran`));
      this.#pending.delete(source);
    };
    return { synced, stop };
  }

  /** A source that came later does not take the controller with it when it fails. */
  async #begin(feed: Feed<R>, source: Source<R>): Promise<void> {
    try {
      await feed.begin(source);
    } catch (error) {
      if (!this.#sources.delete(source)) throw error;
      feed.end(source);
      this.parts.context.log.error('a source could not begin', { controller: this.parts.name, source: source.name, error });
      throw error;
    }
  }

  #openFeed(): Feed<R> {
    const { name, clock, context } = this.parts;
    const feed = new Feed<R>({ controller: name, queue: this.#newQueue(), clock, log: context.log, cacheSyncTimeout: this.options.cacheSyncTimeout }, this.#sources);
    for (const { resolve, reject } of this.#pending.values()) void feed.filled.then(resolve, reject);
    this.#pending.clear();
    return feed;
  }

  #newQueue(): WorkQueue<R> {
    const { name, keyOf, clock, scheduler, metrics } = this.parts;
    const { usePriorityQueue, rateLimiter, fairness } = this.options;
    const options = { name, keyOf, clock, scheduler, metrics: queueMetrics(metrics, name, { usesPriorities: usePriorityQueue }) };
    if (!usePriorityQueue) return new RateLimitingQueue<R>(options, rateLimiter);
    const tenantOf = fairness === 'namespace' ? (request: R) => (request as Request).namespace ?? '' : fairness;
    return new PriorityQueue<R>({ ...options, ...(tenantOf && { tenantOf }) }, rateLimiter);
  }
}

function onceAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
