import { request } from 'node:https';

import { decodeJson, type KubeList, type KubeObject, type WatchEvent } from '@kubewright/api';
import { StatefulSet } from '@kubewright/api/apps/v1';
import { ConfigMap, Pod } from '@kubewright/api/core/v1';
import { FakeClock, SeededRandom } from '@kubewright/platform';
import { afterEach, describe, expect, it } from 'vitest';

import { startCluster, type ClusterOptions, type EmbeddedCluster } from './cluster.js';
import { ControllerClient, type ResourcePath } from './controllers/client.js';

let clock: FakeClock;
let cluster: EmbeddedCluster;
let client: ControllerClient;

async function start(options: ClusterOptions = {}): Promise<void> {
  clock = new FakeClock();
  cluster = await startCluster({ clock, random: new SeededRandom(5), controllers: 'none', nodes: 0, ...options });
  client = new ControllerClient(cluster.transport(), 'test/1');
}
afterEach(async () => {
  await cluster.stop();
  expect(clock.pending, 'timers left').toBe(0);
});

const create = (name: string): Promise<ConfigMap> => client.create<ConfigMap>(ConfigMap, 'default', { metadata: { name } });

/** What a watch told until it ended, and by what it ended. */
async function follow(resource: ResourcePath, query: Record<string, string> = {}): Promise<{ seen: string[]; ended: Promise<string> }> {
  const seen: string[] = [];
  const frames = client.watch(resource, query, new AbortController().signal);
  const told = ({ type, object }: WatchEvent): string => `${type} ${(object as KubeObject).metadata.name ?? (object as { message?: string }).message}`;
  const ended = (async () => {
    try {
      for await (const event of frames) seen.push(told(event));
      return 'end';
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error);
    }
  })();
  for (let turn = 0; turn < 10; turn++) await clock.yield();
  return { seen, ended };
}

describe('faults.cutWatches', () => {
  it('breaks the chosen watches off with what was on its way, and new ones go on from where they were', async () => {
    await start();
    const { metadata } = await create('a');
    const cut = await follow(ConfigMap, { resourceVersion: String(Number(metadata.resourceVersion) - 1) });
    const left = await follow(Pod);
    const dropped = create('b');
    expect(cluster.faults.cutWatches(({ plural, userAgent, namespace }) => plural === 'configmaps' && userAgent === 'test/1' && namespace === '')).toBe(1);
    await dropped;
    expect([await cut.ended, cut.seen]).toEqual(['ECONNRESET', ['ADDED a']]);
    const again = await follow(ConfigMap, { resourceVersion: metadata.resourceVersion! });
    expect(again.seen).toEqual(['ADDED b']);
    expect(cluster.faults.cutWatches()).toBe(2);
    expect([await left.ended, await again.ended]).toEqual(['ECONNRESET', 'ECONNRESET']);
    expect(cluster.faults.cutWatches()).toBe(0);
  });
});

