/** What the rows of the network ask for and no other file is about: signals, secrets, certificates, logs. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';

import { ApiError, type KubeObject, type ResourceKind } from '@kubewright/api';
import { FakeClock, memoryLogger, readAll, realClock, ScriptedTransport, type ScriptedAnswer, type Transport } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { hasCode } from '../errors/kubewright-error.js';
import { createClient, createTransport } from './create-client.js';
import { staticToken } from './credentials.js';
import { HttpTransport } from './http-transport.js';
import { podLogs } from './pod-logs.js';
import type { RestConfig } from './rest-config.js';

const Widget: ResourceKind = { group: 'demo', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' };
const name = { namespace: 'default', name: 'a' };
const object: KubeObject = { metadata: name };
const answers = (answer: ScriptedAnswer) => new ScriptedTransport(() => answer);

/** A signal that knows how many listen to it. */
function counted(): { readonly signal: AbortSignal; readonly listeners: () => number } {
  const { signal } = new AbortController();
  let count = 0;
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  signal.addEventListener = (...given: Parameters<typeof add>) => (count++, add(...given));
  signal.removeEventListener = (...given: Parameters<typeof remove>) => (count--, remove(...given));
  return { signal, listeners: () => count };
}

describe('a signal', () => {
  const calls: [string, (client: ReturnType<typeof createClient>, signal: AbortSignal) => Promise<unknown>][] = [
    ['get', (client, signal) => client.get(Widget, name, { signal })],
    ['list', (client, signal) => client.list(Widget, { signal })],
    ['create', (client, signal) => client.create(Widget, object, { signal })],
    ['update', (client, signal) => client.update(Widget, object, { signal })],
    ['patch', (client, signal) => client.status.patch(Widget, name, { type: 'merge', body: {} }, { signal })],
    ['apply', (client, signal) => client.apply(Widget, { metadata: name }, { signal })],
    ['delete', (client, signal) => client.delete(Widget, name, { signal })],
    ['deleteAllOf', (client, signal) => client.deleteAllOf(Widget, { namespace: 'default' }, { signal })],
    ['create of a subresource', (client, signal) => client.subresource('eviction').create(Widget, name, {}, { signal })],
    ['get of a subresource', (client, signal) => client.subresource('scale').get(Widget, name, { signal })],
    ['watch', async (client, signal) => client.watch(Widget, { signal }).next()],
  ];
  it.each(calls)('#144 ends a %s that waits for its answer', async (_what, call) => {
    const stop = new AbortController();
    const silent: Transport = {
      dispatch: (_request, signal) => new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })),
      close: async () => {},
    };
    const outcome = expect(call(createClient({ transport: silent, fieldOwner: 'me' }), stop.signal)).rejects.toThrow('enough');
    await realClock.yield();
    stop.abort(new Error('enough'));
    await outcome;
  });

  it('#144 ends the wait for a retry and the wait for credentials', async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const client = createClient({ transport: answers({ status: 429, headers: { 'retry-after': '30' } }), clock, fieldOwner: 'me' });
    const retrying = expect(client.get(Widget, name, { signal: stop.signal })).rejects.toThrow('enough');
    const slow = new HttpTransport({ server: 'http://127.0.0.1:1', credentials: { current: () => new Promise(() => {}), refused() {} } }, realClock);
    const signing = expect(slow.dispatch({ method: 'GET', path: '/', headers: {} }, stop.signal)).rejects.toThrow('enough');
    await clock.advance(1);
    stop.abort(new Error('enough'));
    await Promise.all([retrying, signing]);
    expect(clock.pending).toBe(0);
  });

  it('#145 that lives long has no listeners left after a hundred thousand requests', async () => {
    const { signal, listeners } = counted();
    const clock = new FakeClock();
    const transport = createTransport({ transport: answers({ status: 200, body: '{}' }), clock });
    for (let call = 0; call < 100_000; call++) await transport.dispatch({ method: 'GET', path: '/x', headers: {} }, signal);
    const busy = createTransport({ transport: new ScriptedTransport((_request, index) => (index % 2 === 0 ? { status: 429, headers: { 'retry-after': '0' } } : { status: 200 })), clock });
    for (let call = 0; call < 100; call++) {
      const outcome = busy.dispatch({ method: 'GET', path: '/x', headers: {} }, signal);
      await clock.advance(1);
      await outcome;
    }
    expect(listeners()).toBe(0);
  });
});

