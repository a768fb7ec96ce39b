import http from 'node:http';
import https from 'node:https';
import { pipeline } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { createGunzip } from 'node:zlib';

import type { Clock, Transport, TransportRequest, TransportResponse } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import { publish } from '../tracing/stops.js';
import { IdleTimer } from './idle-timer.js';
import { onAbort } from './on-abort.js';
import { orAborted } from './or-aborted.js';
import { ProxyAgent } from './proxy-agent.js';
import { chunksOf } from './stream-chunks.js';
import { impersonationHeaders, type Credentials, type RestConfig, type TlsOptions } from './rest-config.js';

/** How an {@link HttpTransport} uses its connections. */
export interface HttpTransportOptions {
  /** Milliseconds to wait for the head of an answer and for each next piece of its body; the server itself gives up after 60 s. The body of a watch may be silent for ever. @default 65_000 */
  readonly requestTimeout?: number;
  /** Ordinary requests at a time; more wait for a free connection. Watches are not counted. @default 64 */
  readonly maxConnections?: number;
}

type Lane = NonNullable<TransportRequest['lane']>;
interface Pool {
  readonly credentials: Credentials;
  readonly agents: Readonly<Record<Lane, http.Agent>>;
}

/** Shorter than the 90 s after which a kube-apiserver closes an idle connection: a request never meets a closing one. */
const IDLE_CONNECTION_MS = 30_000;

/**
 * HTTP/1.1 over kept-alive sockets, TLS or plain, with a pool for each lane, so that no burst of requests holds up a watch or a lease.
 * It signs requests with the configuration's credentials, and once more with new ones when the server refuses them (401).
 */
export class HttpTransport implements Transport {
  readonly #base: URL;
  readonly #headers: Readonly<Record<string, string | readonly string[]>>;
  readonly #authority: { readonly hostname: string; readonly port: string };
  /** The path that all others begin with. */
  readonly #root: string;
  #pool: Pool | undefined;
  #closed = false;

  constructor(private readonly config: RestConfig, private readonly clock: Clock, private readonly options: HttpTransportOptions = {}) {
    this.#base = new URL(config.server);
    this.#authority = { hostname: this.#base.hostname.replace(/^\[|\]$/g, ''), port: this.#base.port };
    this.#root = this.#base.pathname.replace(/\/$/, '');
    if (config.tls?.ca && config.tls.insecureSkipVerify) {
      throw new KubewrightError('KW_INVALID_OPTIONS', `${config.server}: an authority (ca) and insecureSkipVerify contradict each other`, { hint: 'Leave out one of the two.' });
    }
    this.#headers = impersonationHeaders(config.impersonate);
  }

