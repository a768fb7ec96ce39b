import { onAbort } from '../client/on-abort.js';

/** Aborts with the first of the given signals; `end` takes its listeners off again, which AbortSignal.any of Node 20 keeps on long-lived signals. */
export function eitherSignal(signals: readonly (AbortSignal | undefined)[]): { readonly signal: AbortSignal; end(): void } {
  const given = signals.filter((signal) => signal !== undefined);
  if (given.length === 1) return { signal: given[0]!, end() {} };
  const abort = new AbortController();
  const ends = given.map((signal) => onAbort(signal, () => abort.abort(signal.reason)));
  return { signal: abort.signal, end: () => ends.forEach((end) => end()) };
}
