import type { Transport, TransportRequest } from '@kubewright/platform';

/** Why a request may not be sent now; undefined when it may. */
export type Fence = (request: TransportRequest) => Error | undefined;

/**
 * Asks `fence` before each request, so that a process that was deposed as the leader, or whose manager has stopped, sends nothing more,
 * whatever still runs in it. It stands inside of retries: a write that waits for its next try is asked about again.
 */
export function fencedTransport(transport: Transport, fence: Fence): Transport {
  return {
    async dispatch(request, signal) {
      const refusal = fence(request);
      if (refusal) throw refusal;
      return transport.dispatch(request, signal);
    },
    close: () => transport.close(),
  };
}

/** Whether a request can change something. */
export function isWrite(request: TransportRequest): boolean {
  return request.method !== 'GET' && request.method !== 'HEAD';
}
