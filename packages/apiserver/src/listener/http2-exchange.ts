import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';

import { certificateOf, readBody, type Exchange } from './exchange.js';

/** A request of HTTP/2. @param signal aborts when the client has gone, or has reset the stream */
export function http2Exchange(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, rawHeaders: readonly string[], socket: TLSSocket, signal: AbortSignal): Exchange {
  const certificate = certificateOf(socket);
  return {
    request: {
      method: headers[':method'] ?? 'GET',
      target: headers[':path'] ?? '/',
      headers: plainHeaders(headers, rawHeaders),
      body: () => readBody(stream as AsyncIterable<Buffer>),
      ...(certificate && { certificate }),
      signal,
    },
    body: stream,
    head(status, given, endsHere) {
      if (stream.destroyed || stream.closed) return;
      stream.respond({ ':status': status, ...given }, { endStream: endsHere });
    },
    breakOff: () => void stream.close(constants.NGHTTP2_INTERNAL_ERROR),
  };
}

/** Without the pseudo headers, and with the repeated headers that count one by one as lists. */
function plainHeaders(headers: IncomingHttpHeaders, rawHeaders: readonly string[]): Record<string, string | string[]> {
  const plain: Record<string, string | string[]> = { host: String(headers[':authority'] ?? headers.host ?? '') };
  for (const [name, value] of Object.entries(headers)) if (!name.startsWith(':') && value !== undefined) plain[name] = value;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    if (name.startsWith('impersonate-')) plain[name] = [];
  }
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const values = plain[rawHeaders[index]!.toLowerCase()];
    if (rawHeaders[index]!.toLowerCase().startsWith('impersonate-')) (values as string[]).push(rawHeaders[index + 1]!);
  }
  return plain;
}
