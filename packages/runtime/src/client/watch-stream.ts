import { ApiError, decodeJson, type KubeObject, type Status, type WatchEvent } from '@kubewright/api';

import { KubewrightError } from '../errors/kubewright-error.js';
import { publish } from '../tracing/stops.js';

/** A frame that tells of an object or a version. An ERROR frame is thrown instead. */
export type WatchFrame<T = KubeObject> = Exclude<WatchEvent<T>, { type: 'ERROR' }>;

/** What a {@link readWatch} accepts. */
export interface WatchStreamOptions {
  /** Reads the object of a frame in place of the whole frame, from bytes that live until it returns. @default decodeJson */
  readonly decode?: (bytes: Uint8Array) => KubeObject;
  /** For errors: `prometheuses`. */
  readonly name: string;
  /** The longest frame, in bytes. The server's own limit for an object is far below. @default 16 MiB */
  readonly maxLineBytes?: number;
}

const LINE_FEED = 10;
/** A buffer that one huge line needed is not kept for the life of the watch. */
const LARGEST_KEPT = 1024 * 1024;

/**
 * Reads the body of a watch: one JSON frame a line, cut into chunks anywhere. It ends when the body ends; what is left of a frame then is
 * dropped, since whoever watches again is sent it again. Lines are found in the bytes, so that no character is ever cut.
 *
 * @throws ApiError what an ERROR frame says (see `isExpired`), KubewrightError KW_WATCH_DECODE or KW_WATCH_LINE_TOO_LONG, and what the body throws
 */
export async function* readWatch(body: AsyncIterable<Uint8Array>, options: WatchStreamOptions): AsyncGenerator<WatchFrame> {
  for await (const frames of readWatchBatches(body, options)) yield* frames;
}

/** The same, with the frames that came in one piece together: with thousands of them the turns between two frames cost more than the frames. */
export async function* readWatchBatches(body: AsyncIterable<Uint8Array>, options: WatchStreamOptions): AsyncGenerator<readonly WatchFrame[]> {
  const splitter = new LineSplitter(options);
  for await (const chunk of body) {
    const frames: WatchFrame[] = [];
    let failure: { readonly error: unknown } | undefined;
    try {
      splitter.push(chunk, (line) => {
        const frame = decode(line, options);
        publish('watch-stream', { type: frame.type, object: frame.object }); // stop 2
        frames.push(frame);
      });
    } catch (error) {
      failure = { error };
    }
    if (frames.length > 0) yield frames;
    if (failure) throw failure.error;
  }
}

/** Finds lines; empty ones are left out. */
class LineSplitter {
  /** The beginning of a line whose end has not come; reused from line to line. */
  #partial = Buffer.allocUnsafe(0);
  #length = 0;

  constructor(private readonly options: WatchStreamOptions) {}

  /** Calls `take` with each line that ends in the chunk, without its line feed; the line lives until `take` returns. */
  push(chunk: Uint8Array, take: (line: Uint8Array) => void): void {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      const tail = chunk.subarray(start, end);
      start = end + 1;
      const line = this.#length === 0 ? tail : this.#append(tail);
      this.#length = 0;
      this.#check(line.byteLength);
      if (line.byteLength > 0) take(line);
      if (this.#partial.byteLength > LARGEST_KEPT) this.#partial = Buffer.allocUnsafe(0);
    }
    if (start < chunk.byteLength) this.#check(this.#append(chunk.subarray(start)).byteLength);
  }

  #append(bytes: Uint8Array): Uint8Array {
    const length = this.#length + bytes.byteLength;
    if (length > this.#partial.byteLength) {
      const larger = Buffer.allocUnsafe(Math.max(length * 2, 16 * 1024));
      larger.set(this.#partial.subarray(0, this.#length));
      this.#partial = larger;
    }
    this.#partial.set(bytes, this.#length);
    this.#length = length;
    return this.#partial.subarray(0, length);
  }

  #check(length: number): void {
    const { maxLineBytes = 16 * 1024 * 1024, name } = this.options;
    if (length > maxLineBytes) throw new KubewrightError('KW_WATCH_LINE_TOO_LONG', `watch of ${name}: a frame is longer than ${maxLineBytes} bytes`);
  }
}

/** How servers begin a frame: type and object, in this order and without a space. Anything else is read as a whole. */
const BEGIN = (['ADDED', 'MODIFIED', 'DELETED'] as const).map((type) => ({ type, bytes: Buffer.from(`{"type":"${type}","object":{`) }));
const CLOSE_BRACE = 125;

function startsWith(line: Uint8Array, begin: Uint8Array): boolean {
  for (let index = begin.length - 1; index >= 0; index--) if (line[index] !== begin[index]) return false;
  return true;
}

function decode(line: Uint8Array, { name, decode: decodeObject }: WatchStreamOptions): WatchFrame {
  let value: Partial<WatchEvent> | null;
  try {
    const begin = decodeObject && line[line.length - 1] === CLOSE_BRACE ? BEGIN.find((each) => startsWith(line, each.bytes)) : undefined;
    if (begin) return { type: begin.type, object: decodeObject!(line.subarray(begin.bytes.length - 1, line.length - 1)) };
    value = decodeJson(line) as Partial<WatchEvent> | null;
  } catch (cause) {
    throw new KubewrightError('KW_WATCH_DECODE', `watch of ${name}: a frame of ${line.byteLength} bytes is not JSON: ${(cause as Error).message}`, { cause });
  }
  switch (value?.type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
    case 'BOOKMARK':
      if (value.object?.metadata) return value as WatchFrame;
      break;
    case 'ERROR':
      throw new ApiError((value.object ?? {}) as Status);
    default:
  }
  throw new KubewrightError('KW_WATCH_DECODE', `watch of ${name}: a frame is not a watch event: ${Buffer.from(line.subarray(0, 120)).toString('utf8')}`);
}