describe('faults.restartApi', () => {
  it('refuses connections for a while and comes back with the same objects and no memory of the past', async () => {
    await start();
    const before = await create('a');
    const watching = await follow(ConfigMap, { resourceVersion: before.metadata.resourceVersion! });
    await create('b');
    const page = await client.list(ConfigMap, 'default', { limit: '1' });
    const restarted = cluster.faults.restartApi({ downtime: 500 });
    await expect(cluster.faults.restartApi()).rejects.toThrow('the restart that is under way');
    expect(await watching.ended).toBe('ECONNRESET');
    await expect(client.list(ConfigMap)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await clock.advance(500);
    await restarted;
    expect((await client.list(ConfigMap, 'default')).items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
    const old = await follow(ConfigMap, { resourceVersion: before.metadata.resourceVersion! });
    expect([await old.ended, old.seen]).toEqual(['end', [expect.stringMatching(/^ERROR too old resource version: \d+ \(\d+\)$/)]]);
    // Continue tokens read the storage, which stays.
    expect((await client.list(ConfigMap, 'default', { limit: '1', continue: page.metadata.continue! })).items).toMatchObject([{ metadata: { name: 'b' } }]);
    const { metadata } = await client.list(ConfigMap);
    const fresh = await follow(ConfigMap, { resourceVersion: metadata.resourceVersion! });
    await create('c');
    cluster.faults.cutWatches();
    expect(await fresh.ended).toBe('ECONNRESET');
  });

  it('leaves the client of a write without an answer, and stores nothing of it later', async () => {
    await start();
    const writing = create('a').then(() => 'answered', (error: NodeJS.ErrnoException) => error.code);
    await cluster.faults.restartApi();
    expect(await writing).toBe('ECONNRESET');
    const { items } = await client.list(ConfigMap, 'default');
    for (let turn = 0; turn < 20; turn++) await clock.yield();
    expect((await client.list(ConfigMap, 'default')).items).toEqual(items);
  });

  it('stores what comes while it hangs, and answers nothing of it', async () => {
    await start({ port: 0 });
    const restarted = cluster.faults.restartApi({ hang: 100 });
    const inMemory = create('a').then(() => 'answered', (error: NodeJS.ErrnoException) => error.code);
    for (let turn = 0; turn < 20; turn++) await clock.yield();
    expect(cluster.server.storage.get('', 'configmaps', 'default', 'a')).toBeDefined();
    await clock.advance(100);
    await restarted;
    expect(await inMemory).toBe('ECONNRESET');
    expect((await client.list(ConfigMap, 'default')).items).toMatchObject([{ metadata: { name: 'a' } }]);
  });

  it('is survived by controllers and kubelets', async () => {
    await start({ controllers: 'all', nodes: 1 });
    const template = { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'app', image: 'example.com/app:1' }] } };
    await client.create(StatefulSet, 'default', { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' }, spec: { serviceName: 'db', replicas: 3, selector: { matchLabels: { app: 'db' } }, template } });
    for (let round = 0; round < 3; round++) {
      await Promise.all([cluster.faults.restartApi({ downtime: 1000 }), passTime(1000)]);
      cluster.faults.cutWatches(() => round % 2 === 0);
      await passTime(700);
    }
    for (let seconds = 0; ; seconds++) {
      const set = await client.get<StatefulSet>(StatefulSet, 'default', 'db');
      if (set.status?.readyReplicas === 3) break;
      expect(seconds, 'seconds until all are ready').toBeLessThan(120);
      await passTime(1000);
    }
    expect((await client.list<Pod>(Pod, 'default')).items.map(({ metadata }) => metadata.name)).toEqual(['db-0', 'db-1', 'db-2']);
  });

  it('leaves nothing open when the cluster is stopped in the middle', async () => {
    await start({ port: 0 });
    const restarted = cluster.faults.restartApi({ downtime: 60_000 });
    const failed = expect(restarted).rejects.toThrow();
    for (let turn = 0; turn < 50 && clock.pending === 0; turn++) await clock.yield();
    await cluster.stop();
    await failed;
  });

  it('listens on the same port with the same certificate', async () => {
    await start({ port: 0 });
    await create('a');
    const identity = cluster.server.issueClientCertificate();
    const ask = (path: string): Promise<{ text: string; ended: string }> => new Promise((resolve, reject) => {
      const sent = request(`${cluster.url}${path}`, { ca: cluster.server.certificateAuthority, cert: identity.certificate, key: identity.key, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          if (path.includes('watch')) opened();
        });
        response.on('error', ({ code }: NodeJS.ErrnoException) => resolve({ text, ended: code ?? 'error' })).on('end', () => resolve({ text, ended: 'end' }));
      });
      sent.on('error', reject);
      sent.end();
    });
    let opened = (): void => {};
    for (const fault of [() => cluster.faults.restartApi(), async () => void cluster.faults.cutWatches()]) {
      const isOpen = new Promise<void>((resolve) => (opened = resolve));
      const watching = ask('/api/v1/configmaps?watch=1');
      await isOpen;
      await fault();
      expect(await watching).toMatchObject({ ended: 'ECONNRESET', text: expect.stringContaining('"type":"ADDED"') as string });
      const { items } = decodeJson((await ask('/api/v1/namespaces/default/configmaps')).text) as KubeList;
      expect(items).toMatchObject([{ metadata: { name: 'a' } }]);
    }
  });
});

/** Lets virtual time pass with all the work that it wakes. */
async function passTime(milliseconds: number): Promise<void> {
  const end = clock.monotonic() + milliseconds;
  for (;;) {
    for (let turn = 0; turn < 40; turn++) await clock.yield();
    const next = Math.min(clock.nextDue ?? Infinity, end - clock.monotonic());
    await clock.advance(next);
    if (clock.monotonic() >= end) return;
  }
}
