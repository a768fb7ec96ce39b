import type { Readable } from 'node:stream';

/** Above this many bytes unread the stream is paused, below half of it it flows again. */
const HIGH_WATER_MARK = 1024 * 1024;

/** Takes part in the reading of a stream. */
export interface ChunkObserver {
  /** A chunk came from the stream. */
  onChunk(chunk: Uint8Array): void;
  /** The stream ended, broke, or was let go. Once. */
  onEnd(): void;
  /** What to throw for what the stream broke by. */
  toError(error: Error): Error;
}

/**
 * The chunks of a stream, as its own iterator gives them but for a fraction of the cost: the stream flows, and what nobody has asked for
 * yet waits here, up to a limit. It can be read once; ending the iteration early destroys the stream. A stream that breaks throws its error
 * after the chunks before it. Nothing flows before somebody begins to read; `onStart` tells that.
 */
export function chunksOf(stream: Readable, observer: ChunkObserver, onStart?: () => void): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]: () => {
      onStart?.();
      return new StreamChunks(stream, observer);
    },
  };
}

type Result = IteratorResult<Uint8Array, undefined>;
const DONE: Result = { done: true, value: undefined };

class StreamChunks implements AsyncIterator<Uint8Array, undefined> {
  readonly #queue: Uint8Array[] = [];
  #queued = 0;
  #paused = false;
  #waiting: { readonly resolve: (result: Result) => void; readonly reject: (error: Error) => void } | undefined;
  #outcome: 'ended' | Error | undefined;

  constructor(private readonly stream: Readable, private readonly observer: ChunkObserver) {
    stream.on('error', this.#onBroken);
    stream.on('end', () => this.#finish('ended'));
    stream.on('close', this.#onBroken);
    if (stream.destroyed) this.#onBroken();
    else stream.on('data', this.#onData);
  }

  next(): Promise<Result> {
    const chunk = this.#queue.shift();
    if (chunk) {
      this.#queued -= chunk.byteLength;
      if (this.#paused && this.#queued < HIGH_WATER_MARK / 2) {
        this.#paused = false;
        this.stream.resume();
      }
      return Promise.resolve({ done: false, value: chunk });
    }
    if (this.#outcome === 'ended') return Promise.resolve(DONE);
    if (this.#outcome) {
      const error = this.#outcome;
      this.#outcome = 'ended'; // an iterator that has thrown is over
      return Promise.reject(error);
    }
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
  }

  return(): Promise<Result> {
    this.#queue.length = 0;
    this.#finish('ended');
    this.stream.destroy();
    return Promise.resolve(DONE);
  }

  readonly #onData = (chunk: Uint8Array): void => {
    this.observer.onChunk(chunk);
    const waiting = this.#waiting;
    if (waiting) {
      this.#waiting = undefined;
      waiting.resolve({ done: false, value: chunk });
      return;
    }
    this.#queue.push(chunk);
    this.#queued += chunk.byteLength;
    if (this.#queued > HIGH_WATER_MARK && !this.#paused) {
      this.#paused = true;
      this.stream.pause();
    }
  };

  readonly #onBroken = (error: Error | undefined | null = this.stream.errored): void => {
    if (!this.#outcome) this.#finish(this.observer.toError(error ?? new Error('the connection was closed in the middle of an answer')));
  };

  #finish(outcome: 'ended' | Error): void {
    if (this.#outcome) return;
    this.#outcome = outcome;
    this.stream.off('data', this.#onData);
    this.observer.onEnd();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (!waiting) return;
    if (outcome === 'ended') waiting.resolve(DONE);
    else {
      this.#outcome = 'ended';
      waiting.reject(outcome);
    }
  }
}
