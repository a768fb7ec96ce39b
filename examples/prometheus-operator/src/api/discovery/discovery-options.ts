import type { Int32, SetList } from '@kubewright/api';

import type { SafeAuthorization } from '../http/authorization.js';
import type { BasicAuth } from '../http/basic-auth.js';
import type { OAuth2 } from '../http/oauth2.js';
import type { ProxyConfig } from '../http/proxy-config.js';
import type { SafeTlsConfig } from '../http/tls-config.js';
import type { NonEmptyString, PrometheusDuration } from '../scalars.js';

/** How often a source of targets is asked. */
export interface RefreshOptions {
  /** Time between two looks at the source. */
  refreshInterval?: PrometheusDuration;
}

/** On which port targets are scraped that tell only an address. */
export interface PortOptions {
  /**
   * Number of the port.
   * @minimum 0
   * @maximum 65535
   */
  port?: Int32;
}

/** How the API of a source of targets is reached. */
export interface DiscoveryTransport extends ProxyConfig {
  /** How TLS is spoken. */
  tlsConfig?: SafeTlsConfig;
  /** Whether redirects are followed. */
  followRedirects?: boolean;
  /** Whether HTTP/2 may be spoken. */
  enableHTTP2?: boolean;
}

/** How an API is reached that wants a token. */
export interface DiscoveryTokenClient extends DiscoveryTransport {
  /** The Authorization header; excludes the other ways to authenticate. */
  authorization?: SafeAuthorization;
  /** Tokens of OAuth 2.0; exclude the other ways to authenticate. */
  oauth2?: OAuth2;
}

/** How an API is reached that takes a token, or user and password. */
export interface DiscoveryClient extends DiscoveryTokenClient {
  /** Basic authentication; excludes the other ways to authenticate. */
  basicAuth?: BasicAuth;
}

/** A property of what is discovered, with the values that are let through. */
export interface DiscoveryFilter {
  /** Name of the property. */
  name: NonEmptyString;
  /**
   * Values of which one must be there.
   * @minItems 1
   */
  values: SetList<NonEmptyString>;
}
