import type { ServerAccess } from './http/http-config.js';
import type { OAuth2 } from './http/oauth2.js';
import type { HttpOrHttpsUrl, PrometheusDuration } from './scalars.js';

/** A server of remote read or write. */
export interface RemoteEndpoint extends ServerAccess {
  /** URL of the server. */
  url: HttpOrHttpsUrl;
  /** Tells the server apart in metrics and logs; unique among its like. */
  name?: string;
  /** Time after which a request is given up. */
  remoteTimeout?: PrometheusDuration;
  /** Further headers of each request; those of Prometheus win. */
  headers?: Record<string, string>;
  /** Tokens of OAuth 2.0; exclude the other ways to authenticate. */
  oauth2?: OAuth2;
  /** Whether redirects are followed. */
  followRedirects?: boolean;
}
