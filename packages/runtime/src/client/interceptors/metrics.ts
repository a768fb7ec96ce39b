import type { MetricsRegistry } from '../../metrics/metrics-registry.js';
import type { Interceptor } from './interceptor.js';

/** Counts requests by code, method and host; one that got no answer has the code `<error>`. Retries count each time. */
export function requestMetrics(metrics: MetricsRegistry, host: string): Interceptor {
  const requests = metrics.counter({
    name: 'rest_client_requests_total',
    help: 'Number of HTTP requests, partitioned by status code, method, and host.',
    labelNames: ['code', 'method', 'host'],
  });
  return (next) => ({
    async dispatch(request, signal) {
      try {
        const response = await next.dispatch(request, signal);
        requests.inc({ code: String(response.status), method: request.method, host });
        return response;
      } catch (error) {
        requests.inc({ code: '<error>', method: request.method, host });
        throw error;
      }
    },
    close: () => next.close(),
  });
}
