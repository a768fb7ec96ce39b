import type { Clock, Timer } from '@kubewright/platform';

/** Calls `onIdle` once when `touch` was not called for `delay` milliseconds. A touch costs a look at the clock and sets no timer. */
export class IdleTimer {
  #touched: number;
  #timer: Timer;

  constructor(private readonly clock: Clock, private readonly delay: number, private readonly onIdle: () => void) {
    this.#touched = clock.monotonic();
    this.#timer = clock.timer(delay, this.#check);
  }

  touch(): void {
    this.#touched = this.clock.monotonic();
  }

  cancel(): void {
    this.#timer.cancel();
  }

  readonly #check = (): void => {
    const left = this.#touched + this.delay - this.clock.monotonic();
    if (left > 0) this.#timer = this.clock.timer(left, this.#check);
    else this.onIdle();
  };
}
