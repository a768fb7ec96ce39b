/**
 * @module reconcile: the user's contract. A reconciler is level-based: it is told which object to look at, never what happened, and brings
 * the world closer to what that object asks for. controller/worker.ts calls it; controller/outcome.ts decides what its answer means.
 */
import type { Logger } from '@kubewright/platform';

import type { Client } from '../client/client.js';
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
  /** Aborts at the controller's reconcile timeout, and when the grace period of a shutdown ends. */
  readonly signal: AbortSignal;
  /** Unique per attempt. */
  readonly reconcileId: string;
}

/** Brings the world closer to what one object asks for. It must be idempotent; one key is never reconciled twice at a time. */
export interface Reconciler<R = Request> {
  /** Throwing means: try again with back-off; throw {@link TerminalError} where that makes no sense. Nothing returned means: done. */
  reconcile(request: R, context: ReconcileContext): Promise<Result | void>;
}
