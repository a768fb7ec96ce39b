/** @module source: where a controller's events come from. kind-source.ts joins informer, predicates, handler and queue. */
import type { AddOptions } from '../workqueue/work-queue.js';

/** What a source feeds: the controller's work queue. */
export interface RequestSink<R> {
  add(request: R, options?: AddOptions): void;
}

/** A stream of requests. */
export interface Source<R> {
  /** For logs: `kind Prometheus`. */
  readonly name: string;
  /** Why it has not begun, as far as it is known: what its list or watch failed with. */
  readonly lastFailure?: Error | undefined;
  /**
   * Begins to feed the sink; resolves when what existed at the start has been added (the cache has synced), so that workers can begin.
   * After that it goes on until the signal aborts. Rejects when it can never begin.
   */
  start(sink: RequestSink<R>, signal: AbortSignal): Promise<void>;
}
