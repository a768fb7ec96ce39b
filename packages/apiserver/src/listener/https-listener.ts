/**
 * @module listener: how requests come in: https-listener.ts over TLS sockets, memory-transport.ts from the same process. Both hand them to
 * router/pipeline.ts and know nothing of what they mean.
 */
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse as NodeResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';

import { requestEntityTooLarge } from '@kubewright/api';
import type { Logger } from '@kubewright/platform';

import type { Pipeline } from '../router/pipeline.js';
import type { ServerRequest, ServerResponse } from '../request/server-request.js';
import { BODY_LIMIT } from './limits.js';

/** Where and with what to listen. */
export interface HttpsListenerOptions {
  readonly pipeline: Pipeline;
  readonly log: Logger;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  /** PEM of the authority that signs client certificates; others are not believed. */
  readonly clientCa: string;
}

/** Answers smaller than this are not worth compressing. */
const GZIP_THRESHOLD = 128 * 1024;

/** One listening socket. */
export class HttpsListener {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(private readonly options: HttpsListenerOptions) {
    const { certificate, key, clientCa } = options;
    this.#server = createServer({ cert: certificate, key, ca: clientCa, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2', keepAlive: true }, (request, response) => {
      void this.#serve(request, response);
    });
    this.#server.requestTimeout = 0;
    this.#server.keepAliveTimeout = 90_000;
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** Resolves to the port when connections are taken. @throws Error that names a taken port and the cure */
  async listen(): Promise<number> {
    const { host, port } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => reject(describe(error, host, port)));
      this.#server.listen(port, host, resolve);
    });
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  /** Takes no more connections, ends idle ones and, as watches have been told to end, all others. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    for (const socket of this.#sockets) socket.destroySoon();
    await closed;
  }

  async #serve(request: IncomingMessage, response: NodeResponse): Promise<void> {
    const controller = new AbortController();
    response.on('close', () => controller.abort());
    try {
      const answer = await this.options.pipeline.handle(toServerRequest(request, controller.signal));
      await this.#send(answer, request, response, controller.signal);
    } catch (error) {
      // A client that hangs up in the middle is no error of ours.
      if (!controller.signal.aborted) this.options.log.error('sending an answer failed', { path: request.url, error });
      response.destroy();
    }
  }

  async #send(answer: ServerResponse, request: IncomingMessage, response: NodeResponse, signal: AbortSignal): Promise<void> {
    const headers: Record<string, string | string[]> = { 'cache-control': 'no-cache, private' };
    for (const [name, value] of Object.entries(answer.headers)) headers[name] = typeof value === 'string' ? value : [...value];
    if (answer.body instanceof Uint8Array) {
      const isGzipped = answer.body.byteLength > GZIP_THRESHOLD && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
      const body = isGzipped ? gzipSync(answer.body, { level: 1 }) : answer.body;
      if (isGzipped) Object.assign(headers, { 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
      response.writeHead(answer.status, { ...headers, 'content-length': body.byteLength });
      response.end(request.method === 'HEAD' ? undefined : body);
      return;
    }
    response.writeHead(answer.status, headers);
    response.flushHeaders();
    for await (const frame of answer.body) {
      if (signal.aborted) break;
      if (!response.write(frame)) await drained(response, signal);
    }
    response.end();
  }
}

function toServerRequest(request: IncomingMessage, signal: AbortSignal): ServerRequest {
  const certificate = certificateOf(request.socket as TLSSocket);
  return {
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    headers: { ...request.headers, ...repeatedHeaders(request) },
    body: () => readBody(request),
    ...(certificate && { certificate }),
    signal,
  };
}

/** Node joins repeated headers by commas; of these each value counts by itself and may have commas. */
function repeatedHeaders(request: IncomingMessage): Record<string, string[]> {
  return Object.fromEntries(Object.entries(request.headersDistinct).flatMap(([name, values]) => (name.startsWith('impersonate-') && values ? [[name, values]] : [])));
}

function certificateOf(socket: TLSSocket): ServerRequest['certificate'] {
  if (!socket.authorized) return undefined;
  const { subject } = socket.getPeerCertificate();
  const commonName = subject?.CN;
  if (typeof commonName !== 'string' || commonName === '') return undefined;
  const organizations = subject.O;
  return { commonName, organizations: organizations === undefined ? [] : typeof organizations === 'string' ? [organizations] : organizations };
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.byteLength;
    // The rest is read and dropped: a client that is still sending would not see an answer.
    if (length <= BODY_LIMIT) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (length > BODY_LIMIT) throw requestEntityTooLarge(`limit is ${BODY_LIMIT}`);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

function drained(response: NodeResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    response.once('drain', done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}

function describe(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') return new Error(`port ${port} on ${host} is taken: stop what listens there, choose another port, or use port 0 for a free one`, { cause: error });
  if (error.code === 'EACCES') return new Error(`port ${port} on ${host} needs more rights: choose a port above 1023, or 0 for a free one`, { cause: error });
  return new Error(`cannot listen on ${host}:${port}: ${error.message}`, { cause: error });
}
