import { noopLogger, realClock, type Clock, type Logger, type Transport } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import { noopRegistry } from '../metrics/noop-registry.js';
import type { MetricsRegistry } from '../metrics/metrics-registry.js';
import { DirectClient } from './direct-client.js';
import { HttpTransport, type HttpTransportOptions } from './http-transport.js';
import { intercept, type Interceptor } from './interceptors/interceptor.js';
import { logWarnings } from './interceptors/warnings.js';
import { requestMetrics } from './interceptors/metrics.js';
import { retry } from './interceptors/retry.js';
import { userAgent } from './interceptors/user-agent.js';
import type { RestConfig } from './rest-config.js';

/** What a transport is made of: either a configuration, or a transport that reaches the server already (an embedded one). */
export interface TransportOptions extends HttpTransportOptions {
  readonly config?: RestConfig;
  readonly transport?: Transport;
  /** What metrics of requests call the server. @default the configuration's host */
  readonly host?: string;
  /** @default the real one */
  readonly clock?: Clock;
  /** Gets what the server warns of. @default nobody */
  readonly log?: Logger;
  /** @default none */
  readonly metrics?: MetricsRegistry;
  /** @default 'kubewright' */
  readonly userAgent?: string;
  /**
   * Rings of your own around every request, the first one outermost: headers, auditing, faults in tests. They see each request once, before
   * what kubewright does by itself (retries, metrics, warnings).
   * @default none
   */
  readonly interceptors?: readonly Interceptor[];
}

/** The transport of a process, with all its rings: one serves every client and cache. Close it when all of them have stopped. */
export function createTransport(options: TransportOptions): Transport {
  const { config, clock = realClock, log = noopLogger, metrics = noopRegistry } = options;
  const transport = options.transport ?? (config && new HttpTransport(config, clock, options));
  if (!transport || (options.transport && config)) {
    throw new KubewrightError('KW_INVALID_OPTIONS', 'createTransport: give either `config` or `transport`', { hint: 'loadRestConfig({ clock }) finds a configuration.' });
  }
  const host = options.host ?? (config ? new URL(config.server).host : 'in-memory');
  return intercept(transport, [...(options.interceptors ?? []), retry(clock), logWarnings(log), requestMetrics(metrics, host), userAgent(options.userAgent ?? 'kubewright')]);
}

/** What {@link createClient} takes. */
export interface ClientOptions extends TransportOptions {
  /** Under which name writes are booked in managedFields; needed for server-side apply. */
  readonly fieldOwner?: string;
}

/**
 * A client that talks to the API server directly, without a cache.
 *
 * @example
 * const client = createClient({ config: await loadRestConfig({ clock: realClock }), fieldOwner: 'my-tool' });
 * const pods = await client.list(Pod, { namespace: 'default' });
 */
export function createClient(options: ClientOptions): DirectClient {
  return new DirectClient(createTransport(options), options.fieldOwner ? { fieldOwner: options.fieldOwner } : {});
}
