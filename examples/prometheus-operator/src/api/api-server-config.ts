import type { ServerAccess } from './http/http-config.js';

/** How the API server is reached for the discovery of targets. */
export interface ApiServerConfig extends ServerAccess {
  /** URL or host with port of the API server. */
  host: string;
}
