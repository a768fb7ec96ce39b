import type { Transport, TransportRequest, TransportResponse } from '@kubewright/platform';
import { KubewrightError } from '@kubewright/runtime';

type Break = { readonly kind: 'end' } | { readonly kind: 'error'; readonly error: Error };

/** A transport whose watches a test can hold up, end and break. Everything else passes. */
export class GatedTransport implements Transport {
  readonly #watches = new Set<(how: Break) => void>();
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
    for (const stop of this.#watches) stop({ kind: 'end' });
  }

  /** The next frame of a watch comes by half, then its connection breaks. */
  cutInNextFrame(): void {
    this.#cutsNextFrame = true;
  }

  async dispatch(request: TransportRequest, signal?: AbortSignal): Promise<TransportResponse> {
    if (request.lane !== 'watch') return this.inner.dispatch(request, signal);
    await this.#opened(signal);
    const response = await this.inner.dispatch(request, signal);
    return { ...response, body: this.#frames(response.body, signal) };
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  async *#frames(body: AsyncIterable<Uint8Array>, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const frames = body[Symbol.asyncIterator]();
    let stop!: (how: Break) => void;
    const stopped = new Promise<Break>((resolve) => (stop = resolve));
    this.#watches.add(stop);
    try {
      for (;;) {
        const next = await Promise.race([frames.next(), stopped]);
        if ('kind' in next) {
          if (next.kind === 'error') throw next.error;
          return;
        }
        if (next.done) return;
        const held = await Promise.race([this.#opened(signal), stopped]);
        if (held) return;
        if (this.#cutsNextFrame) {
          this.#cutsNextFrame = false;
          yield next.value.subarray(0, next.value.byteLength / 2);
          throw new KubewrightError('KW_CONNECTION', 'the connection was cut in the middle of a frame');
        }
        yield next.value;
      }
    } finally {
      this.#watches.delete(stop);
      await frames.return?.();
    }
  }

  async #opened(signal?: AbortSignal): Promise<undefined> {
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => reject(signal!.reason as Error);
      if (signal?.aborted) return onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
      void this.#gate.then(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
    });
    return undefined;
  }
}
