/**
 * @module clock: everything that waits or asks for the time goes through a {@link Clock}. It never decides *what* to wait for.
 * The real one is in real-clock.ts, the one that tests move by hand in fake-clock.ts.
 */

/** A timer that has not fired yet can be cancelled; cancelling it later, or twice, does nothing. */
export interface Timer {
  cancel(): void;
}

/** Time, in milliseconds, for everything in kubewright that waits. */
export interface Clock {
  /** Wall-clock time in milliseconds since the Unix epoch. It can jump; measure durations with {@link Clock.monotonic}. */
  now(): number;

  /** Milliseconds since some fixed moment. It never goes backwards. */
  monotonic(): number;

  /**
   * Calls `callback` once, after at least `delay` milliseconds. Delays of zero or less fire as soon as the caller has returned to the
   * event loop. Delays above 2^31-1 ms (which Node's own timers fire at once) are kept. Timers of equal due time fire in order of creation.
   */
  timer(delay: number, callback: () => void): Timer;

  /** Resolves after `delay` milliseconds; rejects with `signal.reason` as soon as the signal aborts. */
  sleep(delay: number, signal?: AbortSignal): Promise<void>;

  /** Lets other ready work (I/O, timers, other loops) run before the caller goes on. */
  yield(): Promise<void>;
}

/** Implements {@link Clock.sleep} on a clock's own {@link Clock.timer}. */
export function sleepOn(clock: Pick<Clock, 'timer'>, delay: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = clock.timer(delay, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
