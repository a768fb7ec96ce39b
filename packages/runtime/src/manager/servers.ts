import type { Transport } from '@kubewright/platform';

import { AccessReview } from './access-review.js';
import { HttpServer, type HttpRoute } from './http-server.js';
import { metricsRoute } from './metrics-server.js';
import type { ResolvedManagerOptions } from './options.js';
import { profilingRoute } from './profiling.js';
import { certificateFiles, selfSigned } from './serving-certificate.js';

/** The servers of a manager; one that answers for both stands under both names. */
export interface ManagerServers {
  readonly metrics?: HttpServer;
  readonly health?: HttpServer;
  readonly all: readonly HttpServer[];
}

/**
 * One server for each address of the options.
 *
 * @param probes the routes of health and readiness; @param transport asks the API server who may scrape
 */
export function makeServers(options: ResolvedManagerOptions, probes: readonly HttpRoute[], transport: Transport): ManagerServers {
  const { metrics, health, profiling, clock, random, log, name } = options;
  const dependencies = { clock, random, log, metrics: metrics.registry };
  const guard = metrics.authorization ? new AccessReview({ transport, clock, random, log }) : undefined;
  const guarded = (route: HttpRoute): HttpRoute => guard?.guard(route) ?? route;
  const scraped = [guarded(firstOf([metricsRoute(metrics.registry), ...(profiling ? [profilingRoute(clock)] : [])]))];
  const server = (address: string, routes: readonly HttpRoute[], isSecure = false): HttpServer => {
    const { certificate } = metrics;
    const source = certificate === 'self-signed' ? selfSigned(name, dependencies) : certificate && certificateFiles(certificate, dependencies);
    return new HttpServer(`server ${address}`, address, routes, clock, isSecure ? source : undefined);
  };

  if (metrics.bindAddress && metrics.bindAddress === health.bindAddress) {
    const both = server(metrics.bindAddress, [...probes, ...scraped]);
    return { metrics: both, health: both, all: [both] };
  }
  const forMetrics = metrics.bindAddress ? server(metrics.bindAddress, scraped, true) : undefined;
  const forHealth = health.bindAddress ? server(health.bindAddress, probes) : undefined;
  const all = [forMetrics, forHealth].filter((each) => each !== undefined);
  return { ...(forMetrics && { metrics: forMetrics }), ...(forHealth && { health: forHealth }), all };
}

function firstOf(routes: readonly HttpRoute[]): HttpRoute {
  return async (url, question) => {
    for (const route of routes) {
      const answer = await route(url, question);
      if (answer) return answer;
    }
    return undefined;
  };
}
