import { decodeJson, type KubeObject, type ListMeta } from '@kubewright/api';
import type { TransportRequest, TransportResponse } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import { throwIfFailed } from './response.js';

/** The list itself, without its items. */
export interface ListEnvelope {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: ListMeta;
}

/**
 * Reads a list and hands out its items one by one, as they arrive: the list is never held as a whole, neither as text nor as bytes, and no
 * parse takes longer than its object. `take` may return a promise to let other work run in between; `decode` reads an item from bytes that
 * live until it returns.
 *
 * @throws ApiError for a status of 400 and above; KubewrightError KW_RESPONSE_DECODE for anything but a list in JSON that is complete
 */
export async function readList(
  request: TransportRequest, response: TransportResponse, take: (item: KubeObject) => Promise<void> | undefined, decode: (bytes: Uint8Array) => KubeObject = decodeObject,
): Promise<ListEnvelope> {
  await throwIfFailed(request, response);
  const splitter = new ListSplitter();
  try {
    for await (const chunk of response.body) {
      for (const item of splitter.push(chunk)) await take(decode(item));
    }
    return decodeJson(splitter.end()) as ListEnvelope;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new KubewrightError('KW_RESPONSE_DECODE', `${request.method} ${request.path}: the list can not be read: ${cause.message}`, { cause });
  }
}

const decodeObject = (bytes: Uint8Array): KubeObject => decodeJson(bytes) as KubeObject;

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
/** Items are objects in an array in an object. */
const ITEM_DEPTH = 2;

/** Cuts the items out of the bytes of a list, wherever the chunks end. It looks at brackets and strings only; the parser judges the rest. */
class ListSplitter {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #inItems = false;
  /** Bytes before the current chunk that belong to what is being collected: an item, or the envelope. */
  #pieces: Uint8Array[] = [];
  #envelope: Uint8Array[] = [];

  *push(chunk: Uint8Array): Generator<Uint8Array> {
    // Local variables: this loop sees every byte of every list.
    let [depth, inString, escaped] = [this.#depth, this.#inString, this.#escaped];
    let start = 0; // of what is being collected
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) {
        inString = true;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (this.#inItems && depth === ITEM_DEPTH) start = at; // commas between items are left behind
        depth++;
        if (byte === OPEN_BRACKET && depth === ITEM_DEPTH && this.#beginsItems(chunk.subarray(start, at + 1))) start = at + 1;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth--;
        if (this.#inItems && depth === ITEM_DEPTH) {
          yield this.#collected(chunk.subarray(start, at + 1));
          start = at + 1;
        } else if (this.#inItems && depth < ITEM_DEPTH) {
          this.#inItems = false;
          start = at; // the closing bracket belongs to the envelope again
        }
      }
    }
    const between = this.#inItems && depth === ITEM_DEPTH;
    if (!between && start < chunk.length) (this.#inItems ? this.#pieces : this.#envelope).push(chunk.subarray(start));
    [this.#depth, this.#inString, this.#escaped] = [depth, inString, escaped];
  }

  /** The envelope, with an empty list of items. @throws SyntaxError when the list is cut off */
  end(): Uint8Array {
    if (this.#depth !== 0 || this.#inString) throw new SyntaxError('it ends in the middle');
    return Buffer.concat(this.#envelope);
  }

  #collected(last: Uint8Array): Uint8Array {
    if (this.#pieces.length === 0) return last;
    const whole = Buffer.concat([...this.#pieces, last]);
    this.#pieces = [];
    return whole;
  }

  /** Whether the bracket that ends `last` opens the array of items. */
  #beginsItems(last: Uint8Array): boolean {
    const head = Buffer.concat([...this.#envelope, last]);
    if (!/"items"\s*:\s*\[$/.test(head.toString('latin1'))) return false;
    this.#envelope = [head];
    return (this.#inItems = true);
  }
}
