/** Receivers whose v1alpha1 differs from v1beta1 in more than the type of Secrets. */
import type { AtomicList } from '@kubewright/api';
import type { SecretKeySelector } from '@kubewright/api/core/v1';

import type { NonEmptyString } from '../scalars.js';
import type { KeyValue } from './receiver-options.js';
import type { EmailConfig } from './receivers/email.js';
import type { OpsGenieConfig, OpsGenieResponder } from './receivers/opsgenie.js';
import type { PushoverConfig } from './receivers/pushover.js';
import type { RocketChatAction, RocketChatConfig, RocketChatField } from './receivers/rocketchat.js';

/** Notifications by mail. */
export interface V1alpha1EmailConfig extends EmailConfig<SecretKeySelector> {
  /** Further headers of the mail. */
  headers?: AtomicList<KeyValue>;
}

/** Notifications to Opsgenie. */
export interface V1alpha1OpsGenieConfig extends OpsGenieConfig<SecretKeySelector> {
  /** Further pairs of key and value. */
  details?: AtomicList<KeyValue>;
  /** Those who are responsible. */
  responders?: AtomicList<OpsGenieResponder>;
  /** Whether message and description of an open alert follow the notification. */
  updateAlerts?: boolean;
}

/** Notifications to Pushover. */
export interface V1alpha1PushoverConfig extends PushoverConfig<SecretKeySelector> {
  /** Path of a file with the application's token. */
  tokenFile?: NonEmptyString;
  /** Path of a file with the recipient's key. */
  userKeyFile?: NonEmptyString;
}

/** Notifications to Rocket.Chat. */
export interface V1alpha1RocketChatConfig extends RocketChatConfig<SecretKeySelector> {
  /**
   * Fields of the message.
   * @minItems 1
   */
  fields?: AtomicList<RocketChatField>;
  /**
   * Buttons of the message.
   * @minItems 1
   */
  actions?: AtomicList<RocketChatAction>;
}
