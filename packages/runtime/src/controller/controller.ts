/**
 * @module controller: the loop. Sources fill a queue with requests, workers reconcile them. controller.ts (this file) starts and stops the
 * parts, worker.ts is the loop itself, outcome.ts decides what an attempt means for the queue. It knows neither managers nor decorators.
 */
import { setMaxListeners } from 'node:events';

import type { Clock, Scheduler } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { MetricsRegistry } from '../metrics/metrics-registry.js';
import type { Reconciler } from '../reconcile/reconciler.js';
import type { Source } from '../source/source.js';
import { queueMetrics } from '../workqueue/queue-metrics.js';
import { RateLimitingQueue } from '../workqueue/rate-limiting-queue.js';
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
  /** Aborts when a shutdown waits no longer; the signals of reconciles that are still under way follow it. */
  readonly abandon: AbortSignal;
  readonly options?: ControllerOptions;
}

/** Keeps one kind of object in the state that its specs ask for: a runnable for a manager. */
export class Controller<R> {
  readonly name: string;
  readonly options: ResolvedControllerOptions;

  constructor(private readonly parts: ControllerParts<R>) {
    this.name = `controller ${parts.name}`;
    this.options = resolveControllerOptions(parts.name, parts.options);
  }

  get needsLeaderElection(): boolean {
    return this.options.needsLeaderElection;
  }

  /**
   * Starts the sources side by side, then, when all of them have listed what exists, the workers. When the signal aborts, what waits is
   * dropped and what is under way finishes. @throws KubewrightError KW_CACHE_SYNC_TIMEOUT, or what a source fails with
   */
  async start(signal: AbortSignal): Promise<void> {
    const { name, keyOf, clock, scheduler, metrics, reconciler, context, abandon } = this.parts;
    const { maxConcurrentReconciles, reconcileTimeout, rateLimiter } = this.options;
    const measured = { queue: queueMetrics(metrics, name), controller: controllerMetrics(metrics, name, maxConcurrentReconciles) };
    const queue = new RateLimitingQueue<R>({ name, keyOf, clock, scheduler, metrics: measured.queue }, rateLimiter);
    const log = context.log.with({ controller: name });
    const work: Work<R> = {
      controller: name, queue, keyOf, reconciler, clock, reconcileTimeout, abandon, metrics: measured.controller, context: { ...context, log },
    };
    const sources = new AbortController();
    setMaxListeners(0, sources.signal);
    const stopped = onceAborted(signal);
    try {
      await Promise.race([stopped, Promise.all(this.parts.sources.map((source) => this.#begin(source, queue, sources.signal)))]);
      if (signal.aborted) return;
      log.info('controller started', { workers: maxConcurrentReconciles });
      const workers = Promise.all(Array.from({ length: maxConcurrentReconciles }, () => runWorker(work)));
      await Promise.race([stopped, workers]);
      sources.abort(signal.reason);
      queue.shutDown();
      await workers;
      log.info('controller stopped');
    } finally {
      sources.abort(signal.reason);
      queue.shutDown();
    }
  }

  async #begin(source: Source<R>, queue: RateLimitingQueue<R>, signal: AbortSignal): Promise<void> {
    const { clock, name } = this.parts;
    const limit = this.options.cacheSyncTimeout;
    const waiting = new AbortController();
    const endWaiting = (): void => waiting.abort();
    signal.addEventListener('abort', endWaiting, { once: true });
    const tooLate = (): Error => {
      const cause = source.lastFailure;
      const message = `controller ${name}: source ${source.name} had not listed what exists within ${limit} ms${cause ? `: ${cause.message}` : ''}`;
      return new KubewrightError('KW_CACHE_SYNC_TIMEOUT', message, cause && { cause });
    };
    const late = clock.sleep(limit, waiting.signal).then(() => Promise.reject(tooLate()), () => {});
    try {
      await Promise.race([source.start(queue, signal), late]);
    } finally {
      endWaiting();
      signal.removeEventListener('abort', endWaiting);
    }
  }
}

function onceAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
