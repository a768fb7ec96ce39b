import type { DurationWithUnit, NonEmptyString, PrometheusDuration } from '../../scalars.js';
import type { HttpReceiverOptions } from '../receiver-options.js';

/** Notifications to Pushover. */
export interface PushoverConfig<Secret> extends HttpReceiverOptions<Secret> {
  /** The key of a Secret with the recipient's key; excludes the file. */
  userKey?: Secret;
  /** Path of a file with the recipient's key. */
  userKeyFile?: string;
  /** The key of a Secret with the application's token; excludes the file. */
  token?: Secret;
  /** Path of a file with the application's token. */
  tokenFile?: string;
  /** Template of the title. */
  title?: NonEmptyString;
  /** Template of the message. */
  message?: NonEmptyString;
  /** URL beside the message. */
  url?: string;
  /** Text of that URL. */
  urlTitle?: NonEmptyString;
  /** Device that is notified; all when absent. */
  device?: NonEmptyString;
  /** Sound of the notification. */
  sound?: NonEmptyString;
  /** Priority, -2 to 2. */
  priority?: NonEmptyString;
  /** Time between repetitions of an emergency until somebody confirms it. */
  retry?: DurationWithUnit;
  /** Time after which an emergency is no longer repeated. */
  expire?: DurationWithUnit;
  /** Time after which the notification is deleted. */
  ttl?: PrometheusDuration;
  /** Whether the message is HTML; excludes `monospace`. */
  html?: boolean;
  /** Whether the message has a fixed width; excludes `html`. */
  monospace?: boolean;
}
