import { sleepOn, type Clock, type Timer } from './clock.js';

interface PendingTimer {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until a test moves it. `now()` and `monotonic()` advance together.
 *
 * @example
 * const clock = new FakeClock();
 * clock.timer(1_000, () => console.log('fired'));
 * await clock.advance(1_000); // prints "fired"
 */
export class FakeClock implements Clock {
  readonly #timers = new Set<PendingTimer>();
  #elapsed = 0;
  #order = 0;

  /** @param epoch wall-clock time at the start, in milliseconds. @default 2026-01-01T00:00:00Z */
  constructor(private readonly epoch: number = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.epoch + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  timer(delay: number, callback: () => void): Timer {
    const timer = { due: this.#elapsed + Math.max(delay, 0), order: this.#order++, callback };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  sleep(delay: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delay, signal);
  }

  yield(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** How many timers wait. A test that ends with more than zero has left something running. */
  get pending(): number {
    return this.#timers.size;
  }

  /** When the next timer is due, in milliseconds from now; undefined when none waits. */
  get nextDue(): number | undefined {
    const next = this.#next();
    return next && next.due - this.#elapsed;
  }

  /**
   * Moves time forward by `duration` milliseconds. Timers that come due fire in order of due time, each with the clock standing at its
   * due time, and promises that they settle are run before the next one fires. Timers that those callbacks create take part.
   */
  async advance(duration: number): Promise<void> {
    const target = this.#elapsed + duration;
    await this.yield();
    for (let next = this.#next(); next && next.due <= target; next = this.#next()) {
      this.#timers.delete(next);
      this.#elapsed = next.due;
      next.callback();
      await this.yield();
    }
    this.#elapsed = target;
  }

  #next(): PendingTimer | undefined {
    let first: PendingTimer | undefined;
    for (const timer of this.#timers) {
      if (!first || timer.due < first.due || (timer.due === first.due && timer.order < first.order)) first = timer;
    }
    return first;
  }
}
