import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Clock } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { Runnable } from './runnable.js';

/** What a route answers. */
export interface HttpAnswer {
  readonly status: number;
  /** @default text/plain */
  readonly contentType?: string;
  readonly body: string;
}

/** Answers the paths that it knows. */
export type HttpRoute = (url: URL) => Promise<HttpAnswer | undefined>;

/** How long (ms) requests under way may take when the server stops. */
const DRAIN_LIMIT = 5_000;

/** A small server for probes and scrapes: GET and HEAD, no TLS. node:http is loaded when it starts. */
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
    const { createServer } = await import('node:http');
    if (signal.aborted) return;
    const server = createServer({ maxHeaderSize: 2 ** 20, headersTimeout: 32_000, keepAliveTimeout: 90_000 }, (request, response) => {
      if (signal.aborted) response.setHeader('connection', 'close');
      if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, { status: 405, body: 'method not allowed\n' });
      void this.#answer(request.url ?? '/').then((answer) => send(response, answer, request.method === 'HEAD'));
      return undefined;
    });
    await this.#listen(server);
    this.#onReady();
    await new Promise<void>((resolve, reject) => {
      server.on('error', reject);
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await this.#close(server);
  }

  #listen(server: Server): Promise<void> {
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

  async #close(server: Server): Promise<void> {
    const timer = this.clock.timer(DRAIN_LIMIT, () => server.closeAllConnections());
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
    timer.cancel();
    this.#address = undefined;
  }

  async #answer(path: string): Promise<HttpAnswer> {
    try {
      const url = new URL(path, 'http://localhost');
      for (const route of this.routes) {
        const answer = await route(url);
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

function send(response: ServerResponse, answer: HttpAnswer, isHead = false): void {
  response.writeHead(answer.status, {
    'content-type': answer.contentType ?? 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(answer.body),
    'x-content-type-options': 'nosniff',
  });
  response.end(isHead ? undefined : answer.body);
}
