import type { Sigv4 } from '../../http/sigv4.js';
import type { NonEmptyString } from '../../scalars.js';
import type { HttpReceiverOptions } from '../receiver-options.js';

/** Notifications to AWS SNS: to a topic, a target or a phone. */
export interface SnsConfig<Secret> extends HttpReceiverOptions<Secret> {
  /** URL of the API; that of the region when absent. */
  apiURL?: string;
  /** Signs the requests. */
  sigv4?: Sigv4;
  /** Resource name of the topic. */
  topicARN?: NonEmptyString;
  /** Resource name of the endpoint of a device. */
  targetARN?: NonEmptyString;
  /** Phone number that gets a short message. */
  phoneNumber?: NonEmptyString;
  /** Subject of mails. */
  subject?: NonEmptyString;
  /** Template of the message. */
  message?: NonEmptyString;
  /** Attributes of the message. */
  attributes?: Record<string, string>;
  /** Uses the HTTP client of AWS's library instead of `httpConfig`. */
  useAWSHTTPClient?: boolean;
}
