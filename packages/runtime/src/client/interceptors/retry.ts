import { readAll, type Clock, type TransportRequest, type TransportResponse } from '@kubewright/platform';

import { publish } from '../../tracing/stops.js';
import { isReset } from '../connection-error.js';
import { retryAfterSeconds } from '../response.js';
import type { Interceptor } from './interceptor.js';

/** How {@link retry} goes about it. */
export interface RetryOptions {
  /** How often a request is sent again. @default 10, as client-go */
  readonly maxRetries?: number;
  /** The longest time that a server may ask for, in milliseconds; a longer one is left to the caller. @default 60_000 */
  readonly longestWait?: number;
}

/** What to wait before a read is sent again after its connection broke. */
const RECONNECT_MS = 100;

/**
 * Sends a request again when the server says when (429 and 5xx with Retry-After; it has done nothing then), and a read whose connection
 * was reset. Refused connections, and everything about watches, are left to who knows better: their caller.
 */
export function retry(clock: Clock, options: RetryOptions = {}): Interceptor {
  const { maxRetries = 10, longestWait = 60_000 } = options;
  return (next) => ({
    async dispatch(request, signal) {
      for (let attempt = 0; ; attempt++) {
        publish('interceptors', { method: request.method, path: request.path, attempt }); // stop 12
        const outcome = await next.dispatch(request, signal).catch((error: unknown) => ({ error }));
        const wait = attempt < maxRetries && request.lane !== 'watch' && !signal?.aborted ? waitBeforeRetry(request, outcome) : undefined;
        if (wait === undefined || wait > longestWait) {
          if ('error' in outcome) throw outcome.error;
          return outcome;
        }
        // The connection can be used again once the answer has been read.
        if ('body' in outcome) await readAll(outcome.body).catch(() => {});
        await clock.sleep(wait, signal);
      }
    },
    close: () => next.close(),
  });
}

function waitBeforeRetry(request: TransportRequest, outcome: TransportResponse | { readonly error: unknown }): number | undefined {
  if ('error' in outcome) return request.method === 'GET' && isReset(outcome.error) ? RECONNECT_MS : undefined;
  if (outcome.status !== 429 && outcome.status < 500) return undefined;
  // 500 and 504 tell nothing about whether it happened: to create twice is worse than to tell the caller.
  if (request.method === 'POST' && (outcome.status === 500 || outcome.status === 504)) return undefined;
  const seconds = retryAfterSeconds(outcome);
  return seconds === undefined ? undefined : seconds * 1_000;
}
