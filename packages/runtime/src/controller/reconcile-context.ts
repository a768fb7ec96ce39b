import type { Clock, Logger, Random } from '@kubewright/platform';

import type { Client } from '../client/client.js';
import type { EventRecorder } from '../reconcile/event-recorder.js';
import type { ReconcileContext } from '../reconcile/reconciler.js';
import type { Taken } from '../workqueue/work-queue.js';

/** What the contexts of one controller have in common. */
export interface ContextSource {
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly log: Logger;
  readonly random: Random;
}

/** The context of one attempt on the request of this key. */
export function reconcileContext(source: ContextSource, clock: Clock, key: string, { causes, priority }: Taken<unknown>, signal: AbortSignal): ReconcileContext {
  const { client, recorder, log, random } = source;
  const reconcileId = random.uuid();
  return { client, recorder, clock, log: log.with({ request: key, reconcileId }), signal, reconcileId, causes, priority };
}
