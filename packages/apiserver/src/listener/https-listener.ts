/**
 * @module listener: how requests come in: https-listener.ts over TLS sockets, memory-transport.ts from the same process. Both hand them to
 * router/pipeline.ts and know nothing of what they mean.
 */
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';

import type { Logger } from '@kubewright/platform';

import { ConnectionLost } from '../request/connection-lost.js';
import type { ServerResponse } from '../request/server-request.js';
import type { Exchange } from './exchange.js';
import { http1Exchange } from './http1-exchange.js';
import type { RequestGate } from './request-gate.js';

/** Where and with what to listen. */
export interface HttpsListenerOptions {
  readonly gate: RequestGate;
  readonly log: Logger;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  /** PEM of the authorities that sign client certificates; others are not believed. Empty: clients are not asked for any. */
  readonly clientCa: string;
}

/** Answers smaller than this are not worth compressing. */
const GZIP_THRESHOLD = 128 * 1024;
/** Milliseconds for which a connection without requests stays. */
const IDLE_TIMEOUT = 90_000;

/** One listening socket, for HTTP/1.1 and HTTP/2: the client chooses while it says hello (ALPN). */
export class HttpsListener {
  readonly #server: Server;
  /** Listens nowhere; gets the connections that speak HTTP/1.1. */
  readonly #http1: HttpServer;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #sockets = new Set<Socket>();

  constructor(private readonly options: HttpsListenerOptions) {
    const { certificate, key, clientCa } = options;
    this.#http1 = createHttpServer({ keepAlive: true }, (request, response) => void this.#serve(response, (signal) => http1Exchange(request, response, signal)));
    this.#http1.requestTimeout = 0;
    this.#http1.keepAliveTimeout = IDLE_TIMEOUT;
    const protocols = ['h2', 'http/1.1'];
    this.#server = createServer(
      { cert: certificate, key, ...(clientCa !== '' && { ca: clientCa, requestCert: true }), rejectUnauthorized: false, minVersion: 'TLSv1.2', ALPNProtocols: protocols, noDelay: true },
      (socket) => void this.#accept(socket),
    );
    this.#server.on('tlsClientError', () => {}); // a client that does not take our certificate, or speaks no TLS
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
    this.#http1.closeIdleConnections();
    for (const session of this.#sessions) session.close();
    for (const socket of this.#sockets) socket.destroySoon();
    await closed;
  }

  /** Takes no more connections and breaks off all that are open, in the middle of what they carry. */
  async breakOff(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** HTTP/2 is loaded when the first client asks for it. */
  async #accept(socket: TLSSocket): Promise<void> {
    if (socket.alpnProtocol !== 'h2') {
      this.#http1.emit('connection', socket);
      return;
    }
    const [{ performServerHandshake }, { http2Exchange }] = await Promise.all([import('node:http2'), import('./http2-exchange.js')]);
    if (socket.destroyed) return;
    // As kube-apiserver: 250 streams, and windows that a body of the largest size fits into.
    const session = performServerHandshake(socket, { settings: { maxConcurrentStreams: 250, initialWindowSize: 256 * 1024 } });
    this.#sessions.add(session);
    session.on('close', () => this.#sessions.delete(session));
    session.on('error', () => session.destroy()); // the client broke off, or does not speak HTTP/2
    // Of a client that breaks the protocol Node tells nothing, and does not notice that it leaves: as idle connections it goes after a while.
    let streams = 0;
    session.setTimeout(IDLE_TIMEOUT, () => void (streams === 0 && session.destroy()));
    session.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, rawHeaders: string[]) => {
      streams++;
      stream.on('close', () => streams--);
      stream.on('error', () => {}); // told by the close that follows
      void this.#serve(stream, (signal) => http2Exchange(stream, headers, rawHeaders, socket, signal));
    });
  }

  async #serve(outgoing: Writable, exchangeOf: (signal: AbortSignal) => Exchange): Promise<void> {
    const controller = new AbortController();
    outgoing.on('close', () => controller.abort());
    const exchange = exchangeOf(controller.signal);
    try {
      const answer = await this.options.gate.handle(exchange.request);
      await this.#send(answer, exchange, controller.signal);
    } catch (error) {
      // A client that hangs up in the middle is no error of ours.
      if (!controller.signal.aborted && !(error instanceof ConnectionLost)) this.options.log.error('sending an answer failed', { path: exchange.request.target, error });
      exchange.breakOff();
    }
  }

  async #send(answer: ServerResponse, { body: out, head, request }: Exchange, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const headers: Record<string, string | string[]> = { 'cache-control': 'no-cache, private' };
    for (const [name, value] of Object.entries(answer.headers)) headers[name] = typeof value === 'string' ? value : [...value];
    if (answer.body instanceof Uint8Array) {
      const isGzipped = answer.body.byteLength > GZIP_THRESHOLD && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
      const body = isGzipped ? gzipSync(answer.body, { level: 1 }) : answer.body;
      if (isGzipped) Object.assign(headers, { 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
      const endsHere = request.method === 'HEAD' || body.byteLength === 0;
      head(answer.status, { ...headers, 'content-length': String(body.byteLength) }, endsHere);
      if (!endsHere) out.end(body);
      return;
    }
    head(answer.status, headers, false);
    for await (const frame of answer.body) {
      if (signal.aborted) break;
      if (!out.write(frame)) await drained(out, signal);
    }
    out.end();
  }
}

function drained(response: Writable, signal: AbortSignal): Promise<void> {
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
