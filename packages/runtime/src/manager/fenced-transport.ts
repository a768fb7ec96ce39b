import type { Clock, Transport, TransportRequest } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import { eitherSignal } from '../sharding/either-signal.js';

/** Why a request may not be sent now; undefined when it may. */
export type Fence = (request: TransportRequest) => Error | undefined;

/** What bounds writes that were sent already; the server may carry them out all the same. */
export interface WriteBounds {
  /** Aborts when this process may not write any more. */
  readonly lost: () => AbortSignal;
  readonly clock: Clock;
  /** Milliseconds until the head of an answer must be there; infinite for no bound beside the transport's own. */
  readonly timeout: number;
}

/**
 * Asks `fence` before each request, so that a process that was deposed as the leader, or whose manager has stopped, sends nothing more,
 * whatever still runs in it. It stands inside of retries: a write that waits for its next try is asked about again.
 */
export function fencedTransport(transport: Transport, fence: Fence, bounds?: WriteBounds): Transport {
  return {
    async dispatch(request, signal) {
      const refusal = fence(request);
      if (refusal) throw refusal;
      return bounds && isWrite(request) ? boundedWrite(transport, request, bounds, signal) : transport.dispatch(request, signal);
    },
    close: () => transport.close(),
  };
}

/** Whether a request can change something. */
export function isWrite(request: TransportRequest): boolean {
  return request.method !== 'GET' && request.method !== 'HEAD';
}

async function boundedWrite(transport: Transport, request: TransportRequest, { lost, clock, timeout }: WriteBounds, signal?: AbortSignal): ReturnType<Transport['dispatch']> {
  const late = timeout < Number.POSITIVE_INFINITY ? new AbortController() : undefined;
  const timer = late && clock.timer(timeout, () => late.abort(new KubewrightError('KW_REQUEST_TIMEOUT', `${request.method} ${request.path}: no answer within ${timeout} ms`)));
  const either = eitherSignal([lost(), signal, late?.signal]);
  try {
    return await transport.dispatch(request, either.signal);
  } finally {
    timer?.cancel();
    either.end();
  }
}
