import { setMaxListeners } from 'node:events';

import type { Clock, LogFields, Logger } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { Reconciler } from '../reconcile/reconciler.js';
import { publish } from '../tracing/stops.js';
import { describeCause, mergeCauses, type Cause } from '../workqueue/cause.js';
import type { AddOptions, Taken, WorkQueue } from '../workqueue/work-queue.js';
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
  const deadline = startDeadline(work, key);
  const context = reconcileContext(work.context, clock, key, taken, deadline.signal);
  publish('worker', { controller, key, reconcileId: context.reconcileId, causes, priority }); // stop 8

  const startedAt = clock.monotonic();
  metrics.started();
  let attempt: Attempt;
  try {
    publish('reconcile', { controller, key, reconcileId: context.reconcileId }); // stop 9
    attempt = { kind: 'returned', result: await work.reconciler.reconcile(request, context) };
  } catch (error) {
    attempt = { kind: 'threw', error, isAborted: work.abandon.aborted };
  } finally {
    deadline.end();
  }

  const outcome = outcomeOf(attempt);
  const duration = clock.monotonic() - startedAt;
  metrics.ended(outcome, duration);
  settle(work.queue, taken, outcome);
  publish('outcome', { controller, key, reconcileId: context.reconcileId, outcome: outcome.kind, duration }); // stop 13
  report(context.log, outcome, { ms: Math.round(duration), causes: causes.map(describeCause) }, work.queue.failures(request));
}

/** The signal of one attempt: aborts at the timeout, or with the shutdown. */
function startDeadline<R>(work: Work<R>, key: string): { readonly signal: AbortSignal; end(): void } {
  const { controller, reconcileTimeout, abandon } = work;
  const abort = new AbortController();
  setMaxListeners(0, abort.signal); // a reconcile may wait for many things at once
  const onAbandon = (): void => abort.abort(abandon.reason);
  const onTimeout = (): void => {
    work.metrics.timedOut();
    abort.abort(new KubewrightError('KW_RECONCILE_TIMEOUT', `controller ${controller}: reconciling ${key} took more than ${reconcileTimeout} ms`));
  };
  if (abandon.aborted) onAbandon();
  else abandon.addEventListener('abort', onAbandon, { once: true });
  const timer = reconcileTimeout < Number.POSITIVE_INFINITY ? work.clock.timer(reconcileTimeout, onTimeout) : undefined;
  return {
    signal: abort.signal,
    end() {
      timer?.cancel();
      abandon.removeEventListener('abort', onAbandon);
    },
  };
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
