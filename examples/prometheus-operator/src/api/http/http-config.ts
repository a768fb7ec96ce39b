import type { SecretKeySelector } from '@kubewright/api/core/v1';

import type { Authorization, SafeAuthorization } from './authorization.js';
import type { BasicAuth } from './basic-auth.js';
import type { OAuth2 } from './oauth2.js';
import type { ProxyConfig } from './proxy-config.js';
import type { SafeTlsConfig, TlsConfig } from './tls-config.js';

/** Authentication, TLS and protocol of requests whose proxy is set elsewhere. */
export interface HttpAuth {
  /** The Authorization header; excludes the other ways to authenticate. */
  authorization?: SafeAuthorization;
  /** Basic authentication; excludes the other ways to authenticate. */
  basicAuth?: BasicAuth;
  /** Tokens of OAuth 2.0; exclude the other ways to authenticate. */
  oauth2?: OAuth2;
  /**
   * The key of a Secret that has a bearer token.
   * @deprecated use `authorization`
   */
  bearerTokenSecret?: SecretKeySelector;
  /** How TLS is spoken. */
  tlsConfig?: SafeTlsConfig;
  /** Whether redirects are followed. */
  followRedirects?: boolean;
  /** Whether HTTP/2 may be spoken. */
  enableHttp2?: boolean;
}

/** How a client of HTTP authenticates and connects. */
export interface HttpConfig extends HttpAuth, ProxyConfig {}

/** How a server of HTTP is reached, with credentials from objects or files. */
export interface ServerAccess extends ProxyConfig {
  /** The Authorization header; excludes the other ways to authenticate. */
  authorization?: Authorization;
  /** Basic authentication; excludes the other ways to authenticate. */
  basicAuth?: BasicAuth;
  /**
   * A bearer token in plain sight.
   * @deprecated use `authorization`
   */
  bearerToken?: string;
  /**
   * Path of a file with a bearer token.
   * @deprecated use `authorization`
   */
  bearerTokenFile?: string;
  /** How TLS is spoken. */
  tlsConfig?: TlsConfig;
}
