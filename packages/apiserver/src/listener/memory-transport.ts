import { requestEntityTooLarge } from '@kubewright/api';
import type { Scheduler, Transport, TransportRequest, TransportResponse } from '@kubewright/platform';

import type { UserInfo } from '../authn/user-info.js';
import type { Pipeline } from '../router/pipeline.js';
import { BODY_LIMIT } from './limits.js';

/**
 * Requests straight into the server's pipeline, by an identity that stands for a client certificate. Handing over a request, an answer and
 * each frame of a watch are named tasks of the Scheduler. Several clients may share one server; closing a transport closes only itself.
 */
export class MemoryTransport implements Transport {
  readonly #open = new Set<AbortController>();
  #closed = false;

  constructor(
    private readonly pipeline: Pipeline,
    private readonly scheduler: Scheduler,
    private readonly identity: UserInfo | undefined,
  ) {}

  async dispatch(request: TransportRequest, signal?: AbortSignal): Promise<TransportResponse> {
    if (this.#closed) throw new Error('the transport is closed: make a new one with server.transport()');
    signal?.throwIfAborted();
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
      signal?.throwIfAborted();
      const body = request.body ?? new Uint8Array();
      const response = await this.pipeline.handle({
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
      signal?.throwIfAborted();
      if (response.body instanceof Uint8Array) {
        done();
        return { status: response.status, headers: response.headers, body: once(response.body) };
      }
      return { status: response.status, headers: response.headers, body: this.#stream(response.body, controller, signal, done) };
    } catch (error) {
      controller.abort(error);
      done();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  async *#stream(frames: AsyncIterable<Uint8Array>, controller: AbortController, signal: AbortSignal | undefined, done: () => void): AsyncGenerator<Uint8Array> {
    try {
      for await (const frame of frames) {
        signal?.throwIfAborted();
        yield frame;
      }
      signal?.throwIfAborted();
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
