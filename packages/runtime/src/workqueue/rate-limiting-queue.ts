import { DelayingQueue } from './delaying-queue.js';
import type { QueueOptions } from './queue.js';
import type { RateLimiter } from './rate-limiters.js';
import type { AddOptions, WorkQueue } from './work-queue.js';

/** The third ring: adds after a failure, with a delay that a {@link RateLimiter} decides by key. */
export class RateLimitingQueue<R> extends DelayingQueue<R> implements WorkQueue<R> {
  constructor(
    options: QueueOptions<R>,
    private readonly limiter: RateLimiter,
  ) {
    super(options);
  }

  addRateLimited(item: R, options?: AddOptions): void {
    if (this.isOpen) this.addAfter(item, this.limiter.when(this.options.keyOf(item)), options);
  }

  forget(item: R): void {
    this.limiter.forget(this.options.keyOf(item));
  }

  failures(item: R): number {
    return this.limiter.failures(this.options.keyOf(item));
  }
}
