import type { SecretKeySelector } from '@kubewright/api/core/v1';

import type { HttpUrl, NonEmptyString } from '../../scalars.js';
import type { HttpReceiverOptions } from '../receiver-options.js';

/** Notifications to Rocket.Chat. */
export interface RocketChatConfig<Secret> extends HttpReceiverOptions<Secret> {
  /** URL of the API. */
  apiURL?: HttpUrl;
  /** The key of a Secret with the token of the sender. */
  token: SecretKeySelector;
  /** The key of a Secret with the identifier of the token. */
  tokenID: SecretKeySelector;
  /** Channel or user that is written to. */
  channel?: NonEmptyString;
  /** Colour of the bar beside the message. */
  color?: NonEmptyString;
  /** Emoji as icon of the sender. */
  emoji?: NonEmptyString;
  /** URL of the icon of the sender. */
  iconURL?: string;
  /** Template of the title. */
  title?: NonEmptyString;
  /** URL that the title links to. */
  titleLink?: NonEmptyString;
  /** Template of the message. */
  text?: NonEmptyString;
  /**
   * Fields of the message.
   * @minItems 1
   */
  fields?: RocketChatField[];
  /** Whether fields stand side by side unless they say otherwise. */
  shortFields?: boolean;
  /** URL of an image in the message. */
  imageURL?: string;
  /** URL of a small image beside the message. */
  thumbURL?: string;
  /** Makes links of names of channels and users. */
  linkNames?: boolean;
  /**
   * Buttons of the message.
   * @minItems 1
   */
  actions?: RocketChatAction[];
}

/** A field of a message. */
export interface RocketChatField {
  /** Title of the field. */
  title?: NonEmptyString;
  /** Content of the field. */
  value?: NonEmptyString;
  /** Whether it may stand beside another. */
  short?: boolean;
}

/** A button of a message. */
export interface RocketChatAction {
  /** Label of the button. */
  text?: NonEmptyString;
  /** URL that it opens. */
  url?: string;
  /** Text that it sends. */
  msg?: NonEmptyString;
}
