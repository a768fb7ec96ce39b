import type { LogFields } from './logger.js';

/** An error as fields of a log line: with its code, hint, stack and causes. */
export function describeError(error: Error & { readonly code?: unknown; readonly hint?: unknown }): LogFields {
  const { name, message, code, hint, stack, cause } = error;
  return { name, message, code, hint, stack, cause: cause instanceof Error && cause !== error ? describeError(cause) : cause === error ? undefined : cause };
}
