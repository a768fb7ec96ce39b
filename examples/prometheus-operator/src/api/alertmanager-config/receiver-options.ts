import type { HttpConfig } from '../http/http-config.js';
import type { NonEmptyString } from '../scalars.js';

/** What every kind of notification has. */
export interface ReceiverOptions {
  /** Notifies also when an alert is over. */
  sendResolved?: boolean;
}

/** What every kind of notification over HTTP has. */
export interface HttpReceiverOptions<Secret> extends ReceiverOptions {
  /** How the server is reached. */
  httpConfig?: ReceiverHttpConfig<Secret>;
}

/** How the server of a receiver is reached. */
export interface ReceiverHttpConfig<Secret> extends Omit<HttpConfig, 'bearerTokenSecret'> {
  /** The key of a Secret that has a bearer token; excludes the other ways to authenticate. */
  bearerTokenSecret?: Secret;
  /**
   * URL of the proxy.
   * @deprecated use `proxyUrl`
   */
  proxyURL?: string;
}

/** A pair of key and value. */
export interface KeyValue {
  /** The key. */
  key: NonEmptyString;
  /** The value. */
  value: string;
}
