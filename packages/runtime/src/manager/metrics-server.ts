import type { MetricsRegistry } from '../metrics/metrics-registry.js';
import type { HttpRoute } from './http-server.js';

/** `/metrics` in the Prometheus text format. Whoever reaches the port can read it: bind it to where only the scraper is. */
export function metricsRoute(registry: MetricsRegistry): HttpRoute {
  return async (url) => {
    if (url.pathname !== '/metrics') return undefined;
    return { status: 200, ...(await registry.render()) };
  };
}
