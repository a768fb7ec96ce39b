import type { Transport, TransportRequest, TransportResponse } from '@kubewright/platform';
import { KubewrightError } from '@kubewright/runtime';

/** A transport whose watches a test can hold up, end and break. Everything else passes. */
export class GatedTransport implements Transport {
  readonly #watches = new Set<AbortController>();
  #gate: Promise<void> = Promise.resolve();
  #open: () => void = () => {};
  #cutsNextFrame = false;

  constructor(private readonly inner: Transport) {}

  /** From now on no watch is opened, and none tells anything. */
  hold(): void {
    this.#gate = new Promise((resolve) => (this.#open = resolve));
  }

  release(): void {
    this.#open();
  }

  /** Ends all watches as a server does when their time is over. */
  end(): void {
    for (const watch of this.#watches) watch.abort(END);
  }

  /** The next frame of a watch comes by half, then its connection breaks. */
  cutInNextFrame(): void {
    this.#cutsNextFrame = true;
  }

  async dispatch(request: TransportRequest, signal?: AbortSignal): Promise<TransportResponse> {
    if (request.lane !== 'watch') return this.inner.dispatch(request, signal);
    const watch = new AbortController();
    const onAbort = (): void => watch.abort(signal!.reason);
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#watches.add(watch);
    const done = (): void => {
      this.#watches.delete(watch);
      signal?.removeEventListener('abort', onAbort);
    };
    try {
      await unlessAborted(this.#gate, watch.signal);
      const response = await this.inner.dispatch(request, watch.signal);
      return { ...response, body: this.#frames(response.body, watch, done) };
    } catch (error) {
      done();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  async *#frames(body: AsyncIterable<Uint8Array>, watch: AbortController, done: () => void): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of body) {
        await unlessAborted(this.#gate, watch.signal);
        if (this.#cutsNextFrame) {
          this.#cutsNextFrame = false;
          yield chunk.subarray(0, chunk.byteLength / 2);
          throw new KubewrightError('KW_CONNECTION', 'the connection was cut in the middle of a frame');
        }
        yield chunk;
      }
    } catch (error) {
      if (error !== END) throw error;
    } finally {
      done();
    }
  }
}

const END = new Error('the watch has ended');

function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    void promise.then(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
  });
}
