import { setMaxListeners } from 'node:events';

import type { Clock, Logger } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { Source } from '../source/source.js';
import type { WorkQueue } from '../workqueue/work-queue.js';

/** What a {@link Feed} works with. */
export interface FeedOptions<R> {
  readonly controller: string;
  readonly queue: WorkQueue<R>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Milliseconds until a source must have listed what exists. */
  readonly cacheSyncTimeout: number;
}

/** A queue and the sources that fill it, from the moment they begin until it is closed. Once only. */
export class Feed<R> {
  readonly queue: WorkQueue<R>;
  /** Resolves when every source that was there at the start has listed what exists. */
  readonly filled: Promise<void>;
  readonly #stop = new AbortController();
  readonly #began = new Map<Source<R>, AbortController>();

  constructor(private readonly options: FeedOptions<R>, sources: Iterable<Source<R>>) {
    this.queue = options.queue;
    setMaxListeners(0, this.#stop.signal);
    this.filled = Promise.all(Array.from(sources, (source) => this.begin(source))).then(() => {});
    this.filled.catch(() => {}); // told to whoever waits for it, if somebody does
  }

  /** Begins a source; resolves when it has listed what exists. @throws KubewrightError KW_CACHE_SYNC_TIMEOUT, or what the source fails with */
  async begin(source: Source<R>): Promise<void> {
    const { clock, controller, cacheSyncTimeout: limit } = this.options;
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    const onStop = (): void => stop.abort(this.#stop.signal.reason);
    if (this.#stop.signal.aborted) onStop();
    else this.#stop.signal.addEventListener('abort', onStop, { once: true });
    stop.signal.addEventListener('abort', () => this.#stop.signal.removeEventListener('abort', onStop), { once: true });
    this.#began.set(source, stop);
    const waiting = new AbortController();
    const endWaiting = (): void => waiting.abort();
    stop.signal.addEventListener('abort', endWaiting, { once: true });
    const tooLate = (): Error => {
      const cause = source.lastFailure;
      const message = `controller ${controller}: source ${source.name} had not listed what exists within ${limit} ms${cause ? `: ${cause.message}` : ''}`;
      return new KubewrightError('KW_CACHE_SYNC_TIMEOUT', message, cause && { cause });
    };
    const late = clock.sleep(limit, waiting.signal).then(() => Promise.reject(tooLate()), () => {});
    try {
      await Promise.race([source.start(this.queue, stop.signal), late]);
    } finally {
      endWaiting();
    }
  }

  /** Ends one source; what it has added stays. */
  end(source: Source<R>): void {
    this.#began.get(source)?.abort(new Error(`source ${source.name} was stopped`));
    this.#began.delete(source);
  }

  /** Ends the sources and the queue; what waits is dropped. */
  close(reason?: unknown): void {
    this.#stop.abort(reason);
    this.queue.shutDown();
  }
}
