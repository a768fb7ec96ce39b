import type { HttpUrl, NonEmptyString } from '../../scalars.js';
import type { HttpReceiverOptions, KeyValue } from '../receiver-options.js';

/** Notifications to Opsgenie. */
export interface OpsGenieConfig<Secret> extends HttpReceiverOptions<Secret> {
  /** The key of a Secret with the API key. */
  apiKey?: Secret;
  /** URL of the API. */
  apiURL?: HttpUrl;
  /** Short text of the alert. */
  message?: NonEmptyString;
  /** Long text of the alert. */
  description?: NonEmptyString;
  /** Where the alert comes from. */
  source?: NonEmptyString;
  /** Tags of the alert, divided by commas. */
  tags?: NonEmptyString;
  /** A further note. */
  note?: NonEmptyString;
  /** Priority, `P1` to `P5`. */
  priority?: NonEmptyString;
  /** Further pairs of key and value. */
  details?: KeyValue[];
  /** Those who are responsible. */
  responders?: OpsGenieResponder[];
  /** What the alert is about. */
  entity?: NonEmptyString;
  /** Actions that are offered, divided by commas. */
  actions?: NonEmptyString;
}

/** One who is responsible, by one of id, name and user name. */
export interface OpsGenieResponder {
  /** Identifier of the responder. */
  id?: NonEmptyString;
  /** Name of the responder. */
  name?: NonEmptyString;
  /** User name of the responder. */
  username?: NonEmptyString;
  /**
   * What the responder is.
   * @minLength 1
   */
  type: 'team' | 'teams' | 'user' | 'escalation' | 'schedule';
}
