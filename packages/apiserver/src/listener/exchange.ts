import type { Writable } from 'node:stream';
import type { TLSSocket } from 'node:tls';

import { badRequest, requestEntityTooLarge } from '@kubewright/api';

import type { ServerRequest } from '../request/server-request.js';
import { BODY_LIMIT } from './limits.js';

/** One request and the way back to who sent it, whatever version of HTTP it came by. */
export interface Exchange {
  readonly request: ServerRequest;
  /** Takes the body of the answer; closes when the answer has gone out, or the client has. */
  readonly body: Writable;
  /** Sends status and headers. With `endsHere` there is no body. */
  head(status: number, headers: Record<string, string | string[]>, endsHere: boolean): void;
  /** Lets the client see that something broke. */
  breakOff(): void;
}

/** Who a client's certificate says it is; undefined when it has none that our authority signed. */
export function certificateOf(socket: TLSSocket | undefined): ServerRequest['certificate'] {
  if (!socket?.authorized) return undefined;
  const { fingerprint256, subject } = socket.getPeerCertificate();
  const commonName = subject?.CN;
  if (typeof commonName !== 'string' || commonName === '') return undefined;
  const organizations = subject.O;
  return {
    commonName,
    organizations: organizations === undefined ? [] : typeof organizations === 'string' ? [organizations] : organizations,
    fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

/** The whole body. @throws ApiError 413 when it is too large, 400 when the client has left in the middle of it */
export async function readBody(incoming: AsyncIterable<Buffer>): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of incoming) {
      length += chunk.byteLength;
      // The rest is read and dropped: a client that is still sending would not see an answer.
      if (length <= BODY_LIMIT) chunks.push(chunk);
      else chunks.length = 0;
    }
  } catch {
    // Nobody reads this answer.
    throw badRequest('unexpected EOF');
  }
  if (length > BODY_LIMIT) throw requestEntityTooLarge(`limit is ${BODY_LIMIT}`);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}
