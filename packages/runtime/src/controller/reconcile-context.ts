import type { Logger, Random } from '@kubewright/platform';

import type { Client } from '../client/client.js';
import type { EventRecorder } from '../reconcile/event-recorder.js';
import type { ReconcileContext } from '../reconcile/reconciler.js';

/** What the contexts of one controller have in common. */
export interface ContextSource {
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly log: Logger;
  readonly random: Random;
}

/** The context of one attempt on the request of this key. */
export function reconcileContext(source: ContextSource, key: string, signal: AbortSignal): ReconcileContext {
  const reconcileId = source.random.uuid();
  return { client: source.client, recorder: source.recorder, log: source.log.with({ request: key, reconcileId }), signal, reconcileId };
}
