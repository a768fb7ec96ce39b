import { onAbort } from './on-abort.js';

/** The promise, or the signal's reason where that comes first. What is waited for goes on: others may share it. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const end = onAbort(signal, () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal.reason })));
    promise.then(resolve, reject).finally(end);
  });
}
