import type { IncomingHttpHeaders, RequestListener, Server as HttpListener, ServerResponse } from 'node:http';
import type { Server as HttpsListener } from 'node:https';
import type { AddressInfo } from 'node:net';

import type { Clock } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { Runnable } from './runnable.js';
import type { ServingCertificate } from './serving-certificate.js';

/** What a route answers. */
export interface HttpAnswer {
  readonly status: number;
  /** @default text/plain */
  readonly contentType?: string;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A large one comes in pieces. */
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array | string>;
}

/** What a route may look at beside the address. */
export interface HttpQuestion {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Aborts when the asker has gone. */
  readonly signal: AbortSignal;
}

/** Answers the paths that it knows. */
export type HttpRoute = (url: URL, question: HttpQuestion) => Promise<HttpAnswer | undefined>;

/** How long (ms) requests under way may take when the server stops. */
const DRAIN_LIMIT = 5_000;

/** A small server for probes and scrapes: GET and HEAD. With a certificate it speaks TLS. node:http is loaded when it starts. */
export class HttpServer implements Runnable {
  readonly needsLeaderElection = false;
  readonly #ready: Promise<void>;
  #onReady!: () => void;
  #address: string | undefined;

  /** @param bindAddress `host:port` or `:port`; port 0 takes any free one */
  constructor(
    readonly name: string,
    private readonly bindAddress: string,
    private readonly routes: readonly HttpRoute[],
    private readonly clock: Clock,
    private readonly certificate?: ServingCertificate,
  ) {
    this.#ready = new Promise((resolve) => (this.#onReady = resolve));
  }

  /** Resolves when it listens. */
  ready(): Promise<void> {
    return this.#ready;
  }

  /** `host:port` as it really is; undefined while it does not listen. */
  get address(): string | undefined {
    return this.#address;
  }

  async start(signal: AbortSignal): Promise<void> {
    const server = await this.#create((request, response) => {
      if (signal.aborted) response.setHeader('connection', 'close');
      const { method = 'GET', headers } = request;
      if (method !== 'GET' && method !== 'HEAD') return void send(response, { status: 405, headers: { allow: 'GET, HEAD' }, body: 'method not allowed\n' });
      const gone = new AbortController();
      response.once('close', () => gone.abort(new Error('the asker has gone')));
      const question: HttpQuestion = { method, headers, signal: gone.signal };
      void this.#answer(request.url ?? '/', question).then((answer) => send(response, answer, method === 'HEAD')).catch(() => response.destroy());
    });
    if (signal.aborted) return;
    await this.#listen(server);
    const watching = this.certificate?.watch((material) => (server as HttpsListener).setSecureContext(material), signal);
    this.#onReady();
    await new Promise<void>((resolve, reject) => {
      server.on('error', reject);
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await this.#close(server);
    await watching;
  }

  async #create(listener: RequestListener): Promise<HttpListener | HttpsListener> {
    const limits = { maxHeaderSize: 2 ** 20, headersTimeout: 32_000, keepAliveTimeout: 90_000 };
    if (!this.certificate) return (await import('node:http')).createServer(limits, listener);
    const { createServer } = await import('node:https');
    return createServer({ ...limits, ...(await this.certificate.read()), minVersion: 'TLSv1.2' }, listener);
  }

  #listen(server: HttpListener | HttpsListener): Promise<void> {
    const { host, port } = parseBindAddress(this.bindAddress)!;
    return new Promise((resolve, reject) => {
      server.once('error', (cause) => {
        reject(new KubewrightError('KW_LISTEN', `${this.name} can not listen on ${this.bindAddress}: ${cause.message}`, { cause }));
      });
      server.listen({ port, ...(host && { host }) }, () => {
        server.removeAllListeners('error');
        const { address, port: actual, family } = server.address() as AddressInfo;
        this.#address = family === 'IPv6' ? `[${address}]:${actual}` : `${address}:${actual}`;
        resolve();
      });
    });
  }

  async #close(server: HttpListener | HttpsListener): Promise<void> {
    const timer = this.clock.timer(DRAIN_LIMIT, () => server.closeAllConnections());
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
    timer.cancel();
    this.#address = undefined;
  }

  async #answer(path: string, question: HttpQuestion): Promise<HttpAnswer> {
    try {
      const url = new URL(path, 'http://localhost');
      for (const route of this.routes) {
        const answer = await route(url, question);
        if (answer) return answer;
      }
      return { status: 404, body: 'not found\n' };
    } catch {
      return { status: 500, body: 'internal error\n' };
    }
  }
}

/** Whether an address of the options means "no server": empty or `0`. */
export function isOff(bindAddress: string | undefined): bindAddress is undefined | '' | '0' {
  return !bindAddress || bindAddress === '0';
}

/** `:8080`, `127.0.0.1:8080` and `[::1]:8080` in parts; undefined for anything else. */
export function parseBindAddress(text: string): { readonly host: string | undefined; readonly port: number } | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  return match && port <= 65_535 ? { host: match[1] ?? (match[2] || undefined), port } : undefined;
}

async function send(response: ServerResponse, answer: HttpAnswer, isHead = false): Promise<void> {
  const { body } = answer;
  const isWhole = typeof body === 'string' || body instanceof Uint8Array;
  response.writeHead(answer.status, {
    'content-type': answer.contentType ?? 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    ...answer.headers,
    ...(isWhole && { 'content-length': Buffer.byteLength(body) }),
  });
  if (isHead || isWhole) {
    response.end(isHead ? undefined : body);
    return;
  }
  const { pipeline } = await import('node:stream/promises');
  await pipeline(body, response);
}
