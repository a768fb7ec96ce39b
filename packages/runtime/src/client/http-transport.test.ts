import { setMaxListeners } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

import { readAll, realClock, type TransportRequest } from '@kubewright/platform';
import { afterEach, describe, expect, it } from 'vitest';

import { hasCode } from '../errors/kubewright-error.js';
import { HttpTransport, type HttpTransportOptions } from './http-transport.js';
import type { Credentials, RestConfig } from './rest-config.js';

/** For localhost, valid until 2120; its key protects nothing. */
const CERT = `-----BEGIN CERTIFICATE-----
MIIBZzCCAQ2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABP2XdEWpuPyKQlgc
GsKRSz3fuEaEIgX0rONWhCDak3/c1VC4/DjwesKiMeAFl8I950FiBR2GfNeOQppn
U1I/frOjTjBMMBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAPBgNVHRMBAf8E
BTADAQH/MB0GA1UdDgQWBBSQ8xTeRi6KlasGk1QaOH2edbsldzAKBggqhkjOPQQD
AgNIADBFAiAV3KOd2MqKWGqhiqn3gVxIZFc3htBhQb/zqSjl4KsDQwIhAM4IWghZ
Wl8vb4cs8osiyuPOw76Gavfg7vwN5XGJUj/H
-----END CERTIFICATE-----`;
const KEY = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIPAKFBCs3Ds0Cb+wo5EXWQIzJC/PKcqdDiJD1sso/etgoAoGCCqGSM49
AwEHoUQDQgAE/Zd0Ram4/IpCWBwawpFLPd+4RoQiBfSs41aEINqTf9zVULj8OPB6
wqIx4AWXwj3nQWIFHYZ8145CmmdTUj9+sw==
-----END EC PRIVATE KEY-----`;

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const get = (path: string, more: Partial<TransportRequest> = {}): TransportRequest => ({ method: 'GET', path, headers: { accept: 'application/json' }, ...more });

async function serve(answer: http.RequestListener, options: { config?: Partial<RestConfig>; tls?: boolean; http?: HttpTransportOptions } = {}) {
  const server = options.tls ? https.createServer({ cert: CERT, key: KEY }, answer) : http.createServer(answer);
  let connections = 0;
  server.on(options.tls ? 'secureConnection' : 'connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const transport = new HttpTransport({ server: `http${options.tls ? 's' : ''}://127.0.0.1:${port}/base/`, ...options.config }, realClock, options.http);
  cleanups.push(async () => {
    await transport.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const text = async (request: TransportRequest, signal?: AbortSignal) => {
    const response = await transport.dispatch(request, signal);
    return `${response.status} ${Buffer.from(await readAll(response.body)).toString()}`;
  };
  return { transport, text, port, connections: () => connections };
}

const echo: http.RequestListener = (request, response) => void response.end(`${request.method} ${request.url}`);

describe('HttpTransport', () => {
  it('sends below the path of the server, over one kept connection', async () => {
    const test = await serve(echo, { tls: true, config: { tls: { ca: CERT } } });
    for (let call = 0; call < 5; call++) expect(await test.text(get('/api/v1/pods?limit=1'))).toBe('200 GET /base/api/v1/pods?limit=1');
    expect(test.connections()).toBe(1);
  });

  it('refuses a certificate that it does not know, unless told to trust any', async () => {
    const test = await serve(echo, { tls: true });
    await expect(test.text(get('/'))).rejects.toSatisfy((error) => hasCode(error, 'KW_CONNECTION') && (error.cause as { code: string }).code.includes('SELF_SIGNED'));
    const trusting = await serve(echo, { tls: true, config: { tls: { insecureSkipVerify: true } } });
    expect(await trusting.text(get('/'))).toBe('200 GET /base/');
  });

  it('asks for lists packed and unpacks them, and never for watches', async () => {
    const test = await serve((request, response) => {
      if (!request.headers['accept-encoding']) return void response.end('plain');
      response.setHeader('content-encoding', 'gzip');
      response.end(gzipSync('x'.repeat(100_000)));
    });
    expect(await test.text(get('/'))).toBe(`200 ${'x'.repeat(100_000)}`);
    expect(await test.text(get('/', { lane: 'watch' }))).toBe('200 plain');
  });

  it('says that a packed answer broke off', async () => {
    const test = await serve((_request, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.write(gzipSync('x'.repeat(100_000)).subarray(0, 60), () => response.destroy());
    });
    await expect(test.text(get('/'))).rejects.toSatisfy((error) => hasCode(error, 'KW_CONNECTION'));
  });

  it('#59 never lets watches hold up a request', async () => {
    const test = await serve((request, response) => (request.url!.includes('watch') ? void response.write('\n') : echo(request, response)), { http: { maxConnections: 1 } });
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    const watches = await Promise.all(Array.from({ length: 50 }, () => test.transport.dispatch(get('/watch', { lane: 'watch' }), stop.signal)));
    expect(await test.text(get('/x'))).toBe('200 GET /base/x');
    const ends = watches.map(({ body }) => expect(readAll(body)).rejects.toThrow('enough'));
    stop.abort(new Error('enough'));
    await Promise.all(ends);
  });

  it('ends by the reason of the signal, before and after the head, and leaves one listener on it, however many requests there were', async () => {
    const test = await serve((request, response) => (request.url!.includes('silent') ? undefined : request.url!.includes('open') ? void response.write('x') : echo(request, response)));
    const stop = new AbortController();
    const counted = countListeners(stop.signal);
    for (let call = 0; call < 20; call++) await test.text(get('/x'), stop.signal);
    await realClock.yield();
    expect(counted()).toBe(1);
    const head = expect(test.transport.dispatch(get('/silent'), stop.signal)).rejects.toThrow('enough');
    const body = test.transport.dispatch(get('/open', { lane: 'watch' }), stop.signal).then((response) => readAll(response.body));
    const broken = expect(body).rejects.toThrow('enough');
    await test.text(get('/x'));
    stop.abort(new Error('enough'));
    await Promise.all([head, broken]);
    await expect(test.text(get('/x'), stop.signal)).rejects.toThrow('enough');
  });

  it('gives up on a head and on a body that do not come, but not on a quiet watch', async () => {
    const quiet: http.RequestListener = (request, response) => (request.url!.includes('head') ? undefined : void response.write('x'));
    const test = await serve(quiet, { http: { requestTimeout: 60 } });
    await expect(test.text(get('/head'))).rejects.toSatisfy((error) => hasCode(error, 'KW_REQUEST_TIMEOUT'));
    await expect(test.text(get('/body'))).rejects.toSatisfy((error) => hasCode(error, 'KW_REQUEST_TIMEOUT'));
    const stop = new AbortController();
    const watch = await test.transport.dispatch(get('/body', { lane: 'watch' }), stop.signal);
    const ended = expect(readAll(watch.body)).rejects.toThrow('enough');
    await realClock.sleep(150);
    stop.abort(new Error('enough'));
    await ended;
  });

  it('releases the connection of a body that is left early', async () => {
    let resolve = (): void => {};
    const closed = new Promise<void>((done) => (resolve = done));
    const test = await serve((_request, response) => {
      response.on('close', resolve);
      response.write('x');
    });
    for await (const _ of (await test.transport.dispatch(get('/', { lane: 'watch' }))).body) break;
    await closed;
  });

  it('names the target and keeps the cause when nobody listens', async () => {
    const test = await serve(echo);
    const transport = new HttpTransport({ server: 'http://127.0.0.1:1' }, realClock);
    await expect(transport.dispatch(get('/api'))).rejects.toMatchObject({ code: 'KW_CONNECTION', message: expect.stringContaining('GET http://127.0.0.1:1/api') as string, cause: { code: 'ECONNREFUSED' } });
    await test.transport.close();
    await expect(test.text(get('/'))).rejects.toSatisfy((error) => hasCode(error, 'KW_TRANSPORT_CLOSED'));
  });

  it('signs again with new credentials when the server refuses the old ones, once', async () => {
    let generation = 1;
    let known: Credentials = { headers: { authorization: 'Bearer 1' } };
    const credentials = { current: async () => known, refused: () => (known = { headers: { authorization: `Bearer ${++generation}` } }) };
    const impersonate = { user: 'joe', groups: ['a', 'b'], extra: { 'x.y/z': ['1'] } };
    const seen: http.IncomingHttpHeaders[] = [];
    const test = await serve((request, response) => {
      seen.push(request.headers);
      response.statusCode = request.headers.authorization === 'Bearer 2' ? 200 : 401;
      response.end('done');
    }, { config: { credentials, impersonate } });
    expect(await test.text(get('/', { method: 'PUT', body: Buffer.from('{}') }))).toBe('200 done');
    expect(seen.map(({ authorization }) => authorization)).toEqual(['Bearer 1', 'Bearer 2']);
    expect(seen[1]).toMatchObject({ 'impersonate-user': 'joe', 'impersonate-group': 'a, b', 'impersonate-extra-x.y%2fz': '1', 'content-length': '2' });
    generation = 5;
    known = { headers: { authorization: 'Bearer 5' } };
    expect(await test.text(get('/'))).toBe('401 done');
    expect(seen).toHaveLength(4);
  });
});

function countListeners(signal: AbortSignal): () => number {
  let count = 0;
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  signal.addEventListener = (...given: Parameters<typeof add>) => (count++, add(...given));
  signal.removeEventListener = (...given: Parameters<typeof remove>) => (count--, remove(...given));
  return () => count;
}