describe('secrets', () => {
  it('#142 stand in no error, no log and no configuration that is printed', async () => {
    const log = memoryLogger();
    const config: RestConfig = { server: 'http://127.0.0.1:1', credentials: staticToken('top-secret') };
    const client = createClient({ config, log, fieldOwner: 'me' });
    const failures: unknown[] = [await client.get(Widget, name).catch((error: unknown) => error)];
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    failures.push(await client.get(Widget, name, { signal: stop.signal }).catch((error: unknown) => error));
    const broken = createClient({ transport: answers({ status: 401, body: '<html>' }), log, fieldOwner: 'me' });
    failures.push(await broken.get(Widget, name).catch((error: unknown) => error));
    expect(failures.every((failure) => failure instanceof Error)).toBe(true);
    expect(inspect([failures, log.lines, config], { depth: Infinity, showHidden: true })).not.toContain('top-secret');
  });
});

describe('secrets on the wire', () => {
  it('#142 stand in no error of a connection that breaks, a request that is given up, an answer that is refused or can not be read', async () => {
    const server = createServer((request, response) => {
      if (request.url!.includes('/reset')) return void request.socket.destroy();
      if (request.url!.includes('/hang')) return;
      if (request.url!.includes('/half')) {
        return void response.writeHead(200, { 'content-length': '100' }).write('{', () => request.socket.destroy());
      }
      response.writeHead(request.url!.includes('/refused') ? 401 : 200, { 'content-type': 'application/json' }).end(request.url!.includes('/refused') ? JSON.stringify(ApiError.of(401, 'Unauthorized', 'no').status) : 'no json');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const log = memoryLogger();
    const config: RestConfig = { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, credentials: staticToken('top-secret'), impersonate: { user: 'someone' } };
    const client = createClient({ config, log, fieldOwner: 'me' });
    const failures: unknown[] = [];
    for (const path of ['reset', 'half', 'refused', 'strange']) failures.push(await client.get({ ...Widget, plural: path }, name).catch((error: unknown) => error), await client.create({ ...Widget, plural: path }, object).catch((error: unknown) => error));
    const stop = new AbortController();
    const hanging = client.get({ ...Widget, plural: 'hang' }, name, { signal: stop.signal }).catch((error: unknown) => error);
    await once(server, 'request');
    stop.abort(new Error('enough'));
    failures.push(await hanging);
    expect(failures.map((failure) => failure instanceof Error)).toEqual(Array(9).fill(true));
    expect(inspect([failures, log.lines], { depth: Infinity, showHidden: true })).not.toContain('top-secret');
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('certificates', () => {
  it('#141 are either verified against an authority or not at all', () => {
    const config: RestConfig = { server: 'https://x', tls: { ca: 'CA', insecureSkipVerify: true } };
    expect(() => new HttpTransport(config, realClock)).toThrow('contradict each other');
  });
});

describe('interceptors of your own', () => {
  it('see each request once, before it is retried', async () => {
    const seen: string[] = [];
    const scripted = new ScriptedTransport((_request, index) => (index === 0 ? { status: 429, headers: { 'retry-after': '0' } } : { status: 200, body: '{"metadata":{}}' }));
    const client = createClient({
      transport: scripted,
      interceptors: [(next) => ({ ...next, dispatch: (request, signal) => (seen.push(request.path), next.dispatch({ ...request, headers: { ...request.headers, 'x-audit': 'me' } }, signal)), close: () => next.close() })],
    });
    await client.get(Widget, name);
    expect([seen.length, scripted.requests.map(({ headers }) => headers['x-audit'])]).toEqual([1, ['me', 'me']]);
  });
});

describe('podLogs', () => {
  it('gives whole lines wherever the bytes are cut, and asks for what was wanted', async () => {
    const bytes = Buffer.from('erste ü\nzweite 😀\n\nrest');
    for (const size of [1, 3, 100]) {
      const transport = new ScriptedTransport(() => ({
        status: 200,
        body: (async function* () {
          for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
        })(),
      }));
      const lines: string[] = [];
      for await (const line of podLogs(createClient({ transport }), name, { container: 'c', follow: true, tailLines: 5 })) lines.push(line);
      expect(lines).toEqual(['erste ü', 'zweite 😀', '', 'rest']);
      expect(transport.requests[0]).toMatchObject({ path: '/api/v1/namespaces/default/pods/a/log?container=c&follow=true&tailLines=5', lane: 'watch' });
    }
    const missing = podLogs(createClient({ transport: answers({ status: 404, body: 'x' }) }), name);
    await expect(missing.next()).rejects.toMatchObject({ httpStatus: 404 });
  });
});

it('a raw answer is the caller\'s to read', async () => {
  const client = createClient({ transport: answers({ status: 200, body: 'ok' }) });
  const response = await client.raw({ method: 'GET', path: '/healthz', headers: {} });
  expect(Buffer.from(await readAll(response.body)).toString()).toBe('ok');
  await expect(createClient({ transport: answers({ status: 200, body: 'x' }) }).get(Widget, name)).rejects.toSatisfy((error) => hasCode(error, 'KW_RESPONSE_DECODE'));
});
