import type { Transport } from '@kubewright/platform';

/**
 * @module interceptors: rings around a transport. Each takes the next one and returns a transport that does one thing more: retry.ts,
 * warnings.ts, metrics.ts, user-agent.ts. create-transport.ts puts them together.
 */

/** Takes the transport below it and returns one that does one thing more. `close` of what it returns must close the one below. */
export type Interceptor = (next: Transport) => Transport;

/** The first interceptor is the outermost: it sees a request first and its answer last. */
export function intercept(transport: Transport, interceptors: readonly Interceptor[]): Transport {
  return interceptors.reduceRight((next, interceptor) => interceptor(next), transport);
}
