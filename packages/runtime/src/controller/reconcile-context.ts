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

/** The context of one attempt, with its signal, on the request of this key. */
export function reconcileContext(source: ContextSource, clock: Clock, key: string, { causes, priority }: Taken<unknown>, attempt: { readonly signal: AbortSignal }): ReconcileContext {
  const { client, recorder, log, random } = source;
  const reconcileId = random.uuid();
  let ownLog: Logger | undefined;
  return {
    client, recorder, clock, reconcileId, causes, priority,
    // Made when they are asked for, which most attempts never do.
    get log() {
      return (ownLog ??= log.with({ request: key, reconcileId }));
    },
    get signal() {
      return attempt.signal;
    },
  };
}
