import { jitter, type Clock, type Random } from '@kubewright/platform';

/** How {@link Backoff} grows. The defaults are client-go's for reflectors. */
export interface BackoffOptions {
  /** Milliseconds. @default 800 */
  readonly initial?: number;
  /** Milliseconds. @default 30_000 */
  readonly longest?: number;
  /** @default 2 */
  readonly factor?: number;
  /** Share of the delay that is added at random. @default 1 */
  readonly jitter?: number;
  /** Milliseconds without a failure after which it starts over. @default 120_000 */
  readonly resetAfter?: number;
}

/** Delays that grow with each failure. One success does not start it over, a quiet time does: a server that fails every second call stays spared. */
export class Backoff {
  #delay: number;
  #last = Number.NEGATIVE_INFINITY;

  constructor(private readonly clock: Clock, private readonly random: Random, private readonly options: BackoffOptions = {}) {
    this.#delay = options.initial ?? 800;
  }

  /** The delay after one more failure, in milliseconds. */
  next(): number {
    const { initial = 800, longest = 30_000, factor = 2, jitter: share = 1, resetAfter = 120_000 } = this.options;
    const now = this.clock.monotonic();
    if (now - this.#last > resetAfter) this.#delay = initial;
    const delay = jitter(this.random, this.#delay, share);
    this.#delay = Math.min(this.#delay * factor, longest);
    this.#last = now;
    return delay;
  }
}
