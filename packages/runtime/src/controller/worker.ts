import { setMaxListeners } from 'node:events';

import type { Clock, LogFields, Logger, Timer } from '@kubewright/platform';

import { onAbort } from '../client/on-abort.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import type { Reconciler } from '../reconcile/reconciler.js';
import { publish } from '../tracing/stops.js';
import { describeCause, mergeCauses, type Cause } from '../workqueue/cause.js';
import type { AddOptions, Taken, WorkQueue } from '../workqueue/work-queue.js';
import { AttemptTracing } from './attempt-trace.js';
import type { ControllerMetrics } from './metrics.js';
import { outcomeOf, type Attempt, type Outcome } from './outcome.js';
import { reconcileContext, type ContextSource } from './reconcile-context.js';

/** What the workers of a controller share. */
export interface Work<R> {
  readonly controller: string;
  readonly queue: WorkQueue<R>;
  readonly keyOf: (request: R) => string;
  readonly reconciler: Reconciler<R>;
  readonly context: ContextSource;
  readonly metrics: ControllerMetrics;
  readonly clock: Clock;
  /** Milliseconds; infinite for none. */
  readonly reconcileTimeout: number;
  /** Aborts when a shutdown waits no longer: until then a reconcile that is under way may finish. */
  readonly abandon: AbortSignal;
}

/**
 * One worker: takes a request, reconciles it, tells the queue what to do with it, until the queue is shut down. Whatever a reconcile throws is
 * an outcome and never ends the worker. A reconcile that does not come back keeps its key: nothing can end it, and a second one beside it
 * would break the promise that a key is never reconciled twice at a time.
 */
export async function runWorker<R>(work: Work<R>): Promise<void> {
  for (let taken = await work.queue.get(); taken !== undefined; taken = await work.queue.get()) {
    try {
      await processRequest(work, taken);
    } finally {
      work.queue.done(taken.item);
    }
  }
}

async function processRequest<R>(work: Work<R>, taken: Taken<R>): Promise<void> {
  const { controller, clock, metrics } = work;
  const { item: request, causes, priority } = taken;
  const key = work.keyOf(request);
  const deadline = new Deadline(work, key);
  const context = reconcileContext(work.context, clock, key, taken, deadline);
  const tracing = new AttemptTracing();
  publish('worker', { controller, key, reconcileId: context.reconcileId, causes, priority, trace: tracing }); // stop 8

  const startedAt = clock.monotonic();
  metrics.started();
  let attempt: Attempt;
  try {
    publish('reconcile', { controller, key, reconcileId: context.reconcileId }); // stop 9
    attempt = { kind: 'returned', result: await tracing.run(() => work.reconciler.reconcile(request, context)) };
  } catch (error) {
    attempt = { kind: 'threw', error, isAborted: work.abandon.aborted };
  } finally {
    deadline.end();
  }

  const outcome = outcomeOf(attempt);
  const duration = clock.monotonic() - startedAt;
  metrics.ended(outcome, duration, tracing.exemplar(context.reconcileId, causes));
  settle(work.queue, taken, outcome);
  const failure = 'failure' in outcome ? outcome.failure : undefined;
  publish('outcome', { controller, key, reconcileId: context.reconcileId, outcome: outcome.kind, label: outcome.label, duration, ...(failure && { error: failure.error }) }); // stop 13
  // Most attempts succeed, and nobody looks.
  if (failure || (work.context.log.isEnabled?.('debug') ?? true)) {
    report(context.log, outcome, { ms: Math.round(duration), causes: causes.map(describeCause) }, work.queue.failures(request));
  }
}

/** The time of one attempt: its signal aborts at the timeout, or with the shutdown. It is made when somebody asks: most attempts wait for nothing by it. */
class Deadline<R> {
  #abort: AbortController | undefined;
  #reason: unknown;
  readonly #timer: Timer | undefined;
  readonly #endAbandon: () => void;

  constructor(private readonly work: Work<R>, private readonly key: string) {
    const { abandon, clock, reconcileTimeout } = work;
    this.#timer = reconcileTimeout < Number.POSITIVE_INFINITY ? clock.timer(reconcileTimeout, () => this.#late()) : undefined;
    this.#endAbandon = onAbort(abandon, () => this.#end(abandon.reason));
  }

  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController();
      setMaxListeners(0, this.#abort.signal); // a reconcile may wait for many things at once
      if (this.#reason !== undefined) this.#abort.abort(this.#reason);
    }
    return this.#abort.signal;
  }

  /** The attempt is over: nothing aborts it any more. */
  end(): void {
    this.#timer?.cancel();
    this.#endAbandon();
  }

  #late(): void {
    const { controller, metrics, reconcileTimeout } = this.work;
    metrics.timedOut();
    this.#end(new KubewrightError('KW_RECONCILE_TIMEOUT', `controller ${controller}: reconciling ${this.key} took more than ${reconcileTimeout} ms`));
  }

  #end(reason: unknown): void {
    this.#reason ??= reason;
    this.#abort?.abort(reason);
  }
}

/** What is tried again keeps its priority, and a failed attempt its causes: it still owes them something. */
function settle<R>(queue: WorkQueue<R>, { item, priority, causes }: Taken<R>, outcome: Outcome): void {
  switch (outcome.kind) {
    case 'forget':
      return queue.forget(item);
    case 'addAfter': {
      if (outcome.forgets) queue.forget(item);
      const again: AddOptions = outcome.failure ? { priority, causes: mergeCauses(causes, RETRY) } : { priority: outcome.priority ?? priority, causes: REQUEUE };
      return queue.addAfter(item, outcome.delay, again);
    }
    case 'addRateLimited':
      return queue.addRateLimited(item, { priority, causes: mergeCauses(causes, RETRY) });
    case 'drop':
      return undefined;
  }
}

const RETRY: readonly Cause[] = [{ source: 'controller', change: 'retry', count: 1 }];
const REQUEUE: readonly Cause[] = [{ source: 'controller', change: 'requeue', count: 1 }];

function report(log: Logger, outcome: Outcome, about: LogFields, failures: number): void {
  const failure = 'failure' in outcome ? outcome.failure : undefined;
  if (!failure) log.debug('reconciled', { outcome: outcome.label, ...about });
  else if (failure.isStale) log.debug('reconcile met a newer object', { error: failure.error, ...about });
  else log.error(failure.isTerminal ? 'reconcile failed for good' : 'reconcile failed', { error: failure.error, failures, ...about });
}
