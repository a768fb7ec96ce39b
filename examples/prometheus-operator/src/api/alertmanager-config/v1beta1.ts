import { CustomResource, type Opaque } from '@kubewright/api';

import type { ConfigResourceStatus } from '../binding-status.js';
import type { NonEmptyString } from '../scalars.js';
import type { DiscordConfig, MSTeamsConfig, MSTeamsV2Config, TelegramConfig, WebexConfig, WeChatConfig } from './receivers/chat.js';
import type { EmailConfig } from './receivers/email.js';
import type { OpsGenieConfig } from './receivers/opsgenie.js';
import type { PagerDutyConfig } from './receivers/pagerduty.js';
import type { PushoverConfig } from './receivers/pushover.js';
import type { RocketChatConfig } from './receivers/rocketchat.js';
import type { SlackConfig } from './receivers/slack.js';
import type { SnsConfig } from './receivers/sns.js';
import type { VictorOpsConfig } from './receivers/victorops.js';
import type { WebhookConfig } from './receivers/webhook.js';
import type { LabelMatcher, RouteTiming } from './route-timing.js';
import type { DayOfMonthRange, MonthRange, TimeRange, WeekdayRange, YearRange } from './time-ranges.js';

/** Routes, receivers and inhibitions that are merged into the configuration of an Alertmanager. */
@CustomResource({ group: 'monitoring.coreos.com', version: 'v1beta1', shortNames: ['amcfg'], categories: ['prometheus-operator'], storage: false })
export class AlertmanagerConfig {
  /** Routes, receivers and inhibitions. */
  spec!: AlertmanagerConfigSpec;
  /** Which Alertmanagers use it. */
  status?: ConfigResourceStatus;
}

/** Routes, receivers and inhibitions of a namespace. */
export interface AlertmanagerConfigSpec {
  /** Where alerts of the namespace go; it is added as the first child of the root. */
  route?: Route;
  /** Those who can be notified. */
  receivers?: Receiver[];
  /** Alerts that silence other alerts. */
  inhibitRules?: InhibitRule[];
  /** Named sets of times that routes refer to. */
  timeIntervals?: TimeInterval[];
}

/** One node of the tree of routes. */
export interface Route extends RouteTiming {
  /** Labels by which alerts are put into one notification; `...` for all. */
  groupBy?: string[];
  /** Conditions that an alert must all satisfy. */
  matchers?: LabelMatcher[];
  /** Times in which nobody is notified. */
  muteTimeIntervals?: string[];
  /** Times outside of which nobody is notified. */
  activeTimeIntervals?: string[];
  /** Routes below this one, which are checked when they are used. */
  routes?: Opaque<Route>[];
}

/** Silences alerts while other alerts are firing. */
export interface InhibitRule {
  /** Alerts that silence. */
  sourceMatch?: LabelMatcher[];
  /** Alerts that are silenced. */
  targetMatch?: LabelMatcher[];
  /** Labels that both must have with the same value. */
  equal?: string[];
}

/** A named set of times. */
export interface TimeInterval {
  /** Name that routes refer to. */
  name: string;
  /** The times; one must match. */
  timeIntervals?: TimePeriod[];
}

/** A set of times; every part that is given must match. */
export interface TimePeriod {
  /** Times of the day, in UTC. */
  times?: TimeRange[];
  /** Days of the week. */
  weekdays?: WeekdayRange[];
  /** Days of the month. */
  daysOfMonth?: DayOfMonthRange[];
  /** Months, by name or number. */
  months?: MonthRange[];
  /** Years. */
  years?: YearRange[];
}

/** A key of a Secret in the namespace of the object. */
export interface SecretKey {
  /** Name of the Secret. */
  name: NonEmptyString;
  /** The key. */
  key: NonEmptyString;
}

/** Those who are notified under one name. */
export interface Receiver {
  /** Name that routes refer to. */
  name: NonEmptyString;
  /** Notifications to webhooks. */
  webhookConfigs?: WebhookConfig<SecretKey>[];
  /** Notifications by mail. */
  emailConfigs?: EmailConfig<SecretKey>[];
  /** Notifications to Slack. */
  slackConfigs?: SlackConfig<SecretKey>[];
  /** Notifications to PagerDuty. */
  pagerdutyConfigs?: PagerDutyConfig<SecretKey>[];
  /** Notifications to Opsgenie. */
  opsgenieConfigs?: OpsGenieConfig<SecretKey>[];
  /** Notifications to Discord. */
  discordConfigs?: DiscordConfig<SecretKey>[];
  /** Notifications to Microsoft Teams by connectors. */
  msteamsConfigs?: MSTeamsConfig<SecretKey>[];
  /** Notifications to Microsoft Teams by flows. */
  msteamsv2Configs?: MSTeamsV2Config<SecretKey>[];
  /** Notifications to Pushover. */
  pushoverConfigs?: PushoverConfig<SecretKey>[];
  /** Notifications to Rocket.Chat. */
  rocketchatConfigs?: RocketChatConfig<SecretKey>[];
  /** Notifications to topics of AWS SNS. */
  snsConfigs?: SnsConfig<SecretKey>[];
  /** Notifications to Telegram. */
  telegramConfigs?: TelegramConfig<SecretKey>[];
  /** Notifications to VictorOps. */
  victoropsConfigs?: VictorOpsConfig<SecretKey>[];
  /** Notifications to Webex. */
  webexConfigs?: WebexConfig<SecretKey>[];
  /** Notifications to WeChat. */
  wechatConfigs?: WeChatConfig<SecretKey>[];
}
