import { CustomResource, type AtomicList, type MapList, type Opaque, type SetList } from '@kubewright/api';
import type { SecretKeySelector } from '@kubewright/api/core/v1';

import type { ConfigResourceStatus } from '../binding-status.js';
import type { NonEmptyString } from '../scalars.js';
import type { DiscordConfig, MSTeamsConfig, MSTeamsV2Config, TelegramConfig, WebexConfig, WeChatConfig } from './receivers/chat.js';
import type { PagerDutyConfig } from './receivers/pagerduty.js';
import type { SlackConfig } from './receivers/slack.js';
import type { SnsConfig } from './receivers/sns.js';
import type { VictorOpsConfig } from './receivers/victorops.js';
import type { WebhookConfig } from './receivers/webhook.js';
import type { LabelMatcher, RouteTiming } from './route-timing.js';
import type { DayOfMonthRange, MonthRange, TimeRange, WeekdayRange, YearRange } from './time-ranges.js';
import type { V1alpha1EmailConfig, V1alpha1OpsGenieConfig, V1alpha1PushoverConfig, V1alpha1RocketChatConfig } from './v1alpha1-receivers.js';

/** Routes, receivers and inhibitions that are merged into the configuration of an Alertmanager. */
@CustomResource({ group: 'monitoring.coreos.com', version: 'v1alpha1', shortNames: ['amcfg'], categories: ['prometheus-operator'], storage: true })
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
  receivers?: MapList<Receiver, 'name'>;
  /** Alerts that silence other alerts. */
  inhibitRules?: AtomicList<InhibitRule>;
  /** Named sets of times that routes refer to. */
  muteTimeIntervals?: AtomicList<MuteTimeInterval>;
}

/** One node of the tree of routes. */
export interface Route extends RouteTiming {
  /** Labels by which alerts are put into one notification; `...` for all. */
  groupBy?: SetList<string>;
  /** Conditions that an alert must all satisfy. */
  matchers?: AtomicList<Matcher>;
  /** Times in which nobody is notified. */
  muteTimeIntervals?: SetList<string>;
  /** Times outside of which nobody is notified. */
  activeTimeIntervals?: SetList<string>;
  /** Routes below this one, which are checked when they are used. */
  routes?: AtomicList<Opaque<Route>>;
}

/** A condition on a label, with the older way to ask for a regular expression. */
export interface Matcher extends LabelMatcher {
  /**
   * Whether the value is a regular expression.
   * @deprecated use `matchType`
   */
  regex?: boolean;
}

/** Silences alerts while other alerts are firing. */
export interface InhibitRule {
  /** Alerts that silence. */
  sourceMatch?: AtomicList<Matcher>;
  /** Alerts that are silenced. */
  targetMatch?: AtomicList<Matcher>;
  /** Labels that both must have with the same value. */
  equal?: AtomicList<string>;
}

/** A named set of times. */
export interface MuteTimeInterval {
  /** Name that routes refer to. */
  name: string;
  /** The times; one must match. */
  timeIntervals?: AtomicList<TimeInterval>;
}

/** A set of times; every part that is given must match. */
export interface TimeInterval {
  /** Times of the day, in UTC. */
  times?: AtomicList<TimeRange>;
  /** Days of the week. */
  weekdays?: AtomicList<WeekdayRange>;
  /** Days of the month. */
  daysOfMonth?: AtomicList<DayOfMonthRange>;
  /** Months, by name or number. */
  months?: AtomicList<MonthRange>;
  /** Years. */
  years?: AtomicList<YearRange>;
}

/** Those who are notified under one name. */
export interface Receiver {
  /** Name that routes refer to. */
  name: NonEmptyString;
  /** Notifications to webhooks. */
  webhookConfigs?: AtomicList<WebhookConfig<SecretKeySelector>>;
  /** Notifications by mail. */
  emailConfigs?: AtomicList<V1alpha1EmailConfig>;
  /** Notifications to Slack. */
  slackConfigs?: AtomicList<SlackConfig<SecretKeySelector>>;
  /** Notifications to PagerDuty. */
  pagerdutyConfigs?: AtomicList<PagerDutyConfig<SecretKeySelector>>;
  /** Notifications to Opsgenie. */
  opsgenieConfigs?: AtomicList<V1alpha1OpsGenieConfig>;
  /** Notifications to Discord. */
  discordConfigs?: AtomicList<DiscordConfig<SecretKeySelector>>;
  /** Notifications to Microsoft Teams by connectors. */
  msteamsConfigs?: AtomicList<MSTeamsConfig<SecretKeySelector>>;
  /** Notifications to Microsoft Teams by flows. */
  msteamsv2Configs?: AtomicList<MSTeamsV2Config<SecretKeySelector>>;
  /** Notifications to Pushover. */
  pushoverConfigs?: AtomicList<V1alpha1PushoverConfig>;
  /** Notifications to Rocket.Chat. */
  rocketchatConfigs?: AtomicList<V1alpha1RocketChatConfig>;
  /** Notifications to topics of AWS SNS. */
  snsConfigs?: AtomicList<SnsConfig<SecretKeySelector>>;
  /** Notifications to Telegram. */
  telegramConfigs?: AtomicList<TelegramConfig<SecretKeySelector>>;
  /** Notifications to VictorOps. */
  victoropsConfigs?: AtomicList<VictorOpsConfig<SecretKeySelector>>;
  /** Notifications to Webex. */
  webexConfigs?: AtomicList<WebexConfig<SecretKeySelector>>;
  /** Notifications to WeChat. */
  wechatConfigs?: AtomicList<WeChatConfig<SecretKeySelector>>;
}
