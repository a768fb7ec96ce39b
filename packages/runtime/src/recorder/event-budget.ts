import { LruMap } from './lru-map.js';

/** How many events about one object a reporter may begin at once, and how often (ms) one more; client-go's figures (tools/record/events_cache.go). */
export const EVENT_BURST = 25;
export const EVENT_REFILL = 300_000;

/**
 * Bounds how many different events a reporter writes about one object. Repeats are no new events and are not counted here: a series costs two
 * writes however long it is.
 */
export class EventBudget {
  readonly #spent = new LruMap<{ tokens: number; at: number }>();

  /** Takes one event of `reporter` about an object; false when there is none left. @param monotonic milliseconds */
  take(reporter: string, object: string, monotonic: number): boolean {
    const key = `${reporter} ${object}`;
    const { tokens, at } = this.#spent.get(key) ?? { tokens: EVENT_BURST, at: monotonic };
    const left = Math.min(EVENT_BURST, tokens + (monotonic - at) / EVENT_REFILL);
    const mayPass = left >= 1;
    this.#spent.set(key, { tokens: mayPass ? left - 1 : left, at: monotonic });
    return mayPass;
  }
}
