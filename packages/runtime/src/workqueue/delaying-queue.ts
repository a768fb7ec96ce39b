import type { Timer } from '@kubewright/platform';

import { DelayHeap } from './delay-heap.js';
import { Queue } from './queue.js';
import type { AddOptions, ShutDownOptions } from './work-queue.js';

/**
 * The second ring: adds that happen later. However many items wait, there is one timer, for the first of them. An add that comes before
 * the delay has passed leaves the delayed one in place: the item then runs twice, which a level-based reconciler can not tell from once.
 */
export class DelayingQueue<R> extends Queue<R> {
  readonly #delayed = new DelayHeap<R>();
  #timer: { readonly due: number; readonly timer: Timer } | undefined;

  addAfter(item: R, delay: number, options?: AddOptions): void {
    if (!this.isOpen) return;
    if (!(delay > 0)) {
      this.add(item, options);
      return;
    }
    this.options.metrics?.retried();
    this.#delayed.push(this.options.keyOf(item), item, this.options.clock.monotonic() + delay);
    this.#arm();
  }

  override shutDown(options?: ShutDownOptions): void {
    this.#delayed.clear();
    this.#arm();
    super.shutDown(options);
  }

  /** Makes the timer fit the first item that waits. */
  #arm(): void {
    const due = this.#delayed.nextDue;
    if (due === this.#timer?.due) return;
    this.#timer?.timer.cancel();
    this.#timer = undefined;
    if (due === undefined) return;
    const { clock } = this.options;
    this.#timer = { due, timer: clock.timer(due - clock.monotonic(), () => this.#release()) };
  }

  #release(): void {
    this.#timer = undefined;
    const now = this.options.clock.monotonic();
    for (let item = this.#delayed.pop(now); item !== undefined; item = this.#delayed.pop(now)) this.add(item);
    this.#arm();
  }
}
