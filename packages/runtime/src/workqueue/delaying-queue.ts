import type { Timer } from '@kubewright/platform';

import { mergeCauses, type Cause } from './cause.js';
import { DelayHeap } from './delay-heap.js';
import { Queue } from './queue.js';
import type { AddOptions, ShutDownOptions } from './work-queue.js';

/**
 * The second ring: adds that happen later. However many items wait, there is one timer, for the first of them. An add that comes before
 * the delay has passed leaves the delayed one in place: the item then runs twice, which a level-based reconciler can not tell from once.
 */
export class DelayingQueue<R> extends Queue<R> {
  readonly #delayed = new DelayHeap<DelayedAdd<R>>();
  #timer: { readonly due: number; readonly timer: Timer } | undefined;

  override add(item: R, { after = 0, ...options }: AddOptions = {}): void {
    if (after > 0) this.addAfter(item, after, options);
    else super.add(item, options);
  }

  addAfter(item: R, delay: number, options: AddOptions = {}): void {
    if (!this.isOpen) return;
    const { causes = [] } = options;
    if (!(delay > 0)) {
      super.add(item, { causes });
      return;
    }
    this.options.metrics?.retried();
    this.#delayed.push(this.options.keyOf(item), { item, causes }, this.options.clock.monotonic() + delay, (known, given) => ({
      item: known.item,
      causes: mergeCauses(known.causes, given.causes),
    }));
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
    for (let due = this.#delayed.pop(now); due !== undefined; due = this.#delayed.pop(now)) super.add(due.item, { causes: due.causes });
    this.#arm();
  }
}

interface DelayedAdd<R> {
  readonly item: R;
  readonly causes: readonly Cause[];
}
