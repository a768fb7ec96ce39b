import type { ResourceKind } from '@kubewright/api';
import { FakeClock, memoryLogger, ScriptedTransport, SeededRandom } from '@kubewright/platform';
import { expect, describe, it } from 'vitest';

import type { Interceptor } from '../client/interceptors/interceptor.js';
import { createManager } from './create-manager.js';

const Widget: ResourceKind = { group: 'demo', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' };
const widget = { apiVersion: 'demo/v1', kind: 'Widget', metadata: { namespace: 'shop', name: 'a', uid: 'u', resourceVersion: '5' } };
const json = (body: object, status = 200) => ({ status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

async function* silence(signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
  throw signal!.reason;
}

function answer(path: string, discovery: () => object | undefined, signal: AbortSignal | undefined) {
  if (path === '/api') return json({ kind: 'APIVersions', versions: [] });
  if (path === '/apis') return json({ kind: 'APIGroupList', groups: [{ name: 'demo', versions: [{ version: 'v1' }] }] });
  if (path === '/apis/demo') return json({ kind: 'APIGroup', name: 'demo', versions: [{ version: 'v1' }] });
  if (path === '/apis/demo/v1') return discovery() ? json(discovery()!) : json({ kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404 }, 404);
  if (path.includes('watch=') && !path.includes('/namespaces/')) return { status: 200, body: silence(signal) };
  if (path.includes('watch=')) return { status: 200, body: `${JSON.stringify({ type: 'ADDED', object: widget })}\n` };
  if (path.includes('/leases')) return json({ kind: 'Lease', metadata: { name: 'lock', resourceVersion: '1' } }, 201);
  return json({ kind: 'List', metadata: { resourceVersion: '5' }, items: [widget] });
}

async function setUp(discovery: () => object | undefined = () => undefined, more: object = {}) {
  const transport = new ScriptedTransport((request, _index, signal) => answer(request.path, discovery, signal));
  const clock = new FakeClock();
  const manager = await createManager({ name: 'test', transport, clock, random: new SeededRandom(), log: memoryLogger(), ...more });
  return { manager, transport, clock };
}

describe('the client of a manager', () => {
  it('passes every request of clients and caches through the interceptors that it was given, in their order, and no Lease', async () => {
    const seen: string[] = [];
    const ring = (name: string): Interceptor => (next) => ({
      dispatch(request, signal) {
        seen.push(`${name} ${request.method} ${request.path.split('?')[0]}`);
        return next.dispatch({ ...request, headers: { ...request.headers, [`x-${name}`]: 'yes' } }, signal);
      },
      close: () => next.close(),
    });
    const { manager, transport, clock } = await setUp(undefined, { interceptors: [ring('outer'), ring('inner')], leaderElection: { name: 'lock', namespace: 'ops' } });
    const stop = new AbortController();
    const running = manager.start(stop.signal);
    await clock.advance(100);
    const reading = manager.client.list(Widget);
    await clock.advance(100);
    expect((await reading).items).toHaveLength(1);
    await manager.apiReader.get(Widget, { namespace: 'shop', name: 'a' });
    expect(seen.slice(0, 2)).toEqual(['outer GET /apis/demo/v1/widgets', 'inner GET /apis/demo/v1/widgets']);
    expect(seen).toContain('inner GET /apis/demo/v1/namespaces/shop/widgets/a');
    expect(seen.filter((each) => each.includes('leases'))).toEqual([]);
    const [lease, others] = [transport.requests.filter(({ path }) => path.includes('leases')), transport.requests.filter(({ path }) => !path.includes('leases'))];
    expect(lease.length).toBeGreaterThan(0);
    expect(lease.every(({ headers }) => headers['x-inner'] === undefined)).toBe(true);
    expect(others.every(({ headers }) => headers['x-outer'] === 'yes' && headers['x-inner'] === 'yes')).toBe(true);
    stop.abort();
    await clock.advance(1_000);
    await running;
  });

  it('watches past the cache', async () => {
    const { manager } = await setUp();
    const frames = [];
    for await (const frame of manager.client.watch(Widget, { namespace: 'shop' })) frames.push(frame);
    expect(frames).toEqual([{ type: 'ADDED', object: widget }]);
  });

  it('finds kinds by group and name, one that is installed later too, and asks no more than every ten seconds', async () => {
    let isServed = false;
    const { manager, transport, clock } = await setUp(() => (isServed ? { resources: [{ name: 'widgets', kind: 'Widget', namespaced: true }] } : undefined));
    const ask = () => manager.restMapper.kindFor({ group: 'demo', kind: 'Widget' });
    await expect(ask()).rejects.toMatchObject({ code: 'KW_KIND_UNKNOWN' });
    isServed = true;
    const asked = transport.requests.length;
    await expect(ask()).rejects.toMatchObject({ code: 'KW_KIND_UNKNOWN' });
    expect(transport.requests).toHaveLength(asked);
    await clock.advance(10_001);
    const kind = await ask();
    expect(kind).toEqual(Widget);
    expect((await manager.apiReader.list(kind)).items).toHaveLength(1);
  });
});
