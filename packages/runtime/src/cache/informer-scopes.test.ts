import { ApiError, isNotFound, type KubeObject, type ResourceKind } from '@kubewright/api';
import { FakeClock, memoryLogger, ScriptedTransport, SeededRandom, type ScriptedAnswer } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { DirectClient } from '../client/direct-client.js';
import { metadataOnly } from '../client/metadata-only.js';
import { hasCode } from '../errors/kubewright-error.js';
import type { ObjectEvent } from '../event/event.js';
import { Cache, type CacheOptions } from './cache.js';
import { DelegatingClient } from './delegating-client.js';

const Widget: ResourceKind = { group: 'demo', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' };
const Node: ResourceKind = { group: '', version: 'v1', kind: 'Node', plural: 'nodes', scope: 'Cluster' };

/** Widgets by namespace, lists of them at one version, and watches that can be told of more. */
class Server {
  readonly lists: string[] = [];
  readonly watches = new Map<string, (frame: object) => void>();
  readonly forbidden = new Set<string>();
  /** Namespaces of which nothing is answered. */
  readonly silent = new Set<string>();
  version = 10;
  /** Lists are answered after it. */
  gate: Promise<void> | undefined;
  readonly transport = new ScriptedTransport(async (request, _index, signal): Promise<ScriptedAnswer> => {
    const { pathname, searchParams } = new URL(request.path, 'http://server');
    const namespace = /namespaces\/([^/]+)/.exec(pathname)?.[1] ?? '';
    if (request.method === 'POST') return { status: 201, body: JSON.stringify(this.add(`${namespace}/${(JSON.parse(Buffer.from(request.body!).toString()) as KubeObject).metadata.name}`)) };
    if (this.forbidden.has(namespace)) return { status: 403, body: JSON.stringify(ApiError.of(403, 'Forbidden', 'no').status) };
    if (request.lane === 'watch') return { status: 200, body: this.#watch(namespace, signal!) };
    if (this.silent.has(namespace)) await new Promise((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason as Error), { once: true }));
    this.lists.push(`${namespace || '*'} ${searchParams.get('resourceVersion') ?? ''}`);
    await this.gate;
    const items = [...this.objects.values()].filter(({ metadata }) => namespace === '' || metadata.namespace === namespace);
    return { status: 200, body: JSON.stringify({ kind: 'WidgetList', metadata: { resourceVersion: String(this.version) }, items }) };
  });
  readonly objects = new Map<string, KubeObject>();

  constructor(...keys: string[]) {
    for (const key of keys) this.add(key);
  }

  add(key: string): KubeObject {
    const [namespace, name] = key.split('/') as [string, string];
    const object = { apiVersion: 'demo/v1', kind: 'Widget', metadata: { namespace, name, uid: key, resourceVersion: String(++this.version) } };
    this.objects.set(key, object);
    return object;
  }

  tell(scope: string, key: string): void {
    this.watches.get(scope)!({ type: 'ADDED', object: this.add(key) });
  }

  async *#watch(namespace: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const frames: object[] = [];
    let wake = (): void => {};
    this.watches.set(namespace, (frame) => (frames.push(frame), wake()));
    signal.addEventListener('abort', () => wake(), { once: true });
    try {
      while (!signal.aborted) {
        while (frames.length > 0) yield Buffer.from(`${JSON.stringify(frames.shift())}\n`);
        if (!signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
      }
      throw signal.reason;
    } finally {
      this.watches.delete(namespace);
    }
  }
}

async function start(server: Server, options: Partial<CacheOptions> = {}) {
  const clock = new FakeClock();
  const cache = new Cache({ transport: server.transport, clock, random: new SeededRandom(), log: memoryLogger(), ...options });
  const client = new DelegatingClient({ direct: new DirectClient(server.transport), cache, clock });
  const told: string[] = [];
  const describeEvent = (event: ObjectEvent): string => `${event.type} ${event.entry.key}${event.type === 'create' && event.initial ? ' initial' : ''}${event.type === 'delete' && event.stateUnknown ? ' unknown' : ''}`;
  const informer = cache.informerFor(Widget);
  informer.addHandler((event) => void told.push(describeEvent(event)));
  const stop = new AbortController();
  const running = cache.start(stop.signal);
  const settle = async (): Promise<void> => { for (let turn = 0; turn < 5; turn++) await clock.advance(0); };
  await settle();
  const soon = async <T>(work: Promise<T>): Promise<T> => (await settle(), work);
  return {
    cache, client, clock, informer, settle, soon,
    told: () => told.splice(0).sort(),
    keys: async () => (await client.list(Widget)).items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).sort(),
    stop: async () => {
      stop.abort(new Error('stopped'));
      await running;
      expect([clock.pending, server.watches.size]).toEqual([0, 0]);
    },
  };
}