  async dispatch(request: TransportRequest, signal?: AbortSignal): Promise<TransportResponse> {
    const first = await this.#signed(request, signal);
    if (first.response.status !== 401 || !this.config.credentials) return first.response;
    this.config.credentials.refused(first.credentials);
    const renewed = await orAborted(this.config.credentials.current().catch(() => first.credentials), signal);
    if (renewed === first.credentials) return first.response;
    for await (const _ of first.response.body);
    return (await this.#signed(request, signal)).response;
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#pool) retire(this.#pool);
  }

  async #signed(request: TransportRequest, signal?: AbortSignal): Promise<{ response: TransportResponse; credentials: Credentials }> {
    signal?.throwIfAborted();
    const known = this.config.credentials?.known?.();
    const credentials = known ?? (this.config.credentials ? await orAborted(this.config.credentials.current(), signal) : NO_CREDENTIALS);
    if (this.#closed) throw new KubewrightError('KW_TRANSPORT_CLOSED', `${request.method} ${request.path}: the transport is closed`);
    return { response: await this.#send(request, credentials, signal), credentials };
  }

  #send(request: TransportRequest, credentials: Credentials, signal?: AbortSignal): Promise<TransportResponse> {
    const lane = request.lane ?? 'request';
    const path = `${this.#root}${request.path}`;
    // Lists shrink tenfold; a frame of a watch would wait in the server's compressor.
    const encoding = request.method === 'GET' && lane !== 'watch' ? { 'accept-encoding': 'gzip' } : {};
    const length = request.body ? { 'content-length': String(request.body.byteLength) } : {};
    const headers = { ...encoding, ...this.#headers, ...request.headers, ...length, ...credentials.headers } as http.OutgoingHttpHeaders;
    const agent = this.#poolFor(credentials).agents[lane];

    return new Promise((resolve, reject) => {
      const outgoing = (this.#base.protocol === 'http:' ? http : https).request({ ...this.#authority, path, method: request.method, headers, agent });
      let incoming: http.IncomingMessage | undefined;
      const endAbort = signal && onAbort(signal, () => void (incoming ?? outgoing).destroy(asError(signal.reason)));
      const timer = this.#idleTimer(request, (error) => outgoing.destroy(error));
      // The agent does it for sockets that it takes back, which it never does with those of watches.
      if (lane === 'watch') outgoing.on('socket', (socket) => socket.setKeepAlive(true, IDLE_CONNECTION_MS));
      outgoing.on('response', (message) => {
        timer.cancel();
        incoming = message;
        resolve({ status: message.statusCode ?? 0, headers: message.headers, body: this.#read(message, request, signal) });
      });
      outgoing.on('error', (error) => reject(signal?.aborted ? (signal.reason as Error) : unreachable(request, `${this.#base.origin}${path}`, error)));
      outgoing.on('close', () => {
        timer.cancel();
        endAbort?.();
      });
      outgoing.end(request.body);
    });
  }

  /** Ending the iteration early destroys the message and with it the connection. */
  #read(message: http.IncomingMessage, request: TransportRequest, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    // pipeline hands a broken connection on to the reader of the unpacked stream.
    const body = message.headers['content-encoding'] === 'gzip' ? pipeline(message, createGunzip(), () => {}) : message;
    const { method, path } = request;
    let idle: IdleTimer | undefined;
    // A stream that is paused waits for its reader, not for the server.
    const expectMore = (): IdleTimer => this.#idleTimer(request, (error) => (body.isPaused() ? (idle = expectMore()) : message.destroy(error)));
    return chunksOf(
      body,
      {
        onChunk: (chunk) => {
          idle?.touch();
          publish('transport', { method, path, bytes: chunk.byteLength }); // stop 1
        },
        onEnd: () => idle?.cancel(),
        toError: (error) => (signal?.aborted ? asError(signal.reason) : unreachable(request, path, error)),
      },
      () => (idle = request.lane === 'watch' ? undefined : expectMore()),
    );
  }

  #idleTimer(request: TransportRequest, fail: (error: Error) => void): IdleTimer {
    const limit = this.options.requestTimeout ?? 65_000;
    return new IdleTimer(this.clock, limit, () => fail(new KubewrightError('KW_REQUEST_TIMEOUT', `${request.method} ${request.path}: nothing came within ${limit} ms`)));
  }

  /** Connections are only as good as the certificates they were opened with: new ones get new connections. */
  #poolFor(credentials: Credentials): Pool {
    const old = this.#pool;
    if (old && (old.credentials === credentials || (old.credentials.agent === credentials.agent && sameTls(old.credentials.tls, credentials.tls)))) return old;
    if (old) retire(old);
    const maxSockets = this.options.maxConnections ?? 64;
    const agent = (size: number): http.Agent => credentials.agent ?? newAgent(this.#base, { ...this.config.tls, ...credentials.tls }, size, this.config.proxy);
    return (this.#pool = { credentials, agents: { request: agent(maxSockets), watch: agent(Number.POSITIVE_INFINITY), lease: agent(2) } });
  }
}

const NO_CREDENTIALS: Credentials = { headers: {} };

function newAgent(base: URL, tls: TlsOptions, maxSockets: number, proxy: string | undefined): http.Agent {
  const common = { keepAlive: true, maxSockets, timeout: IDLE_CONNECTION_MS, scheduling: 'lifo' as const };
  const options = { ...common, ...connectionOptions(tls) };
  if (proxy) return new ProxyAgent(new URL(proxy), base.protocol === 'https:', options);
  const agent = base.protocol === 'http:' ? new http.Agent(common) : new https.Agent(options);
  // All its requests go to one place by one set of certificates: nothing to tell apart by a name made of all of them, anew for each request.
  agent.getName = () => base.host;
  return agent;
}

function connectionOptions({ insecureSkipVerify, ...rest }: TlsOptions): ConnectionOptions {
  return { ...rest, ...(insecureSkipVerify && { rejectUnauthorized: false }) };
}

/** Closes what idles and lets what is under way end; its connections are not kept afterwards. */
function retire(pool: Pool): void {
  for (const agent of Object.values(pool.agents)) {
    agent.maxFreeSockets = 0;
    for (const sockets of Object.values(agent.freeSockets)) sockets?.forEach((socket) => socket.destroy());
  }
}

function sameTls(a: TlsOptions = {}, b: TlsOptions = {}): boolean {
  return (['ca', 'cert', 'key', 'servername', 'insecureSkipVerify'] as const).every((field) => String(a[field] ?? '') === String(b[field] ?? ''));
}

function unreachable(request: TransportRequest, target: string, cause: Error): Error {
  return cause instanceof KubewrightError ? cause : new KubewrightError('KW_CONNECTION', `${request.method} ${target}: ${cause.message}`, { cause });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
