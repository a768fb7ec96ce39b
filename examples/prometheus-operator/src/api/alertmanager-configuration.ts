import type { SecretKeySelector } from '@kubewright/api/core/v1';

import type { HttpConfig } from './http/http-config.js';
import type { SecretOrConfigMap } from './http/secret-or-config-map.js';
import type { SafeTlsConfig } from './http/tls-config.js';
import type { HttpOrHttpsUrl, NonEmptyString, PrometheusDuration } from './scalars.js';

/** The whole configuration of an Alertmanager, from one AlertmanagerConfig. */
export interface AlertmanagerConfiguration {
  /** Name of the AlertmanagerConfig in the same namespace. */
  name?: NonEmptyString;
  /** Settings that apply to all receivers that do not say otherwise. */
  global?: AlertmanagerGlobalConfig;
  /** Templates of notifications. */
  templates?: SecretOrConfigMap[];
}

/** Settings for receivers that do not say otherwise. */
export interface AlertmanagerGlobalConfig {
  /** Time after which an alert without an end counts as resolved unless it comes again. */
  resolveTimeout?: PrometheusDuration;
  /** How servers are reached. */
  httpConfig?: HttpConfig;
  /** How mail is sent. */
  smtp?: GlobalSmtpConfig;
  /** The key of a Secret with the URL of Slack. */
  slackApiUrl?: SecretKeySelector;
  /** The key of a Secret with the URL of Opsgenie. */
  opsGenieApiUrl?: SecretKeySelector;
  /** The key of a Secret with the API key of Opsgenie. */
  opsGenieApiKey?: SecretKeySelector;
  /** URL of PagerDuty. */
  pagerdutyUrl?: HttpOrHttpsUrl;
  /** How Telegram is reached. */
  telegram?: GlobalApiConfig;
  /** How Jira is reached. */
  jira?: GlobalApiConfig;
  /** How Webex is reached. */
  webex?: GlobalApiConfig;
  /** How VictorOps is reached. */
  victorops?: GlobalVictorOpsConfig;
  /** How WeChat is reached. */
  wechat?: GlobalWeChatConfig;
  /** How Rocket.Chat is reached. */
  rocketChat?: GlobalRocketChatConfig;
  /** How Mattermost is reached. */
  mattermost?: GlobalMattermostConfig;
}

/** How a service is reached of which only the URL is set. */
export interface GlobalApiConfig {
  /** URL of the service. */
  apiURL?: HttpOrHttpsUrl;
}

/** How VictorOps is reached. */
export interface GlobalVictorOpsConfig extends GlobalApiConfig {
  /** The key of a Secret with the API key. */
  apiKey?: SecretKeySelector;
}

/** How WeChat is reached. */
export interface GlobalWeChatConfig extends GlobalApiConfig {
  /** The key of a Secret with the API's secret. */
  apiSecret?: SecretKeySelector;
  /** Identifier of the company. */
  apiCorpID?: NonEmptyString;
}

/** How Rocket.Chat is reached. */
export interface GlobalRocketChatConfig extends GlobalApiConfig {
  /** The key of a Secret with the token of the sender. */
  token?: SecretKeySelector;
  /** The key of a Secret with the identifier of the token. */
  tokenID?: SecretKeySelector;
}

/** How Mattermost is reached. */
export interface GlobalMattermostConfig {
  /** The key of a Secret with the URL of the webhook. */
  webhookURL?: SecretKeySelector;
}

/** How mail is sent. */
export interface GlobalSmtpConfig {
  /** Sender of the mail. */
  from?: string;
  /** Server that takes the mail. */
  smartHost?: HostPort;
  /** Host name that the server is greeted with. */
  hello?: string;
  /** User name for CRAM-MD5, LOGIN and PLAIN. */
  authUsername?: string;
  /** The key of a Secret with the password for LOGIN and PLAIN. */
  authPassword?: SecretKeySelector;
  /** Identity for PLAIN. */
  authIdentity?: string;
  /** The key of a Secret with the secret for CRAM-MD5. */
  authSecret?: SecretKeySelector;
  /** Whether the connection must change to TLS. */
  requireTLS?: boolean;
  /** Whether the connection starts with TLS; the port decides when absent. */
  forceImplicitTLS?: boolean;
  /** How TLS is spoken. */
  tlsConfig?: SafeTlsConfig;
}

/** A host and a port. */
export interface HostPort {
  /** Name or address of the host. */
  host: NonEmptyString;
  /** Number or name of the port. */
  port: NonEmptyString;
}
