import type { AtomicList } from '@kubewright/api';

import type { HttpUrl, NonEmptyString } from '../../scalars.js';
import type { HttpReceiverOptions, KeyValue } from '../receiver-options.js';

/** Notifications to VictorOps. */
export interface VictorOpsConfig<Secret> extends HttpReceiverOptions<Secret> {
  /** The key of a Secret with the API key. */
  apiKey?: Secret;
  /** URL of the API. */
  apiUrl?: HttpUrl;
  /** Key that leads the alert to a team. */
  routingKey: NonEmptyString;
  /** What the alert does: `CRITICAL`, `WARNING`, `INFO`. */
  messageType?: NonEmptyString;
  /** Summary of the alert. */
  entityDisplayName?: NonEmptyString;
  /** Long text of the alert. */
  stateMessage?: NonEmptyString;
  /** Name of the tool that watches. */
  monitoringTool?: NonEmptyString;
  /** Further pairs of key and value. */
  customFields?: AtomicList<KeyValue>;
}
