/**
 * @module workqueue: which item runs next, and when. priority-queue.ts is what controllers use: one queue that knows priorities, delays and
 * failures. The classic queue is three rings, one a file, each built on the one before: queue.ts (every key once, never twice at a time),
 * delaying-queue.ts (later), rate-limiting-queue.ts (later and later after failures). A queue never looks into its items: items of equal key
 * are the same item. It is the property of one controller, which opens and closes it.
 */
import type { Cause } from './cause.js';

/** What an add can say. */
export interface AddOptions {
  /** Higher runs first, where the queue knows priorities; the classic queue ignores it. @default 0 */
  readonly priority?: number;
  /** Not before this many milliseconds have passed. @default at once */
  readonly after?: number;
  /** Not before the delay that its failures so far call for, and counts one more. With `after` too, the shorter of the two. @default false */
  readonly rateLimited?: boolean;
  /** Why. Merged with the causes of an equal item that waits. @default unknown */
  readonly causes?: readonly Cause[];
}

/** News of the first list and of a resync can wait: after a restart, what really happens is not stuck behind ten thousand old objects. */
export const LOW_PRIORITY = -100;

/** What becomes of the items that wait when a queue is shut down. */
export interface ShutDownOptions {
  /**
   * The classic queue hands them out before {@link WorkQueue.get} says that it is over; a queue with priorities drops them in any case.
   * @default false: they are dropped, the next start lists them again
   */
  readonly drain?: boolean;
}

/** An item that was handed out. */
export interface Taken<R> {
  readonly item: R;
  /** The one it was handed out with: what is added again for the same reason keeps it. 0 in the classic queue. */
  readonly priority: number;
  /** All that led to it, merged and bounded. */
  readonly causes: readonly Cause[];
}

/** What a controller needs of its queue: {@link PriorityQueue}, or the classic {@link RateLimitingQueue}. */
export interface WorkQueue<R> {
  /** Hands the item out when a worker is free. An equal item that waits already is not added twice; one that is being processed runs again. */
  add(item: R, options?: AddOptions): void;

  /** Adds the item after `delay` milliseconds. Of several delays for one key the one that ends first wins. */
  addAfter(item: R, delay: number, options?: AddOptions): void;

  /** Adds the item after the delay that its failures so far call for, and counts one more. */
  addRateLimited(item: R, options?: AddOptions): void;

  /** Forgets the failures of the item's key. */
  forget(item: R): void;

  /** How often the item's key was added by {@link addRateLimited} since it was last forgotten. */
  failures(item: R): number;

  /** The next item; undefined when the queue is shut down. Whoever takes an item must call {@link done} with it. */
  get(): Promise<Taken<R> | undefined>;

  /** Ends the processing of an item. If an equal one was added meanwhile, it can be handed out now. */
  done(item: R): void;

  /** Items that could be handed out: waiting, or added again while they are processed. Delayed ones do not count. */
  readonly length: number;

  /** From now on adds are ignored. Items that were taken are still to be finished with {@link done}. */
  shutDown(options?: ShutDownOptions): void;
}
