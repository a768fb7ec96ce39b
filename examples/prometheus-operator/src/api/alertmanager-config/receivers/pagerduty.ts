import type { AtomicList } from '@kubewright/api';

import type { HttpUrl, NonEmptyString, PrometheusDuration } from '../../scalars.js';
import type { HttpReceiverOptions, KeyValue } from '../receiver-options.js';

/** Notifications to PagerDuty. */
export interface PagerDutyConfig<Secret> extends HttpReceiverOptions<Secret> {
  /** The key of a Secret with the integration key of the Events API, version 2. */
  routingKey?: Secret;
  /** The key of a Secret with the integration key of the older API. */
  serviceKey?: Secret;
  /** URL of the API. */
  url?: HttpUrl;
  /** Name of the client. */
  client?: NonEmptyString;
  /** URL that leads back to the client. */
  clientURL?: string;
  /** Summary of the incident. */
  description?: NonEmptyString;
  /** How severe the incident is. */
  severity?: NonEmptyString;
  /** Class of the event. */
  class?: NonEmptyString;
  /** Logical group of what is affected. */
  group?: NonEmptyString;
  /** Part that is affected. */
  component?: NonEmptyString;
  /** What is affected. */
  source?: NonEmptyString;
  /** Further pairs of key and value. */
  details?: AtomicList<KeyValue>;
  /** Images of the incident. */
  pagerDutyImageConfigs?: AtomicList<PagerDutyImageConfig>;
  /** Links of the incident. */
  pagerDutyLinkConfigs?: AtomicList<PagerDutyLinkConfig>;
  /** Time after which a request is given up. */
  timeout?: PrometheusDuration;
}

/** An image of an incident. */
export interface PagerDutyImageConfig {
  /** URL of the image. */
  src?: NonEmptyString;
  /** URL that the image links to. */
  href?: string;
  /** Text in place of the image. */
  alt?: NonEmptyString;
}

/** A link of an incident. */
export interface PagerDutyLinkConfig {
  /** URL of the link. */
  href?: string;
  /** Text of the link. */
  alt?: NonEmptyString;
}
