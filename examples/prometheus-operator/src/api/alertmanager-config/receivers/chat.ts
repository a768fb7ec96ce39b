/** Notifications to services of chat with few settings. */
import type { Int64 } from '@kubewright/api';
import type { SecretKeySelector } from '@kubewright/api/core/v1';

import type { HttpUrl, NonEmptyString } from '../../scalars.js';
import type { HttpReceiverOptions } from '../receiver-options.js';

/** Notifications to Discord. */
export interface DiscordConfig<Secret> extends HttpReceiverOptions<Secret> {
  /** The key of a Secret with the URL of the webhook. */
  apiURL: SecretKeySelector;
  /** Template of the title. */
  title?: string;
  /** Template of the message in the embed. */
  message?: string;
  /** Template of the text above the embed. */
  content?: NonEmptyString;
  /** Name of the sender. */
  username?: NonEmptyString;
  /** URL of the icon of the sender. */
  avatarURL?: HttpUrl;
}

/** Notifications to Microsoft Teams by connectors. */
export interface MSTeamsConfig<Secret> extends HttpReceiverOptions<Secret> {
  /** The key of a Secret with the URL of the connector. */
  webhookUrl: SecretKeySelector;
  /** Template of the title. */
  title?: string;
  /** Template of the summary in previews. */
  summary?: string;
  /** Template of the message. */
  text?: string;
}

/** Notifications to Microsoft Teams by flows. */
export interface MSTeamsV2Config<Secret> extends HttpReceiverOptions<Secret> {
  /** The key of a Secret with the URL of the flow. */
  webhookURL?: SecretKeySelector;
  /** Template of the title. */
  title?: NonEmptyString;
  /** Template of the message. */
  text?: NonEmptyString;
}

/** Notifications to Telegram. */
export interface TelegramConfig<Secret> extends HttpReceiverOptions<Secret> {
  /** URL of the API. */
  apiURL?: HttpUrl;
  /** The key of a Secret with the token of the bot; excludes the file. */
  botToken?: Secret;
  /** Path of a file with the token of the bot. */
  botTokenFile?: string;
  /** The chat that is written to. */
  chatID: Int64;
  /** The topic within the chat. */
  messageThreadID?: Int64;
  /** Template of the message. */
  message?: string;
  /** Markup of the message. */
  parseMode?: 'MarkdownV2' | 'Markdown' | 'HTML';
  /** Sends without a sound. */
  disableNotifications?: boolean;
}

/** Notifications to Webex. */
export interface WebexConfig<Secret> extends HttpReceiverOptions<Secret> {
  /** URL of the API. */
  apiURL?: HttpUrl;
  /** The room that is written to. */
  roomID: NonEmptyString;
  /** Template of the message. */
  message?: string;
}

/** Notifications to WeChat. */
export interface WeChatConfig<Secret> extends HttpReceiverOptions<Secret> {
  /** The key of a Secret with the API's secret. */
  apiSecret?: Secret;
  /** URL of the API. */
  apiURL?: HttpUrl;
  /** Identifier of the company. */
  corpID?: NonEmptyString;
  /** Identifier of the application that sends. */
  agentID?: NonEmptyString;
  /** Users that are written to. */
  toUser?: NonEmptyString;
  /** Departments that are written to. */
  toParty?: NonEmptyString;
  /** Tags that are written to. */
  toTag?: NonEmptyString;
  /** Template of the message. */
  message?: NonEmptyString;
  /** Kind of the message, `text` or `markdown`. */
  messageType?: NonEmptyString;
}
