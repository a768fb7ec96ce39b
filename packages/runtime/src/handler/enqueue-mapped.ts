import type { Entry } from '../event/entry.js';
import { requestKey, type Request } from '../reconcile/request.js';
import type { EventHandler } from './event-handler.js';

/**
 * An event leads to the requests that `map` finds for the object: those that select it, mention it, or depend on it otherwise. It is asked
 * for the state before and the state after a change, so that what stops being concerned hears of it too.
 *
 * @param map must not wait; it may read the cache's indexes
 * @param keyOf tells requests apart. @default that of Request
 */
export function enqueueMapped<R = Request>(map: (entry: Entry) => readonly R[], keyOf: (request: R) => string = requestKey as (request: unknown) => string): EventHandler<R> {
  return {
    requestsFor(event) {
      const requests = event.type === 'update' ? [...map(event.old), ...map(event.entry)] : map(event.entry);
      return [...new Map(requests.map((request) => [keyOf(request), request])).values()];
    },
  };
}
