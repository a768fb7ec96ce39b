/**
 * @module transport: the one way out. Everything that talks to an API server does so through {@link Transport.dispatch}: over TLS sockets
 * (@kubewright/runtime), or in memory straight into an embedded server (@kubewright/apiserver). It never interprets what it carries.
 */

/** One HTTP request. */
export interface TransportRequest {
  /** Upper case. */
  readonly method: string;
  /** Path with query, as on the request line: `/api/v1/pods?limit=500`. */
  readonly path: string;
  /** Lower-case names; a list is sent as repeated headers. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Uint8Array;
  /**
   * What the request is for, so that a transport can keep long watches and lease renewals on sockets of their own, where a burst of
   * ordinary requests cannot starve them.
   * @default 'request'
   */
  readonly lane?: 'request' | 'watch' | 'lease';
}

/** One HTTP response; its body is read once. */
export interface TransportResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Chunks at arbitrary byte borders. Ending the iteration early releases the connection. It throws when the connection breaks. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Carries requests to one API server. */
export interface Transport {
  /**
   * Resolves when the response's head has arrived, whatever its status. Rejects when no response came (refused, reset, timed out) with the
   * cause kept, and with `signal.reason` when the signal aborts; an abort after the head ends the body's iteration by the same reason.
   */
  dispatch(request: TransportRequest, signal?: AbortSignal): Promise<TransportResponse>;

  /** Ends idle connections; later dispatches reject. Requests under way are left to finish. */
  close(): Promise<void>;
}

/** Reads a body to its end. @throws RangeError when it is longer than `limit` bytes. */
export async function readAll(body: AsyncIterable<Uint8Array>, limit = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.byteLength;
    if (length > limit) throw new RangeError(`body is longer than ${limit} bytes`);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
}
