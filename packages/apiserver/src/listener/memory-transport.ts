import { requestEntityTooLarge } from '@kubewright/api';
import type { Scheduler, Transport, TransportRequest, TransportResponse } from '@kubewright/platform';

import type { UserInfo } from '../authn/user-info.js';
import { BODY_LIMIT } from './limits.js';
import type { RequestGate } from './request-gate.js';

/**
 * Requests straight into the server's pipeline, by an identity that stands for a client certificate. Handing over a request, an answer and
 * each frame of a watch are named tasks of the Scheduler. Several clients may share one server; closing a transport closes only itself.
 */
export class MemoryTransport implements Transport {
  readonly #open = new Set<AbortController>();
  #closed = false;

  constructor(
    private readonly gate: RequestGate,
    private readonly scheduler: Scheduler,
    private readonly identity: UserInfo | undefined,
  ) {}

  async dispatch(request: TransportRequest, signal?: AbortSignal): Promise<TransportResponse> {
    if (this.#closed) throw new Error('the transport is closed: make a new one with server.transport()');
    signal?.throwIfAborted();
    this.gate.throwIfClosed();
    const controller = new AbortController();
    const abort = (): void => controller.abort(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    this.#open.add(controller);
    const done = (): void => {
      this.#open.delete(controller);
      signal?.removeEventListener('abort', abort);
    };
    try {
      await this.#handOver('request');
      controller.signal.throwIfAborted();
      const body = request.body ?? new Uint8Array();
      const response = await this.gate.handle({
        method: request.method,
        target: request.path,
        headers: request.headers,
        body: async () => {
          if (body.byteLength > BODY_LIMIT) throw requestEntityTooLarge(`limit is ${BODY_LIMIT}`);
          return body;
        },
        ...(this.identity && { identity: this.identity }),
        signal: controller.signal,
      });
      await this.#handOver('response');
      controller.signal.throwIfAborted();
      if (response.body instanceof Uint8Array) {
        done();
        return { status: response.status, headers: response.headers, body: once(response.body) };
      }
      return { status: response.status, headers: response.headers, body: this.#stream(response.body, controller, done) };
    } catch (error) {
      controller.abort(error);
      done();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  /** Breaks off every request that is under way, as a connection that is lost: whether it was carried out the client can not know. */
  breakOff(reason: Error): void {
    for (const controller of this.#open) controller.abort(reason);
  }

  async *#stream(frames: AsyncIterable<Uint8Array>, controller: AbortController, done: () => void): AsyncGenerator<Uint8Array> {
    try {
      for await (const frame of frames) {
        controller.signal.throwIfAborted();
        yield frame;
      }
      controller.signal.throwIfAborted();
    } finally {
      controller.abort();
      done();
    }
  }

  #handOver(what: 'request' | 'response'): Promise<void> {
    return new Promise((resolve) => this.scheduler.schedule(`apiserver:${what}`, resolve));
  }
}

async function* once(body: Uint8Array): AsyncGenerator<Uint8Array> {
  if (body.byteLength > 0) yield body;
}
