/** Aborts with the first of the given signals; `end` takes its listeners off again, which AbortSignal.any of Node 20 keeps on long-lived signals. */
export function eitherSignal(signals: readonly (AbortSignal | undefined)[]): { readonly signal: AbortSignal; end(): void } {
  const abort = new AbortController();
  const ends = signals.map((signal) => {
    const onAbort = (): void => abort.abort(signal?.reason);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
    return () => signal?.removeEventListener('abort', onAbort);
  });
  return { signal: abort.signal, end: () => ends.forEach((end) => end()) };
}
