/**
 * A signal for {@link Manager.start} that aborts when the process is asked to end (SIGINT, SIGTERM). Being asked twice ends it at once with
 * exit code 1: what was under way is lost. For `main`, once.
 *
 * @example
 * await manager.start(setupSignalHandler());
 */
export function setupSignalHandler(process: SignalSource = globalThis.process): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(1);
      stop.abort(new Error(`received ${name}`));
    });
  }
  return stop.signal;
}

/** The part of `process` that matters here. */
export interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  exit(code: number): void;
}
