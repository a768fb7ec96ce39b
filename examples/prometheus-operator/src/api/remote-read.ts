import type { RemoteEndpoint } from './remote-endpoint.js';

/** A server that older data is read from. */
export interface RemoteReadSpec extends RemoteEndpoint {
  /** Labels with values that a query must ask for to reach the server. */
  requiredMatchers?: Record<string, string>;
  /** Asks the server also for times that local data should cover. */
  readRecent?: boolean;
  /** Adds the external labels to the selectors of each request. */
  filterExternalLabels?: boolean;
}
