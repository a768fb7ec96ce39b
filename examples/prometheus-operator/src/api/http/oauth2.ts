import type { SecretKeySelector } from '@kubewright/api/core/v1';

import type { HttpOrHttpsUrl } from '../scalars.js';
import type { ProxyConfig } from './proxy-config.js';
import type { SecretOrConfigMap } from './secret-or-config-map.js';
import type { SafeTlsConfig } from './tls-config.js';

/** Gets tokens for requests by the client credentials flow of OAuth 2.0. */
export interface OAuth2 extends ProxyConfig {
  /** The client's identifier. */
  clientId: SecretOrConfigMap;
  /** The key of a Secret that has the client's secret. */
  clientSecret: SecretKeySelector;
  /** URL that tokens are fetched from. */
  tokenUrl: HttpOrHttpsUrl;
  /** Scopes that the token is asked for. */
  scopes?: string[];
  /** Further parameters of the token's URL. */
  endpointParams?: Record<string, string>;
  /** How TLS is spoken with the server of the tokens. */
  tlsConfig?: SafeTlsConfig;
}
