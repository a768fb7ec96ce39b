import { isConflict } from '@kubewright/api';

import { KubewrightError, type RetryClass } from '../errors/kubewright-error.js';
import { retryClassOf } from '../errors/retry-class.js';
import type { Result } from '../reconcile/result.js';

/** How an attempt ended. */
export type Attempt =
  | { readonly kind: 'returned'; readonly result: Result | void }
  /** `isAborted`: its signal was aborted by a shutdown, so that failing was the right thing to do. */
  | { readonly kind: 'threw'; readonly error: unknown; readonly isAborted: boolean };

/** What becomes of the request, and how it is told. Exactly one of the four. */
export type Outcome =
  /** Done: failures are forgotten, the next event brings it back. */
  | { readonly kind: 'forget'; readonly label: 'success' }
  /** Once more after `delay` milliseconds; `forgets` says whether failures so far are forgotten. */
  | { readonly kind: 'addAfter'; readonly delay: number; readonly forgets: boolean; readonly label: 'requeue_after' | 'error'; readonly failure?: Failure; readonly priority?: number }
  /** Once more after a delay that grows with each failure. */
  | { readonly kind: 'addRateLimited'; readonly label: 'error'; readonly failure: Failure }
  /** Not again before the next event; failures are not forgotten. Without `failure` nothing is to be told. */
  | { readonly kind: 'drop'; readonly label: 'error' | 'aborted'; readonly failure?: Failure };

/** A failure as metrics and log see it. */
export interface Failure {
  readonly error: unknown;
  /** Trying again makes no sense. */
  readonly isTerminal: boolean;
  /** The language itself complained (TypeError and its like) or something else than an Error was thrown: a bug, what a panic is in Go. */
  readonly isBug: boolean;
  /** Somebody else changed the object first. That is how optimistic locking works; no human needs to act. */
  readonly isStale: boolean;
}

/**
 * Decides what an attempt means for the queue. An error beats everything: the first error in its chain of causes that knows its retry class
 * decides, and what nothing is known about is tried again with back-off.
 */
export function outcomeOf(attempt: Attempt): Outcome {
  if (attempt.kind === 'threw') return attempt.isAborted ? { kind: 'drop', label: 'aborted' } : failed(attempt.error);
  if ((attempt.result as unknown) instanceof Error) return failed(attempt.result); // plain JavaScript can return what it should throw
  const { requeueAfter: delay, priority } = attempt.result ?? {};
  if (priority !== undefined && !Number.isFinite(priority)) return failed(new TypeError(`priority must be a number, not ${String(priority)}`));
  if (delay === undefined || delay === null) return { kind: 'forget', label: 'success' };
  if (typeof delay !== 'number' || Number.isNaN(delay)) return failed(new TypeError(`requeueAfter must be a number of milliseconds, not ${String(delay)}`));
  if (!(delay > 0 && delay < Number.POSITIVE_INFINITY)) return { kind: 'forget', label: 'success' };
  return { kind: 'addAfter', delay, forgets: true, label: 'requeue_after', ...(priority !== undefined && { priority }) };
}

function failed(error: unknown): Outcome {
  const retry = retryClassInChain(error);
  const failure: Failure = { error, isTerminal: retry === 'never', isBug: isBug(error), isStale: isConflict(error) };
  if (retry === 'never') return { kind: 'drop', label: 'error', failure };
  if (retry === 'backoff') return { kind: 'addRateLimited', label: 'error', failure };
  return { kind: 'addAfter', delay: retry.afterMs, forgets: false, label: 'error', failure };
}

/** `new Error('…', { cause })` and AggregateErrors may wrap what knows better. Several errors in an aggregate: the one that hopes most wins. */
function retryClassInChain(error: unknown, depth = 0): RetryClass {
  const own = retryClassOf(error);
  if (own !== 'backoff' || error instanceof KubewrightError || !(error instanceof Error) || depth > 8) return own;
  if (error instanceof AggregateError && error.errors.length > 0) {
    const classes = error.errors.map((inner) => retryClassInChain(inner, depth + 1));
    return classes.find((known) => known === 'backoff') ?? classes.find((known) => known !== 'never') ?? 'never';
  }
  return error.cause === undefined ? own : retryClassInChain(error.cause, depth + 1);
}

function isBug(error: unknown): boolean {
  return !(error instanceof Error) || [TypeError, ReferenceError, RangeError, SyntaxError, EvalError, URIError].some((type) => error instanceof type);
}
