const callbacksOf = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back when the signal aborts, in the order of the calls; the function that it returns takes that back. With many callers of one
 * signal, as with all requests of a manager, this is a fraction of the cost of a listener for each: the signal has one, for good.
 * A signal that has aborted calls back at once.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) {
    callback();
    return () => {};
  }
  const callbacks = callbacksOf.get(signal) ?? listenTo(signal);
  const own = (): void => callback(); // the same callback may wait twice
  callbacks.add(own);
  return () => void callbacks.delete(own);
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const callbacks = new Set<() => void>();
  callbacksOf.set(signal, callbacks);
  signal.addEventListener('abort', () => callbacks.forEach((callback) => callback()), { once: true });
  return callbacks;
}
