/** @module handler: which requests an event leads to. enqueue-object.ts, enqueue-owner.ts and enqueue-mapped.ts are the usual answers. */
import type { ObjectEvent } from '../event/event.js';

/** Maps an event to the requests of one controller; 0..n. It must not wait. */
export interface EventHandler<R> {
  requestsFor(event: ObjectEvent): readonly R[];
}
