import type { Request } from '../reconcile/request.js';
import type { EventHandler } from './event-handler.js';

/** An event leads to a request for the very object it is about. */
export function enqueueObject(): EventHandler<Request> {
  return {
    requestsFor: ({ entry: { name, namespace } }) => [namespace ? { namespace, name } : { name }],
  };
}
