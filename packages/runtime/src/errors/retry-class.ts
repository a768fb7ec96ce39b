import { ApiError } from '@kubewright/api';

import type { RetryClass } from './error-codes.js';
import { KubewrightError } from './kubewright-error.js';

/** HTTP statuses by which a server says that this very request can never succeed, whatever becomes of the objects. */
const HOPELESS: ReadonlySet<number> = new Set([405, 406, 415]);

/**
 * Whether an attempt that ended with `error` is worth another one. Errors that nothing is known about are retried with back-off: a
 * conflict, an invalid object or a missing permission can all be put right by somebody else.
 */
export function retryClassOf(error: unknown): RetryClass {
  if (error instanceof KubewrightError) return error.retry;
  if (error instanceof ApiError) {
    if (HOPELESS.has(error.httpStatus)) return 'never';
    if (error.retryAfter !== undefined && error.retryAfter > 0) return { afterMs: error.retryAfter };
  }
  return 'backoff';
}
