import { DelayingQueue } from './delaying-queue.js';
import type { QueueOptions } from './queue.js';
import type { RateLimiter } from './rate-limiters.js';
import type { AddOptions, WorkQueue } from './work-queue.js';

/** The third ring, and the classic queue as a whole (client-go util/workqueue): adds after a failure, with a delay that a {@link RateLimiter} decides by key. */
export class RateLimitingQueue<R> extends DelayingQueue<R> implements WorkQueue<R> {
  constructor(
    options: QueueOptions<R>,
    private readonly limiter: RateLimiter,
  ) {
    super(options);
  }

  override add(item: R, { rateLimited = false, ...options }: AddOptions = {}): void {
    if (!rateLimited || !this.isOpen) return super.add(item, options);
    const { after, ...rest } = options;
    const delay = this.limiter.when(this.options.keyOf(item));
    this.addAfter(item, after !== undefined && after > 0 ? Math.min(after, delay) : delay, rest);
  }

  addRateLimited(item: R, options?: AddOptions): void {
    this.add(item, { ...options, rateLimited: true });
  }

  forget(item: R): void {
    this.limiter.forget(this.options.keyOf(item));
  }

  failures(item: R): number {
    return this.limiter.failures(this.options.keyOf(item));
  }
}
