/**
 * @module workqueue: which item runs next, and when. Three rings, one a file, each built on the one before: queue.ts (every key once, never
 * twice at a time), delaying-queue.ts (later), rate-limiting-queue.ts (later and later after failures). A queue never looks into its items:
 * items of equal key are the same item. It is the property of one controller, which opens and closes it.
 */

/** What an add can say. */
export interface AddOptions {
  /** Higher runs first, where the queue knows priorities; a plain queue ignores it. @default 0 */
  readonly priority?: number;
}

/** What becomes of the items that wait when a queue is shut down. */
export interface ShutDownOptions {
  /** Hands them out before {@link WorkQueue.get} says that it is over. @default false: they are dropped, the next start lists them again */
  readonly drain?: boolean;
}

/** What a controller needs of its queue. {@link RateLimitingQueue} is the one in use; a queue with priorities has the same interface. */
export interface WorkQueue<R> {
  /** Hands the item out when a worker is free. An equal item that waits already is not added twice; one that is being processed runs again. */
  add(item: R, options?: AddOptions): void;

  /** Adds the item after `delay` milliseconds. Of several delays for one key the one that ends first wins, and adds meanwhile leave it in place. */
  addAfter(item: R, delay: number, options?: AddOptions): void;

  /** Adds the item after the delay that its failures so far call for, and counts one more. */
  addRateLimited(item: R, options?: AddOptions): void;

  /** Forgets the failures of the item's key. */
  forget(item: R): void;

  /** How often the item's key was added by {@link addRateLimited} since it was last forgotten. */
  failures(item: R): number;

  /** The next item, in order of arrival; undefined when the queue is shut down. Whoever takes an item must call {@link done} with it. */
  get(): Promise<R | undefined>;

  /** Ends the processing of an item. If an equal one was added meanwhile, it is queued now. */
  done(item: R): void;

  /** Items that could be handed out: waiting, or added again while they are processed. Delayed ones do not count. */
  readonly length: number;

  /** From now on adds are ignored. Items that were taken are still to be finished with {@link done}. */
  shutDown(options?: ShutDownOptions): void;
}
