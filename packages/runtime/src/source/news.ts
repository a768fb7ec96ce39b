import type { ObjectEvent } from '../event/event.js';
import type { Cause } from '../workqueue/cause.js';
import { LOW_PRIORITY, type AddOptions } from '../workqueue/work-queue.js';

/** How the requests that an event leads to are added: with their cause, and behind real news where it tells of nothing new. */
export function newsOf(event: ObjectEvent, source: string): AddOptions {
  const { key, resourceVersion } = event.entry;
  const change = changeOf(event);
  const cause: Cause = { source, change, object: key, count: 1, ...(resourceVersion && { resourceVersion }) };
  return { causes: [cause], ...((change === 'initial' || change === 'resync') && { priority: LOW_PRIORITY }) };
}

function changeOf(event: ObjectEvent): Cause['change'] {
  if (event.type === 'create') return event.initial ? 'initial' : 'create';
  if (event.type === 'update') return event.old.resourceVersion === event.entry.resourceVersion ? 'resync' : 'update';
  return event.type;
}
