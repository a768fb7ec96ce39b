import type { Status, StatusDetails, StatusReason } from './status.js';

const API_ERROR = Symbol.for('kubewright.api-error');

/**
 * A request that an API server answered with a failure. `instanceof` works across installed copies of this package.
 * The message is the server's own; decide on {@link reason} and {@link httpStatus}, never on texts.
 */
export class ApiError extends Error {
  readonly [API_ERROR] = true;
  readonly status: Status;

  constructor(status: Status, options?: ErrorOptions) {
    super(status.message ?? status.reason ?? 'request failed', options);
    this.name = 'ApiError';
    this.status = status;
  }

  /** A failure with the usual fields filled in. */
  static of(httpStatus: number, reason: StatusReason, message: string, details?: StatusDetails): ApiError {
    return new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, ...(details && { details }), code: httpStatus });
  }

  get httpStatus(): number {
    return this.status.code ?? 500;
  }

  get reason(): StatusReason {
    return this.status.reason ?? '';
  }

  get details(): StatusDetails | undefined {
    return this.status.details;
  }

  /** How long the server asks to wait before the next try, in milliseconds; undefined when it did not say. */
  get retryAfter(): number | undefined {
    const seconds = this.status.details?.retryAfterSeconds;
    return seconds === undefined ? undefined : seconds * 1000;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && API_ERROR in value;
  }
}

const is = (reason: StatusReason) => (error: unknown): error is ApiError => error instanceof ApiError && error.reason === reason;

export const isNotFound = is('NotFound');
export const isAlreadyExists = is('AlreadyExists');
export const isConflict = is('Conflict');
export const isInvalid = is('Invalid');
export const isForbidden = is('Forbidden');
export const isUnauthorized = is('Unauthorized');
export const isTooManyRequests = is('TooManyRequests');

/** The resourceVersion asked for is no longer (410): list again. It comes as an HTTP status and as an event of a watch. */
export function isExpired(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.reason === 'Expired' || error.reason === 'Gone' || error.httpStatus === 410);
}
