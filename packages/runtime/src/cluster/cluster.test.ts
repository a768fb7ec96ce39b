import { ConfigMap } from '@kubewright/api/core/v1';
import { FakeClock, memoryLogger, ScriptedTransport, SeededRandom, type ScriptedAnswer } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { createManager } from '../manager/create-manager.js';
import { staticClusters, type ClusterProvider, type ClusterRegistry } from './cluster-provider.js';
import { addClusterController } from './cluster-controller.js';
import { addClusters } from './clusters.js';

/** ConfigMaps of one cluster, with a watch that stays open and can be told of more. */
class FakeCluster {
  readonly requests: string[] = [];
  readonly #watchers = new Set<(line: string) => void>();
  readonly transport = new ScriptedTransport((request, _index, signal): ScriptedAnswer => {
    const path = request.path.split('?')[0]!;
    this.requests.push(`${request.method} ${path}`);
    if (request.lane === 'watch') return { status: 200, body: this.#watch(signal!) };
    if (request.method === 'GET') return { status: 200, body: JSON.stringify({ kind: 'ConfigMapList', metadata: { resourceVersion: '10' }, items: this.names.map((name) => this.#object(name)) }) };
    return { status: 200, body: JSON.stringify(this.#object('x')) };
  });

  constructor(readonly names: string[]) {}

  tell(name: string): void {
    for (const watcher of this.#watchers) watcher(`${JSON.stringify({ type: 'ADDED', object: this.#object(name) })}\n`);
  }

  get watches(): number {
    return this.#watchers.size;
  }

  #version = 10;

  #object(name: string) {
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name, uid: name, resourceVersion: String(++this.#version) } };
  }

  async *#watch(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const lines: string[] = [];
    let wake = (): void => {};
    const watcher = (line: string): void => (lines.push(line), wake());
    this.#watchers.add(watcher);
    try {
      while (!signal.aborted) {
        while (lines.length > 0) yield Buffer.from(lines.shift()!);
        await new Promise<void>((resolve) => {
          wake = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      }
      throw signal.reason;
    } finally {
      this.#watchers.delete(watcher);
    }
  }
}

async function setUp(provider: ClusterProvider) {
  const home = new ScriptedTransport(() => ({ status: 404, body: '{}' }));
  const clock = new FakeClock();
  const log = memoryLogger();
  const manager = await createManager({ name: 'fleet', transport: home, clock, random: new SeededRandom(), log });
  const clusters = addClusters(manager, provider);
  const seen: string[] = [];
  const hold = new Map<string, { release(): void; signal?: AbortSignal }>();
  addClusterController(manager, clusters, {
    for: ConfigMap,
    async reconcile({ cluster, namespace, name }, context) {
      seen.push(`${cluster} ${name}`);
      if (name === 'slow') await new Promise<void>((resolve) => hold.set(cluster, { release: resolve, signal: context.signal }));
      if (name === 'write') await context.client.create(ConfigMap, { metadata: { namespace: namespace!, name: 'made' } });
    },
  });
  const stop = new AbortController();
  const ended = manager.start(stop.signal).then(() => undefined, (error: unknown) => error);
  const settle = async (): Promise<void> => { for (let i = 0; i < 30; i++) await clock.advance(0); };
  await settle();
  return { manager, clusters, clock, log, seen, hold, settle, stop: async () => (stop.abort(), await settle(), ended) };
}

/** A provider that a test plays. */
class Remote implements ClusterProvider {
  readonly name = 'remote';
  registry!: ClusterRegistry;
  async run(registry: ClusterRegistry, signal: AbortSignal): Promise<void> {
    this.registry = registry;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }
}

describe('several clusters in one manager', () => {
  it('reconciles objects of equal names in all of them, each with the client of its own', async () => {
    const [east, west] = [new FakeCluster(['a', 'write']), new FakeCluster(['a'])];
    const { seen, stop, clock } = await setUp(staticClusters({ east: { transport: east.transport }, west: { transport: west.transport } }));
    expect(seen.sort()).toEqual(['east a', 'east write', 'west a']);
    expect(east.requests).toContain('POST /api/v1/namespaces/default/configmaps');
    expect(west.requests).not.toContain('POST /api/v1/namespaces/default/configmaps');
    expect(await stop()).toBeUndefined();
    expect([east.watches, west.watches, clock.pending]).toEqual([0, 0, 0]);
  });

  it('engages and disengages while it runs', async () => {
    const remote = new Remote();
    const { clusters, seen, settle, stop } = await setUp(remote);
    expect(seen).toEqual([]);
    const east = new FakeCluster(['a']);
    await remote.registry.engage('east', { transport: east.transport });
    await settle();
    east.tell('b');
    await settle();
    expect([seen, clusters.engaged]).toEqual([['east a', 'east b'], ['east']]);
    await expect(remote.registry.engage('east', { transport: east.transport })).rejects.toMatchObject({ code: 'KW_CLUSTER', message: 'cluster east is engaged already' });

    const { client } = clusters.get('east');
    await remote.registry.disengage('east');
    expect([clusters.engaged, east.watches]).toEqual([[], 0]);
    expect(() => clusters.get('east')).toThrow('cluster east is not engaged');
    await expect(client.create(ConfigMap, { metadata: { namespace: 'default', name: 'late' } })).rejects.toMatchObject({ code: 'KW_CLUSTER' });
    await remote.registry.disengage('east');

    await remote.registry.engage('east', { transport: new FakeCluster(['c']).transport });
    await settle();
    expect(seen).toEqual(['east a', 'east b', 'east c']);
    expect(await stop()).toBeUndefined();
  });

  it('waits for what is under way in a cluster that is disengaged, tells it, and drops what waits', async () => {
    const remote = new Remote();
    const { seen, hold, settle, stop } = await setUp(remote);
    await remote.registry.engage('east', { transport: new FakeCluster(['slow', 'waits']).transport });
    await settle();
    let isGone = false;
    void remote.registry.disengage('east').then(() => (isGone = true));
    await settle();
    expect([isGone, hold.get('east')!.signal!.aborted]).toEqual([false, true]);
    hold.get('east')!.release();
    await settle();
    expect([isGone, seen]).toEqual([true, ['east slow']]);
    expect(await stop()).toBeUndefined();
  });

  it('is held up by no cluster that does not answer', async () => {
    const dead = new ScriptedTransport((_request, _index, signal) => new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error))));
    const { seen, stop } = await setUp(staticClusters({ dead: { transport: dead }, west: { transport: new FakeCluster(['a']).transport } }));
    expect(seen).toEqual(['west a']);
    expect(await stop()).toBeUndefined();
  });

  it('names what is wrong with a connection', async () => {
    const remote = new Remote();
    const { stop } = await setUp(remote);
    await expect(remote.registry.engage('a/b', {})).rejects.toThrow(/no "\/"/);
    await expect(remote.registry.engage('east', {})).rejects.toMatchObject({ code: 'KW_INVALID_OPTIONS' });
    await stop();
    await expect(remote.registry.engage('east', {})).rejects.toThrow(/does not run/);
  });
});
