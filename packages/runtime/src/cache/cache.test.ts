import { ApiError, isNotFound, type KubeObject, type ResourceKind } from '@kubewright/api';
import { FakeClock, memoryLogger, ScriptedTransport, SeededRandom, type ScriptedAnswer, type TransportRequest } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { DirectClient } from '../client/direct-client.js';
import { metadataOnly } from '../client/metadata-only.js';
import { hasCode } from '../errors/kubewright-error.js';
import { Cache, type CacheOptions } from './cache.js';
import { DelegatingClient } from './delegating-client.js';
import { dropFields, dropLastApplied, keepFields } from './transforms.js';

interface Widget extends KubeObject {
  spec?: { size?: number | bigint; color?: string };
  status?: { phase?: string };
}
const Widget: ResourceKind<Widget> = { group: 'demo', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' };
/** The same kind as somebody would write it who has no type for it. */
const Untyped: ResourceKind = { ...Widget } as ResourceKind;
const at = (name: string) => ({ namespace: 'default', name });
const widget = (name: string, resourceVersion: string, more: Partial<Widget> = {}): Widget => ({
  apiVersion: 'demo/v1', kind: 'Widget', ...more, metadata: { namespace: 'default', name, uid: `uid-${name}`, resourceVersion, ...more.metadata },
});
const list = (version: string, ...items: object[]): ScriptedAnswer => ({ status: 200, body: JSON.stringify({ metadata: { resourceVersion: version }, items }) });
const status = (error: ApiError): ScriptedAnswer => ({ status: error.httpStatus, body: JSON.stringify(error.status) });

/** Lists are answered by `lists`; watches give what `send` is told; everything else is `answer`. */
async function harness(lists: (request: TransportRequest, index: number) => ScriptedAnswer, options: Partial<CacheOptions> = {}) {
  const clock = new FakeClock();
  const senders: ((line: string | Error) => void)[] = [];
  let answer: (request: TransportRequest) => ScriptedAnswer | Promise<ScriptedAnswer> = () => ({ status: 500 });
  let listed = 0;
  async function* body(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for (;;) {
      const line = await new Promise<string | Error>((resolve) => {
        senders.push(resolve);
        signal.addEventListener('abort', () => resolve(signal.reason as Error), { once: true });
      });
      if (line instanceof Error) throw line;
      yield Buffer.from(`${line}\n`);
    }
  }
  const transport = new ScriptedTransport((request, _index, signal) => {
    if (request.method !== 'GET') return answer(request);
    if (request.lane === 'watch') return { status: 200, body: body(signal!) };
    return /widgets(\?|$)/.test(request.path) ? lists(request, listed++) : answer(request);
  });
  const stop = new AbortController();
  const cache = new Cache({ transport, clock, random: new SeededRandom(), log: memoryLogger(), ...options });
  const client = new DelegatingClient({ direct: new DirectClient(transport, { fieldOwner: 'test' }), cache, clock });
  const running = cache.start(stop.signal);
  return {
    cache, client, clock, transport, listed: () => listed,
    answers: (next: typeof answer) => void (answer = next),
    async send(type: string, object: object) {
      for (const send of senders.splice(0)) send(JSON.stringify({ type, object }));
      await clock.advance(0);
    },
    async cut() {
      for (const send of senders.splice(0)) send(JSON.stringify({ type: 'ERROR', object: ApiError.of(410, 'Expired', 'old').status }));
      await clock.advance(5_000);
    },
    async stop() {
      stop.abort(new Error('stopped'));
      await running;
      expect(clock.pending).toBe(0);
    },
  };
}
const json = (body: object, code = 200): ScriptedAnswer => ({ status: code, body: JSON.stringify(body) });

describe('Cache', () => {
  it('#49 transforms what is listed, watched and written, each object once, and holds nothing of a kind whose transform fails', async () => {
    const transform = (object: KubeObject): KubeObject => {
      const { spec } = object as Widget;
      if (spec?.color?.endsWith('!')) throw new Error('twice');
      return { ...object, spec: { ...spec, color: `${spec?.color}!` } } as KubeObject;
    };
    const test = await harness((_request, index) => list(String(5 + index * 5), widget('a', '3', { spec: { color: 'red' } })), { kinds: [{ kind: Widget, transform }] });
    expect((await test.client.get(Widget, at('a'))).spec).toEqual({ color: 'red!' });
    await test.send('MODIFIED', widget('a', '6', { spec: { color: 'blue' } }));
    expect((await test.client.get(Widget, at('a'))).spec).toEqual({ color: 'blue!' });
    await test.cut();
    await test.send('DELETED', widget('a', '12', { spec: { color: 'red' } }));
    await expect(test.client.get(Widget, at('a'))).rejects.toSatisfy(isNotFound);
    test.answers(() => json(widget('b', '13', { spec: { color: 'green' } }), 201));
    await test.client.create(Widget, { metadata: at('b') });
    expect((await test.client.get(Widget, at('b'))).spec).toEqual({ color: 'green!' });
    await test.stop();

    const failing = await harness(() => list('5', widget('a', '3', { spec: { color: 'red!' } })), { transform, syncTimeout: 1_000 });
    const reading = failing.client.get(Widget, at('a')).catch((error: unknown) => error);
    await failing.clock.advance(1_000);
    expect(await reading).toSatisfy((error) => hasCode(error, 'KW_CACHE_SYNC_TIMEOUT') && hasCode(error.cause, 'KW_TRANSFORM'));
    await failing.stop();
  });

  it('#61 keeps integers that a double can not hold, from the list through the cache to an update', async () => {
    for (const store of ['objects', 'bytes'] as const) {
      const body = '{"metadata":{"resourceVersion":"5"},"items":[{"metadata":{"namespace":"default","name":"a","uid":"u","resourceVersion":"3"},"spec":{"size":9007199254740993}}]}';
      const test = await harness(() => ({ status: 200, body }), { store });
      const object = structuredClone(await test.client.get(Widget, at('a'))) as Widget;
      expect(object.spec?.size).toBe(9007199254740993n);
      object.spec!.color = 'red';
      let sent = '';
      test.answers((request) => ((sent = Buffer.from(request.body!).toString()), json(widget('a', '6'))));
      await test.client.update(Widget, object);
      expect(sent).toContain('"size":9007199254740993');
      await test.stop();
    }
  });

  it('#66 shows what was written typed to untyped reads and to reads of the metadata, and the other way round', async () => {
    const test = await harness(() => list('5', widget('a', '3')));
    await Promise.all([test.client.list(Widget), test.client.list(metadataOnly(Widget))]);
    test.answers(() => json(widget('b', '9', { metadata: { labels: { x: 'y' } }, spec: { size: 1 } }), 201));
    await test.client.create(Untyped, { metadata: at('b') });
    expect((await test.client.get(Widget, at('b'))).metadata.resourceVersion).toBe('9');
    expect(await test.client.get(metadataOnly(Widget), at('b'))).toEqual({ apiVersion: 'demo/v1', kind: 'Widget', metadata: { ...at('b'), uid: 'uid-b', resourceVersion: '9', labels: { x: 'y' } } });
    test.answers(() => json(widget('b', '11', { spec: { size: 2 } })));
    await test.client.patch(metadataOnly(Widget), at('b'), { type: 'merge', body: { metadata: { labels: null } } });
    expect((await test.client.get(Untyped, at('b'))) as Widget).toMatchObject({ metadata: { resourceVersion: '11' }, spec: { size: 2 } });
    await test.stop();
  });

  it('holds metadata alone where that is asked for, in a watch of its own, and refuses to write a part', async () => {
    const partial = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: widget('a', '3').metadata };
    const test = await harness((request) => list('5', String(request.headers['accept']).includes('PartialObjectMetadataList') ? partial : widget('a', '3', { spec: { size: 1 } })));
    expect(await test.client.get(metadataOnly(Widget), at('a'))).toEqual({ apiVersion: 'demo/v1', kind: 'Widget', metadata: partial.metadata });
    expect((await test.client.get(Widget, at('a'))).spec).toEqual({ size: 1 });
    expect(test.transport.requests.filter(({ lane }) => lane === 'watch').map(({ headers }) => headers['accept'])).toEqual([
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json', 'application/json',
    ]);
    await expect(test.client.create(metadataOnly(Widget), { metadata: at('c') })).rejects.toSatisfy((error) => hasCode(error, 'KW_INVALID_ARGUMENT'));
    await test.stop();
  });

  it('holds a projection, and drops what nobody wants', async () => {
    const full = widget('a', '3', { metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', b: 'c' } }, spec: { size: 1, color: 'red' }, status: { phase: 'Ready' } });
    for (const store of ['objects', 'bytes'] as const) {
      const test = await harness(() => list('5', full), { kinds: [{ kind: Widget, store, transform: keepFields('spec.size', 'status.phase', 'spec.none') }] });
      expect(await test.client.get(Widget, at('a'))).toEqual({ ...full, spec: { size: 1 } });
      await test.stop();
    }
    expect(dropLastApplied(structuredClone(full)).metadata.annotations).toEqual({ b: 'c' });
    expect(dropFields('spec.color', 'spec.x.y', 'status')(structuredClone(full))).toEqual({ ...full, spec: { size: 1 }, status: undefined });
  });

  it('stops the watch of a kind, tells its listeners no more, and begins anew when it is asked for again', async () => {
    const test = await harness((_request, index) => list(String(5 + index), widget('a', '3')));
    const seen: string[] = [];
    test.cache.informerFor(Widget).addHandler(({ type }) => seen.push(type));
    await test.clock.advance(0);
    await test.cache.removeInformer(Widget);
    expect(test.cache.existingInformer(Widget)).toBeUndefined();
    await test.cache.removeInformer(Widget);
    await test.send('MODIFIED', widget('a', '6'));
    expect((await test.client.list(Widget)).items).toHaveLength(1);
    expect([seen, test.listed()]).toEqual([['create'], 2]);
    await test.stop();
  });

  it('finds a kind whose definition comes later, within ten seconds, however long it was away', async () => {
    let installed = false;
    const missing = status(ApiError.of(404, 'NotFound', 'the server could not find the requested resource'));
    const test = await harness(() => (installed ? list('5', widget('a', '3')) : missing));
    const created: number[] = [];
    test.cache.informerFor(Widget).addHandler(() => void created.push(test.clock.monotonic()));
    await test.clock.advance(3_600_000);
    expect(created).toEqual([]);
    installed = true;
    await test.clock.advance(10_000);
    expect(created).toHaveLength(1);
    await test.stop();
  });

  it('answers for the namespaces that may be listed at once, and says at once of the others that they may not', async () => {
    const test = await harness((request) => (request.path.includes('/secret/') ? status(ApiError.of(403, 'Forbidden', 'not you')) : list('5', widget('a', '3'))), { namespaces: ['default', 'secret'] });
    const [open, closed, all] = await Promise.allSettled([test.client.list(Widget, { namespace: 'default' }), test.client.list(Widget, { namespace: 'secret' }), test.client.list(Widget)]);
    expect(open).toMatchObject({ status: 'fulfilled', value: { items: [{ metadata: { name: 'a' } }] } });
    expect(closed).toMatchObject({ status: 'rejected', reason: { httpStatus: 403 } });
    expect(all).toMatchObject({ status: 'fulfilled' });
    await test.stop();
  });

  it('ends a read that waits for its cache when its signal aborts', async () => {
    const test = await harness(() => status(ApiError.of(500, 'InternalError', 'oops')));
    const patience = new AbortController();
    const reading = expect(test.client.list(Widget, { signal: patience.signal })).rejects.toThrow('enough');
    await test.clock.advance(10);
    patience.abort(new Error('enough'));
    await reading;
    await test.stop();
  });
});

describe('reads after writes', () => {
  it('#68 hides a deletion of which the watch told before its answer came, and never its successor', async () => {
    const test = await harness(() => list('5', widget('a', '3')));
    await test.client.list(Widget);
    test.answers(async () => {
      await test.send('DELETED', widget('a', '8'));
      await test.send('ADDED', widget('a', '9', { metadata: { uid: 'successor' } }));
      return json({ kind: 'Status', metadata: {}, status: 'Success' });
    });
    await test.client.delete(Widget, at('a'));
    expect((await test.client.get(Widget, at('a'))).metadata.uid).toBe('successor');
    await test.stop();
  });

  it('#69 lets go of a written object that was deleted while nobody watched', async () => {
    const test = await harness((_request, index) => list(index === 0 ? '5' : '20'));
    await test.client.list(Widget);
    test.answers(() => json(widget('a', '9'), 201));
    await test.client.create(Widget, { metadata: at('a') });
    expect((await test.client.list(Widget)).items).toHaveLength(1);
    await test.cut();
    expect((await test.client.list(Widget)).items).toEqual([]);
    await test.stop();
  });

  it('#70 tells listeners of what others changed together with an own write: own events are not filtered', async () => {
    const test = await harness(() => list('5', widget('a', '3', { spec: { size: 1 } })));
    await test.client.list(Widget);
    const sizes: unknown[] = [];
    test.cache.informerFor(Widget).addHandler(({ entry }) => sizes.push((entry.object() as Widget).spec?.size));
    test.answers(() => json(widget('a', '7', { spec: { size: 2 } })));
    await test.client.status.patch(Widget, at('a'), { type: 'merge', body: { status: {} } });
    await test.send('MODIFIED', widget('a', '7', { spec: { size: 2 } }));
    expect(sizes).toEqual([1, 2]);
    await test.stop();
  });

  it('#71 takes nothing from the answer of an eviction, a token or a scale for the object itself', async () => {
    const test = await harness(() => list('5', widget('a', '3')));
    await test.client.list(Widget);
    test.answers((request) => (request.path.includes('/scale') ? json({ kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: { ...at('a'), uid: 'uid-a', resourceVersion: '99' } }) : json({ kind: 'Status', metadata: {}, status: 'Success' }, 201)));
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: at('a') };
    expect(await test.client.subresource('eviction').create(Widget, at('a'), eviction)).toMatchObject({ kind: 'Status' });
    expect(await test.client.subresource('scale').get(Widget, at('a'))).toMatchObject({ kind: 'Scale' });
    await test.client.subresource('scale').patch(Widget, at('a'), { type: 'merge', body: { spec: { replicas: 1 } } });
    expect((await test.client.get(Widget, at('a'))).metadata.resourceVersion).toBe('3');
    expect(test.transport.requests.at(-3)).toMatchObject({ method: 'POST', path: '/apis/demo/v1/namespaces/default/widgets/a/eviction?fieldManager=test' });
    await test.stop();
  });
});
