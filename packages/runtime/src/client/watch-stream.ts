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

/**
 * Reads the body of a watch: one JSON frame a line, cut into chunks anywhere. It ends when the body ends; what is left of a frame then is
 * dropped, since whoever watches again is sent it again. Lines are found in the bytes, so that no character is ever cut.
 *
 * @throws ApiError what an ERROR frame says (see `isExpired`), KubewrightError KW_WATCH_DECODE or KW_WATCH_LINE_TOO_LONG, and what the body throws
 */
export async function* readWatch(body: AsyncIterable<Uint8Array>, options: WatchStreamOptions): AsyncGenerator<WatchFrame> {
  for await (const line of lines(body, options)) {
    const frame = decode(line, options);
    publish('watch-stream', { type: frame.type, object: frame.object }); // stop 2
    yield frame;
  }
}

/** Lines without their line feed; empty ones are left out. A line lives until the next one is asked for. */
async function* lines(body: AsyncIterable<Uint8Array>, { name, maxLineBytes = 16 * 1024 * 1024 }: WatchStreamOptions): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let pending = 0;
  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      const tail = chunk.subarray(start, end);
      start = end + 1;
      const line = pending === 0 ? tail : Buffer.concat([...pieces, tail], pending + tail.byteLength);
      if (pending > 0) [pieces, pending] = [[], 0];
      if (line.byteLength > maxLineBytes) throw tooLong(name, maxLineBytes);
      if (line.byteLength > 0) yield line;
    }
    if (start === chunk.byteLength) continue;
    pieces.push(chunk.subarray(start));
    pending += chunk.byteLength - start;
    if (pending > maxLineBytes) throw tooLong(name, maxLineBytes);
  }
}

/** How servers begin a frame: type and object, in this order and without a space. Anything else is read as a whole. */
const BEGIN = (['ADDED', 'MODIFIED', 'DELETED'] as const).map((type) => ({ type, bytes: Buffer.from(`{"type":"${type}","object":{`) }));
const CLOSE_BRACE = 125;

function decode(line: Uint8Array, { name, decode: decodeObject }: WatchStreamOptions): WatchFrame {
  let value: Partial<WatchEvent> | null;
  try {
    const begin = decodeObject && line.at(-1) === CLOSE_BRACE ? BEGIN.find(({ bytes }) => bytes.compare(line, 0, bytes.length) === 0) : undefined;
    const object = begin && decodeObject!(line.subarray(begin.bytes.length - 1, -1));
    value = begin && object ? { type: begin.type, object } : (decodeJson(line) as Partial<WatchEvent> | null);
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

function tooLong(name: string, limit: number): KubewrightError {
  return new KubewrightError('KW_WATCH_LINE_TOO_LONG', `watch of ${name}: a frame is longer than ${limit} bytes`);
}