describe('the namespaces of a kind, changed while its cache runs', () => {
  it('keep the watch of what stays, tell deletions of what goes and creations of what comes', async () => {
    const server = new Server('a/1', 'b/1', 'b/2', 'c/1');
    const test = await start(server, { namespaces: ['a', 'b'] });
    expect([test.told(), [...server.watches.keys()]]).toEqual([['create a/1 initial', 'create b/1 initial', 'create b/2 initial'], ['a', 'b']]);

    await test.soon(test.cache.setNamespaces(Widget, ['a', 'c', 'a']));
    expect(test.told()).toEqual(['create c/1 initial', 'delete b/1 unknown', 'delete b/2 unknown']);
    expect([await test.keys(), [...server.watches.keys()].sort(), server.lists]).toEqual([['a/1', 'c/1'], ['a', 'c'], ['a 0', 'b 0', 'c 0']]);
    await expect(test.client.get(Widget, { namespace: 'b', name: '1' })).rejects.toSatisfy((error) => hasCode(error, 'KW_NAMESPACE_NOT_CACHED'));

    server.tell('a', 'a/2');
    server.tell('c', 'c/2');
    await test.settle();
    expect(test.told()).toEqual(['create a/2', 'create c/2']);
    await test.stop();
  });

  it('may be none, and come back', async () => {
    const server = new Server('a/1');
    const test = await start(server, { namespaces: ['a'] });
    test.told();
    await test.soon(test.cache.setNamespaces(Widget, []));
    expect([test.told(), await test.keys(), server.watches.size, test.informer.hasSynced]).toEqual([['delete a/1 unknown'], [], 0, true]);
    server.add('a/2');
    await test.soon(test.cache.setNamespaces(Widget, ['a']));
    expect([test.told(), await test.keys()]).toEqual([['create a/1 initial', 'create a/2 initial'], ['a/1', 'a/2']]);
    await test.stop();
  });

  it('become all, and some again, without telling anything of what stays and without going back in time', async () => {
    const server = new Server('a/1', 'b/1', 'c/1');
    const test = await start(server, { namespaces: ['a', 'b'] });
    server.tell('a', 'a/2');
    await test.settle();
    test.told();
    await test.soon(test.cache.setNamespaces(Widget, undefined));
    // Not "0": a server that lags behind must not answer what is older than what is known.
    expect([test.told(), server.lists.at(-1), [...server.watches.keys()]]).toEqual([['create c/1 initial'], '* 14', ['']]);
    server.tell('', 'c/2');
    await test.settle();
    test.told();
    let open!: () => void;
    server.gate = new Promise((resolve) => (open = resolve));
    await test.soon(test.cache.setNamespaces(Widget, ['c'])); // nothing new is to be waited for
    expect(await test.client.get(Widget, { namespace: 'c', name: '2' })).toBeDefined(); // nor by a read
    server.add('c/3');
    open();
    await test.settle();
    expect(test.told()).toEqual(['create c/3', 'delete a/1 unknown', 'delete a/2 unknown', 'delete b/1 unknown']);
    expect([server.lists.at(-1), await test.keys()]).toEqual(['c 15', ['c/1', 'c/2', 'c/3']]);
    await test.stop();
  });

  it('wait for what comes, not for what may not be listed, and say why they wait in vain', async () => {
    const server = new Server('a/1');
    const test = await start(server, { namespaces: ['a'], syncTimeout: 60_000 });
    server.forbidden.add('b');
    await test.soon(test.cache.setNamespaces(Widget, ['a', 'b']));
    await expect(test.client.get(Widget, { namespace: 'b', name: '1' })).rejects.toMatchObject({ reason: 'Forbidden' });
    expect(await test.client.get(Widget, { namespace: 'a', name: '1' })).toBeDefined();

    const waiting = test.cache.setNamespaces(Widget, ['b']).catch((error: unknown) => error);
    await test.clock.advance(60_000);
    expect(await waiting).toMatchObject({ code: 'KW_CACHE_SYNC_TIMEOUT', cause: { reason: 'Forbidden' } });
    const patience = new AbortController();
    const aborted = test.cache.setNamespaces(Widget, ['b'], patience.signal).catch((error: unknown) => error);
    await test.settle();
    patience.abort(new Error('enough'));
    expect(await aborted).toMatchObject({ message: 'enough' });
    server.forbidden.clear();
    await test.clock.advance(60_000);
    expect(test.informer.hasSynced).toBe(true);
    await test.stop();
  });

  it('end the wait of others for a namespace that goes before it was there', async () => {
    const server = new Server('a/1');
    server.silent.add('b');
    const test = await start(server, { namespaces: ['a', 'b'] });
    const reading = test.client.list(Widget);
    await test.settle();
    expect(test.informer.hasSynced).toBe(false);
    await test.soon(test.cache.setNamespaces(Widget, ['a']));
    expect((await reading).items).toHaveLength(1);
    await test.stop();
  });

  it('drop what is told of a namespace after it went, and what was written there', async () => {
    const server = new Server('a/1', 'b/1');
    const test = await start(server, { namespaces: ['a', 'b'] });
    await test.client.create(Widget, { metadata: { namespace: 'b', name: '2' } });
    expect(await test.keys()).toEqual(['a/1', 'b/1', 'b/2']);
    test.told();
    const tell = server.watches.get('b')!;
    const changing = test.cache.setNamespaces(Widget, ['a']);
    tell({ type: 'ADDED', object: server.add('b/3') });
    await test.soon(changing);
    expect([test.told(), await test.keys(), test.informer.versionOf('b')]).toEqual([['delete b/1 unknown'], ['a/1'], undefined]);
    await test.client.create(Widget, { metadata: { namespace: 'b', name: '4' } });
    expect(await test.keys()).toEqual(['a/1']);
    await test.stop();
  });

  it('hold for every selection of the kind, but not for one that names a namespace, and not for its metadata', async () => {
    const server = new Server('a/1', 'b/1');
    const test = await start(server, { namespaces: ['a'] });
    const labelled = test.cache.informerFor(Widget, { labels: { team: 'red' } });
    const own = test.cache.informerFor(Widget, { namespace: 'a' });
    const metadata = test.cache.informerFor(metadataOnly(Widget));
    await test.settle();
    await test.soon(test.cache.setNamespaces(Widget, ['b']));
    const held = (informer: typeof own): string[] => informer.store.list().map(({ key }) => key);
    expect([held(labelled), held(own), held(metadata)]).toEqual([['b/1'], ['a/1'], ['a/1']]);
    await test.stop();
  });

  it('may be set before the start, and never for a cluster-scoped kind', async () => {
    const server = new Server('a/1', 'b/1');
    const cache = new Cache({ transport: server.transport, clock: new FakeClock(), random: new SeededRandom() });
    cache.informerFor(Widget);
    await cache.setNamespaces(Widget, ['b']);
    const stop = new AbortController();
    const running = cache.start(stop.signal);
    await cache.waitForSync();
    expect(server.lists).toEqual(['b 0']);
    await expect(cache.setNamespaces(Node, ['b'])).rejects.toSatisfy((error) => hasCode(error, 'KW_INVALID_ARGUMENT'));
    stop.abort();
    await running;
  });
});

it('what is written into a namespace that the cache does not hold is not in its lists', async () => {
  const server = new Server('a/1');
  const test = await start(server, { namespaces: ['a'] });
  await test.client.create(Widget, { metadata: { namespace: 'b', name: '2' } });
  await test.client.create(Widget, { metadata: { namespace: 'a', name: '2' } });
  expect(await test.keys()).toEqual(['a/1', 'a/2']);
  await expect(test.client.get(Widget, { namespace: 'a', name: '3' })).rejects.toSatisfy(isNotFound);
  await test.stop();
});
