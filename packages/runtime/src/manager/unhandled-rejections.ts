/**
 * What becomes of a promise that was rejected and that nobody looked at. `crash`: Node's own way, the process ends with exit code 1 at once, and
 * another leader has to wait for the Lease to run out. `stop`: the manager stops in order and `start` rejects with it. `count`: it is logged and
 * counted, and work goes on; for operators whose libraries are careless.
 */
export type RejectionPolicy = 'crash' | 'stop' | 'count';

/** The part of `process` that matters here. */
export interface RejectionSource {
  on(event: 'unhandledRejection', listener: (reason: unknown) => void): unknown;
  off(event: 'unhandledRejection', listener: (reason: unknown) => void): unknown;
}

/** Tells of rejections that nobody handled; nothing is told under `crash`. Returns what ends it. The listener is the process's: it hears of all. */
export function watchRejections(policy: RejectionPolicy, onRejection: (reason: unknown) => void, process: RejectionSource = globalThis.process): () => void {
  if (policy === 'crash') return () => {};
  process.on('unhandledRejection', onRejection);
  return () => process.off('unhandledRejection', onRejection);
}
