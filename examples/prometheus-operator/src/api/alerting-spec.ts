import type { IntOrString } from '@kubewright/api';

import type { SafeAuthorization } from './http/authorization.js';
import type { BasicAuth } from './http/basic-auth.js';
import type { ProxyConfig } from './http/proxy-config.js';
import type { Sigv4 } from './http/sigv4.js';
import type { TlsConfig } from './http/tls-config.js';
import type { RelabelConfig } from './relabel-config.js';
import type { NonEmptyString, PrometheusDuration, Scheme } from './scalars.js';

/** Where alerts go. */
export interface AlertingSpec {
  /** The Alertmanagers that get every alert. */
  alertmanagers: AlertmanagerEndpoints[];
}

/** One Alertmanager, found through its Service. */
export interface AlertmanagerEndpoints extends ProxyConfig {
  /** Namespace of the Service; the own one when absent. */
  namespace?: NonEmptyString;
  /** Name of the Service. */
  name: NonEmptyString;
  /** Name or number of the Service's port. */
  port: IntOrString;
  /** Scheme of the URL. */
  scheme?: Scheme;
  /** Prefix of the paths. */
  pathPrefix?: NonEmptyString;
  /** How TLS is spoken. */
  tlsConfig?: TlsConfig;
  /** Basic authentication; excludes the other ways to authenticate. */
  basicAuth?: BasicAuth;
  /** The Authorization header; excludes the other ways to authenticate. */
  authorization?: SafeAuthorization;
  /** Signs requests for AWS; excludes the other ways to authenticate. */
  sigv4?: Sigv4;
  /**
   * Path of a file with a bearer token.
   * @deprecated use `authorization`
   */
  bearerTokenFile?: string;
  /** Version of Alertmanager's API. */
  apiVersion?: 'v1' | 'V1' | 'v2' | 'V2';
  /** Time after which a request is given up. */
  timeout?: PrometheusDuration;
  /** Whether HTTP/2 may be spoken. */
  enableHttp2?: boolean;
  /** Rewrites the labels of the discovered Alertmanagers. */
  relabelings?: RelabelConfig[];
  /** Rewrites the labels of alerts before they are sent. */
  alertRelabelings?: RelabelConfig[];
}
