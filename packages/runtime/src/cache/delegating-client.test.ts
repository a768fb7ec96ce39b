import { isNotFound, type KubeObject, type ResourceKind } from '@kubewright/api';
import { FakeClock, memoryLogger, ScriptedTransport, SeededRandom, type ScriptedAnswer, type TransportRequest } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { DirectClient } from '../client/direct-client.js';
import { mergeFrom } from '../client/patch.js';
import { hasCode } from '../errors/kubewright-error.js';
import { Cache, type CacheOptions } from './cache.js';
import { DelegatingClient } from './delegating-client.js';

interface Widget extends KubeObject {
  spec?: { size?: number; color?: string };
}
const Widget: ResourceKind<Widget> = { group: 'demo', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' };
const collection = '/apis/demo/v1/namespaces/default/widgets';
const at = (name: string) => ({ namespace: 'default', name });

function widget(name: string, resourceVersion: string, more: Partial<Widget['metadata']> = {}, spec: Widget['spec'] = {}): Widget {
  return { apiVersion: 'demo/v1', kind: 'Widget', metadata: { namespace: 'default', name, uid: `uid-${name}`, resourceVersion, ...more }, spec };
}

/** A server that lists `items`, streams what the test sends, and answers writes with what the test says. */
async function harness(items: Widget[], options: Partial<CacheOptions> = {}) {
  const clock = new FakeClock();
  let send: (line: string) => void = () => {};
  let answer: ScriptedAnswer = { status: 500, body: '' };
  const writes: TransportRequest[] = [];
  async function* frames(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for (;;) {
      const line = await new Promise<string>((resolve, reject) => {
        send = resolve;
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
      yield Buffer.from(line);
    }
  }
  const transport = new ScriptedTransport((request, _index, signal) => {
    if (request.method !== 'GET') {
      writes.push(request);
      return answer;
    }
    if (request.lane === 'watch') return { status: 200, body: frames(signal!) };
    if (request.path.includes('resourceVersion=7')) return { status: 200, body: JSON.stringify({ ...widget('direct', '7') }) };
    return { status: 200, body: JSON.stringify({ kind: 'WidgetList', apiVersion: 'demo/v1', metadata: { resourceVersion: '10' }, items }) };
  });
  const stop = new AbortController();
  const cache = new Cache({ transport, clock, random: new SeededRandom(), log: memoryLogger(), ...options });
  cache.informerFor(Widget);
  const client = new DelegatingClient({ direct: new DirectClient(transport, { fieldOwner: 'test' }), cache, clock });
  const running = cache.start(stop.signal);
  await clock.advance(0);
  return {
    cache, client, clock, transport, writes,
    answers: (status: number, body: object) => void (answer = { status, body: JSON.stringify(body) }),
    frame: async (type: string, object: object) => {
      send(`${JSON.stringify({ type, object })}\n`);
      await clock.advance(0);
    },
    bookmark: async (resourceVersion: string) => {
      send(`${JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion } } })}\n`);
      await clock.advance(0);
    },
    names: async (list: Parameters<DelegatingClient['list']>[1] = {}) => (await client.list(Widget, list)).items.map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`).sort(),
    stop: async () => {
      stop.abort(new Error('stopped'));
      await running;
      expect(clock.pending).toBe(0);
    },
  };
}

describe('DelegatingClient reads', () => {
  it('finds objects in the cache by name, labels, namespace and indexed fields, with their type', async () => {
    const untyped = { ...widget('a', '3', { labels: { team: 'red' } }, { color: 'blue' }) } as Partial<Widget>;
    delete untyped.kind;
    delete untyped.apiVersion;
    const test = await harness([untyped as Widget, widget('b', '4', { labels: { team: 'green' } })]);
    test.cache.indexField(Widget, 'spec.color', (object) => (object.spec?.color ? [object.spec.color] : []));
    const before = test.transport.requests.length;
    expect(await test.client.get(Widget, at('a'))).toMatchObject({ apiVersion: 'demo/v1', kind: 'Widget', metadata: { name: 'a' } });
    expect(await test.names({ labels: { team: 'red' } })).toEqual(['a 3']);
    expect(await test.names({ labels: 'team notin (red)' })).toEqual(['b 4']);
    expect(await test.names({ fields: { 'spec.color': 'blue' }, namespace: 'default' })).toEqual(['a 3']);
    expect(await test.names({ fields: { 'metadata.name': 'b' } })).toEqual(['b 4']);
    expect(await test.names({ namespace: 'other' })).toEqual([]);
    expect((await test.client.list(Widget, { limit: 1 })).metadata.continue).toBe('continue-not-supported');
    expect(test.transport.requests.length).toBe(before);
    await test.stop();
  });

  it('#54 fails as the server would where there is nothing, and says what a cache can not do', async () => {
    const test = await harness([], { namespaces: ['default'] });
    await expect(test.client.get(Widget, at('x'))).rejects.toSatisfy(isNotFound);
    await expect(test.client.get(Widget, at('x'))).rejects.toThrow('widgets.demo "x" not found');
    await expect(test.client.list(Widget, { fields: { 'spec.size': '1' } })).rejects.toSatisfy((error) => hasCode(error, 'KW_INDEX_MISSING'));
    await expect(test.client.list(Widget, { continue: 'x' })).rejects.toSatisfy((error) => hasCode(error, 'KW_CONTINUE_NOT_SUPPORTED'));
    await expect(test.client.list(Widget, { namespace: 'other' })).rejects.toSatisfy((error) => hasCode(error, 'KW_NAMESPACE_NOT_CACHED'));
    expect(await test.client.get(Widget, at('direct'), { resourceVersion: '7' })).toMatchObject({ metadata: { name: 'direct' } });
    await test.stop();
  });

  it('#55 refuses to read before the cache runs, and gives up on a kind that never fills', async () => {
    const clock = new FakeClock();
    const transport = new ScriptedTransport(() => ({ status: 404, body: '' }));
    const cache = new Cache({ transport, clock, random: new SeededRandom() });
    const client = new DelegatingClient({ direct: new DirectClient(transport), cache, clock });
    await expect(client.list(Widget)).rejects.toSatisfy((error) => hasCode(error, 'KW_CACHE_NOT_STARTED'));
    const stop = new AbortController();
    const running = cache.start(stop.signal);
    const reading = client.list(Widget).catch((error: unknown) => error);
    await clock.advance(120_000);
    expect(await reading).toSatisfy((error) => hasCode(error, 'KW_CACHE_SYNC_TIMEOUT') && isNotFound(error.cause));
    stop.abort();
    await running;
  });
});

describe('DelegatingClient reads what it wrote', () => {
  it('shows a created object at once, and the cache as soon as that has caught up', async () => {
    const test = await harness([]);
    test.answers(201, widget('a', '11'));
    await test.client.create(Widget, { metadata: at('a') });
    expect(await test.names()).toEqual(['a 11']);
    expect(await test.client.get(Widget, at('a'))).toMatchObject({ metadata: { resourceVersion: '11' } });
    await test.frame('ADDED', widget('a', '11'));
    await test.frame('MODIFIED', widget('a', '12'));
    expect(await test.names()).toEqual(['a 12']);
    await test.stop();
  });

  it('prefers the newer of its write and the cache, whatever the length of the numbers', async () => {
    const test = await harness([widget('a', '9')]);
    test.answers(200, widget('a', '100', {}, { size: 2 }));
    await test.client.patch(Widget, at('a'), mergeFrom(widget('a', '9'), widget('a', '9', {}, { size: 2 })));
    await test.frame('MODIFIED', widget('a', '99', {}, { size: 1 }));
    expect(await test.names()).toEqual(['a 100']);
    await test.frame('MODIFIED', widget('a', '101'));
    expect(await test.names()).toEqual(['a 101']);
    await test.stop();
  });

  it('#67 forgets an object that somebody else deleted in the meantime, by a bookmark alone', async () => {
    const test = await harness([]);
    test.answers(201, widget('a', '11'));
    await test.client.create(Widget, { metadata: at('a') });
    await test.bookmark('10');
    expect(await test.names()).toEqual(['a 11']);
    await test.bookmark('15');
    expect(await test.names()).toEqual([]);
    await test.stop();
  });

  it('hides what it deleted, though the cache still has it, and shows a successor', async () => {
    const test = await harness([widget('a', '9'), widget('b', '8')]);
    test.answers(200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' });
    await test.client.delete(Widget, at('a'));
    expect(await test.names()).toEqual(['b 8']);
    await expect(test.client.get(Widget, at('a'))).rejects.toSatisfy(isNotFound);
    await test.bookmark('12');
    expect(await test.names()).toEqual(['b 8']);
    await test.frame('DELETED', widget('a', '13'));
    await test.frame('ADDED', widget('a', '14', { uid: 'successor' }));
    expect(await test.names()).toEqual(['a 14', 'b 8']);
    await test.stop();
  });

  it('hides what it created and deleted before the cache ever saw it', async () => {
    const test = await harness([]);
    test.answers(201, widget('a', '11'));
    await test.client.create(Widget, { metadata: at('a') });
    test.answers(200, { kind: 'Status', metadata: {}, status: 'Success', details: { uid: 'uid-a' } });
    await test.client.delete(Widget, at('a'));
    expect(await test.names()).toEqual([]);
    await test.frame('ADDED', widget('a', '11'));
    expect(await test.names()).toEqual([]);
    await test.frame('DELETED', widget('a', '12'));
    await test.frame('ADDED', widget('a', '13', { uid: 'successor' }));
    expect(await test.names()).toEqual(['a 13']);
    await test.stop();
  });

  it('shows an object that a finalizer keeps as being deleted', async () => {
    const test = await harness([widget('a', '9')]);
    test.answers(200, widget('a', '11', { deletionTimestamp: '2026-01-01T00:00:00Z' }));
    await test.client.delete(Widget, at('a'));
    expect(await test.client.get(Widget, at('a'))).toMatchObject({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } });
    await test.stop();
  });

  it('#64 never waits for an object that the selection of the cache hides', async () => {
    const test = await harness([widget('a', '9', { labels: { shown: 'yes' } })], { kinds: [{ kind: Widget, labels: { shown: 'yes' } }] });
    test.answers(201, widget('b', '11'));
    await test.client.create(Widget, { metadata: at('b') });
    expect(await test.names()).toEqual(['a 9']);
    await expect(test.client.get(Widget, at('b'))).rejects.toSatisfy(isNotFound);
    test.answers(200, widget('a', '12'));
    await test.client.update(Widget, { metadata: { ...at('a') } });
    expect(await test.names()).toEqual([]);
    await test.stop();
  });

  it('#65 remembers nothing of dry runs, of other kinds, and of versions that can not be compared', async () => {
    const test = await harness([widget('a', '9')]);
    test.answers(200, { kind: 'Status', metadata: {}, status: 'Success' });
    await test.client.delete(Widget, at('a'), { dryRun: true });
    test.answers(201, { ...widget('b', ''), metadata: at('b') });
    await test.client.create(Widget, { metadata: at('b') }, { dryRun: true });
    test.answers(201, widget('c', '11'));
    await test.client.create(Widget, { metadata: at('c') }, { dryRun: true });
    test.answers(200, widget('a', '12', { labels: { tried: 'only' } }));
    await test.client.patch(Widget, at('a'), { type: 'merge', body: {} }, { dryRun: true });
    await test.client.update(Widget, { metadata: at('a') }, { dryRun: true });
    await test.client.status.patch(Widget, at('a'), { type: 'merge', body: {} }, { dryRun: true });
    await test.client.apply(Widget, { metadata: at('a') }, { dryRun: true });
    test.answers(200, { ...widget('a', '50'), kind: 'Scale' });
    await test.client.subresource('scale').update(Widget, { metadata: at('a') });
    test.answers(200, widget('a', 'abc'));
    await test.client.update(Widget, { metadata: at('a') });
    expect(await test.names()).toEqual(['a 9']);
    await test.stop();
  });

  it('lets go of a write after five minutes, should the versions of the server have begun anew', async () => {
    const test = await harness([]);
    test.answers(201, widget('a', '5000'));
    await test.client.create(Widget, { metadata: at('a') });
    await test.clock.advance(200_000);
    expect(await test.names()).toEqual(['a 5000']);
    await test.clock.advance(100_000);
    expect(await test.names()).toEqual([]);
    await test.stop();
  });

  it('selects written objects as it does cached ones', async () => {
    const test = await harness([widget('a', '9', { labels: { team: 'red' } }, { color: 'blue' })]);
    test.cache.indexField(Widget, 'spec.color', (object) => (object.spec?.color ? [object.spec.color] : []));
    test.answers(200, widget('a', '11', { labels: { team: 'green' } }, { color: 'red' }));
    await test.client.update(Widget, { metadata: at('a') });
    expect(await test.names({ labels: { team: 'red' } })).toEqual([]);
    expect(await test.names({ labels: { team: 'green' } })).toEqual(['a 11']);
    expect(await test.names({ fields: { 'spec.color': 'blue' } })).toEqual([]);
    expect(await test.names({ fields: { 'spec.color': 'red' } })).toEqual(['a 11']);
    expect(await test.names({ namespace: 'other' })).toEqual([]);
    await test.stop();
  });

  it('#107 sends no update and no patch that changes nothing', async () => {
    const test = await harness([widget('a', '9', { managedFields: [{ manager: 'x' }] }, { size: 1 })]);
    const object = structuredClone(await test.client.get(Widget, at('a'))) as Widget;
    await test.client.update(Widget, object);
    await test.client.status.patch(Widget, at('a'), mergeFrom(object, structuredClone(object)));
    expect(test.writes).toEqual([]);
    test.answers(200, widget('a', '11', {}, { size: 2 }));
    object.spec = { size: 2 };
    await test.client.update(Widget, object);
    expect(test.writes.map(({ method, path }) => `${method} ${path}`)).toEqual([`PUT ${collection}/a?fieldManager=test`]);
    await test.stop();
  });
});
