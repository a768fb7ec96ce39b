import type { AtomicList } from '@kubewright/api';

import type { NonEmptyString, PrometheusDuration } from '../../scalars.js';
import type { HttpReceiverOptions } from '../receiver-options.js';

/** Notifications to Slack. */
export interface SlackConfig<Secret> extends HttpReceiverOptions<Secret> {
  /** The key of a Secret with the URL of the webhook. */
  apiURL?: Secret;
  /** Channel or user that is written to. */
  channel?: NonEmptyString;
  /** Name of the sender. */
  username?: NonEmptyString;
  /** Colour of the bar beside the message. */
  color?: NonEmptyString;
  /** Template of the title. */
  title?: NonEmptyString;
  /** URL that the title links to. */
  titleLink?: string;
  /** Template of the text above the message. */
  pretext?: NonEmptyString;
  /** Template of the message. */
  text?: NonEmptyString;
  /** Template of the text outside of the attachment. */
  messageText?: NonEmptyString;
  /**
   * Fields of the message.
   * @minItems 1
   */
  fields?: AtomicList<SlackField>;
  /** Whether fields stand side by side unless they say otherwise. */
  shortFields?: boolean;
  /** Text below the message. */
  footer?: NonEmptyString;
  /** Plain text for clients that show no attachments. */
  fallback?: NonEmptyString;
  /** Identifier of the attachment, for its buttons. */
  callbackId?: NonEmptyString;
  /** Emoji as icon of the sender. */
  iconEmoji?: NonEmptyString;
  /** URL of the icon of the sender. */
  iconURL?: string;
  /** URL of an image in the message. */
  imageURL?: string;
  /** URL of a small image beside the message. */
  thumbURL?: string;
  /** Makes links of names of channels and users. */
  linkNames?: boolean;
  /**
   * Names of the fields that are written in Slack's markup.
   * @minItems 1
   */
  mrkdwnIn?: AtomicList<NonEmptyString>;
  /**
   * Buttons of the message.
   * @minItems 1
   */
  actions?: AtomicList<SlackAction>;
  /** Time after which a request is given up. */
  timeout?: PrometheusDuration;
  /** Changes the message of the group instead of sending another. */
  updateMessage?: boolean;
}

/** A button of a message. */
export interface SlackAction {
  /** Kind of the element, `button`. */
  type: NonEmptyString;
  /** Label of the button. */
  text: NonEmptyString;
  /** URL that it opens. */
  url?: string;
  /** Its look: `default`, `primary` or `danger`. */
  style?: NonEmptyString;
  /** Its name in the callback. */
  name?: NonEmptyString;
  /** Its value in the callback. */
  value?: NonEmptyString;
  /** Asks before the button takes effect. */
  confirm?: SlackConfirmation;
}

/** A question before a button takes effect. */
export interface SlackConfirmation {
  /** The question. */
  text: NonEmptyString;
  /** Title of the dialogue. */
  title?: NonEmptyString;
  /** Label of the button that agrees. */
  okText?: NonEmptyString;
  /** Label of the button that does not. */
  dismissText?: NonEmptyString;
}

/** A field of a message. */
export interface SlackField {
  /** Title of the field. */
  title: NonEmptyString;
  /** Content of the field. */
  value: NonEmptyString;
  /** Whether it may stand beside another. */
  short?: boolean;
}
