import { sleepOn, type Clock, type Timer } from './clock.js';

/** Node fires a timer at once when its delay does not fit in a signed 32-bit integer. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** The machine's clock. Its timers keep the process alive until they fire or are cancelled. */
export class RealClock implements Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  timer(delay: number, callback: () => void): Timer {
    let handle: NodeJS.Timeout;
    const arm = (remaining: number): void => {
      const step = Math.min(Math.max(remaining, 0), LONGEST_DELAY);
      handle = setTimeout(() => (remaining > step ? arm(remaining - step) : callback()), step);
    };
    arm(delay);
    return { cancel: () => clearTimeout(handle) };
  }

  sleep(delay: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delay, signal);
  }

  yield(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
}

/** The clock for production. It has no state, so one instance serves the whole process. */
export const realClock: Clock = new RealClock();
