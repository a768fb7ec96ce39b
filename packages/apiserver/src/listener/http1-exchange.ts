import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';

import { certificateOf, readBody, type Exchange } from './exchange.js';

/** A request of HTTP/1.1. @param signal aborts when the client has gone */
export function http1Exchange(incoming: IncomingMessage, response: ServerResponse, signal: AbortSignal): Exchange {
  const certificate = certificateOf(incoming.socket as TLSSocket);
  return {
    request: {
      method: incoming.method ?? 'GET',
      target: incoming.url ?? '/',
      headers: { ...incoming.headers, ...repeatedHeaders(incoming) },
      body: () => readBody(incoming as AsyncIterable<Buffer>),
      ...(certificate && { certificate }),
      signal,
    },
    body: response,
    head(status, headers, endsHere) {
      response.writeHead(status, headers);
      if (endsHere) response.end();
      else if (!('content-length' in headers)) response.flushHeaders();
    },
    breakOff: () => void response.destroy(),
  };
}

/** Node joins repeated headers by commas; of these each value counts by itself and may have commas. */
function repeatedHeaders(incoming: IncomingMessage): Record<string, string[]> {
  return Object.fromEntries(Object.entries(incoming.headersDistinct).flatMap(([name, values]) => (name.startsWith('impersonate-') && values ? [[name, values]] : [])));
}
