/**
 * @module errors: what kubewright itself reports. Every error has a code (stable, decide on it), a retry class, and where one is known a
 * hint that says what to try. error-codes.ts is the table of codes, retry-class.ts reads the class of any error. Failures that an API
 * server answers are ApiError of @kubewright/api.
 */
import { ERROR_CODES, type ErrorCode, type RetryClass } from './error-codes.js';

const KUBEWRIGHT_ERROR = Symbol.for('kubewright.error');

export type { RetryClass } from './error-codes.js';

/** What an error says beside its code and message. */
export interface KubewrightErrorOptions {
  readonly cause?: unknown;
  /** What to try. @default the hint of the code */
  readonly hint?: string;
  /** @default the retry class of the code */
  readonly retry?: RetryClass;
}

/** An error of kubewright's own. `instanceof` works across installed copies of this package. The text may change, the code does not. */
export class KubewrightError extends Error {
  readonly [KUBEWRIGHT_ERROR] = true;
  readonly code: ErrorCode;
  readonly retry: RetryClass;
  readonly hint: string;

  /** @param message what happened and to which object; the hint is appended when the error is printed by kubewright's own commands */
  constructor(code: ErrorCode, message: string, options: KubewrightErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'KubewrightError';
    this.code = code;
    this.retry = options.retry ?? ERROR_CODES[code].retry;
    this.hint = options.hint ?? ERROR_CODES[code].hint;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && KUBEWRIGHT_ERROR in value;
  }
}

/** Whether `error` is a {@link KubewrightError} with this code. */
export function hasCode(error: unknown, code: ErrorCode): error is KubewrightError {
  return error instanceof KubewrightError && error.code === code;
}
