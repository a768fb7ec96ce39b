/**
 * @module reconcile: the user's contract. A reconciler is level-based: it is told which object to look at and brings the world closer to what
 * that object asks for. It is told what led there as well (`causes`), for logs and for humans: never decide by it, events get lost and merged.
 * controller/worker.ts calls it; controller/outcome.ts decides what its answer means.
 */
import type { Clock, Logger } from '@kubewright/platform';

import type { Client } from '../client/client.js';
import type { Cause } from '../workqueue/cause.js';
import type { DependentsReport } from './dependents-report.js';
import type { EventRecorder } from './event-recorder.js';
import type { Request } from './request.js';
import type { Result } from './result.js';

/** What a reconcile may use. */
export interface ReconcileContext {
  /** Reads from the cache, writes to the API server. */
  readonly client: Client;
  /** Carries controller, request and reconcileId. */
  readonly log: Logger;
  readonly recorder: EventRecorder;
  readonly clock: Clock;
  /** Aborts at the controller's reconcile timeout, and when the grace period of a shutdown ends. */
  readonly signal: AbortSignal;
  /** Unique per attempt. */
  readonly reconcileId: string;
  /** What led to this attempt, merged while the request waited; at most {@link MAX_CAUSES} and one that counts the rest. */
  readonly causes: readonly Cause[];
  /** The priority with which the request was taken from the queue: 0 for news, -100 for what was there at the start and for resyncs. */
  readonly priority: number;
  /** How the controller's dependents stand, where it has some: they were looked after before this call. */
  readonly dependents?: DependentsReport;
}

/** Brings the world closer to what one object asks for. It must be idempotent; one key is never reconciled twice at a time. */
export interface Reconciler<R = Request> {
  /** Throwing means: try again with back-off; throw {@link TerminalError} where that makes no sense. Nothing returned means: done. */
  reconcile(request: R, context: ReconcileContext): Promise<Result | void>;
}
