import type { NonEmptyString, PrometheusDuration, UnsignedInt32 } from '../../scalars.js';
import type { HttpReceiverOptions } from '../receiver-options.js';

/** Notifications to a webhook. */
export interface WebhookConfig<Secret> extends HttpReceiverOptions<Secret> {
  /** URL that is posted to; the Secret wins. */
  url?: string;
  /** The key of a Secret with the URL. */
  urlSecret?: Secret;
  /** Most alerts of one notification; 0 for all. */
  maxAlerts?: UnsignedInt32;
  /** Time after which a request is given up. */
  timeout?: PrometheusDuration;
  /** Template of the body, instead of the usual one. */
  payload?: NonEmptyString;
}
