import { isNotFound, type KubeList, type KubeObject } from '@kubewright/api';
import { StatefulSet, Deployment, ReplicaSet, ControllerRevision } from '@kubewright/api/apps/v1';
import { ConfigMap, Endpoints, Event, Namespace, Node, Pod, Secret, Service, ServiceAccount } from '@kubewright/api/core/v1';
import { CustomResourceDefinition } from '@kubewright/api/apiextensions/v1';
import { FakeClock, memoryLogger, SeededRandom } from '@kubewright/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startCluster, type EmbeddedCluster } from './cluster.js';
import { ControllerClient, type ResourcePath } from './controllers/client.js';

let clock: FakeClock;
let cluster: EmbeddedCluster;
let client: ControllerClient;
const log = memoryLogger();

const start = async (options: object = {}): Promise<void> => {
  clock = new FakeClock();
  cluster = await startCluster({ clock, random: new SeededRandom(3), log, ...options });
  client = new ControllerClient(cluster.transport(), 'test');
};
afterEach(async () => {
  await cluster.stop();
  expect(clock.pending, 'timers left').toBe(0);
});

/** Lets time pass, timer by timer, until `seen` holds. */
async function until<T>(read: () => Promise<T>, holds: (seen: T) => boolean, limit = 300_000): Promise<T> {
  const end = clock.monotonic() + limit;
  for (;;) {
    for (let turn = 0; turn < 40; turn++) await clock.yield();
    const seen = await read();
    if (holds(seen)) return seen;
    const next = clock.nextDue;
    if (next === undefined || clock.monotonic() > end) throw new Error(`still not so, and ${next === undefined ? 'nothing is going to happen' : 'time is over'}: ${JSON.stringify(seen)}`);
    await clock.advance(next);
  }
}
const names = (list: KubeList): string[] => list.items.map(({ metadata }) => metadata.name ?? '').sort();
const list = <T extends KubeObject>(resource: ResourcePath, namespace = 'default'): Promise<KubeList<T>> => client.list<T>(resource, namespace);
const get = <T extends KubeObject>(resource: ResourcePath, name: string, namespace = 'default'): Promise<T | undefined> => client.get<T>(resource, namespace, name).catch((error: unknown) => {
  if (isNotFound(error)) return undefined;
  throw error;
});
const template = (app: string, container: object = {}, spec: object = {}) => ({ metadata: { labels: { app } }, spec: { containers: [{ name: 'app', image: 'example.com/app:1', ...container }], ...spec } });
const statefulSet = (name: string, spec: object = {}): StatefulSet =>
  ({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name }, spec: { serviceName: name, replicas: 3, selector: { matchLabels: { app: name } }, template: template(name), ...spec } });
const barePod = (name: string, app: string, container: object = {}, spec: object = {}): Pod => ({ ...template(app, container, spec), metadata: { name } });
const isReady = ({ status }: Pod): boolean => status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
const messages = async (name: string): Promise<string[]> => (await list<Event>(Event)).items.filter(({ involvedObject }) => involvedObject.name === name).map(({ reason, message }) => `${reason}: ${message}`);

describe('startCluster', () => {
  it('gives every namespace its account and its certificate authority, and every node is ready', async () => {
    await start({ nodes: 2 });
    expect(names(await list(ServiceAccount))).toEqual(['default']);
    expect((await get<ConfigMap>(ConfigMap, 'kube-root-ca.crt'))!.data!['ca.crt']).toContain('BEGIN CERTIFICATE');
    expect((await client.list<Node>(Node)).items.map(({ metadata, status }) => [metadata.name, status?.conditions?.find(({ type }) => type === 'Ready')?.status])).toEqual([['node-1', 'True'], ['node-2', 'True']]);
    await client.create(Namespace, '', { metadata: { name: 'more' } });
    await until(() => get(ServiceAccount, 'default', 'more'), (account) => account !== undefined);
  });

  it('gives tokens that are the account, and says what is wrong with its settings', async () => {
    await start({ nodes: 0 });
    const token = await cluster.serviceAccountToken('default', 'default');
    expect(token.split('.')).toHaveLength(3);
    expect(() => cluster.kubeconfig()).toThrow('start it with { port: 0 }');
    await expect(startCluster({ controllers: ['nope'] })).rejects.toThrow('unknown controllers: nope');
    await expect(startCluster({ nodes: -1 })).rejects.toThrow('nodes is a whole number from 0 to 250, not -1');
  });

  it('runs what it is told to', async () => {
    await start({ controllers: ['statefulset'], nodes: 0 });
    expect(names(await list(ServiceAccount))).toEqual([]);
    expect((await client.list(Node)).items).toEqual([]);
  });
});

describe('workloads', () => {
  beforeEach(() => start({ nodes: 2 }));

  it('a StatefulSet comes up in order, is updated from the top, scales down from the top and goes without a trace', async () => {
    await client.create(Service, 'default', { metadata: { name: 'db' }, spec: { clusterIP: 'None', selector: { app: 'db' }, ports: [{ port: 80 }] } });
    await client.create(StatefulSet, 'default', statefulSet('db'));
    const order: string[] = [];
    const watchOrder = async (): Promise<StatefulSet | undefined> => {
      const pods = await list<Pod>(Pod);
      const state = pods.items.map((pod) => `${pod.metadata.name}${isReady(pod) ? '' : '-'}`).join(' ');
      if (order.at(-1) !== state) order.push(state);
      return get<StatefulSet>(StatefulSet, 'db');
    };
    await until(watchOrder, (set) => set?.status?.readyReplicas === 3);
    expect(order.every((state) => state.split(' ').filter((name) => name.endsWith('-')).length <= 1)).toBe(true);
    expect((await get<Endpoints>(Endpoints, 'db'))!.subsets![0]!.addresses!.map(({ hostname }) => hostname).sort()).toEqual(['db-0', 'db-1', 'db-2']);
    const pods = (await list<Pod>(Pod)).items;
    expect(new Set(pods.map(({ spec }) => spec.nodeName)).size).toBe(2);
    expect(new Set(pods.map(({ status }) => status?.podIP)).size).toBe(3);
    expect((await messages('db-0')).sort()).toEqual([
      'Created: Created container: app', 'Pulled: Container image "example.com/app:1" already present on machine', 'Scheduled: Successfully assigned default/db-0 to node-1', 'Started: Started container app',
    ]);

    const set = (await get<StatefulSet>(StatefulSet, 'db'))!;
    await client.patch(StatefulSet, set, 'merge', { spec: { template: template('db', { image: 'example.com/app:2' }) } });
    const replaced: string[] = [];
    await until(async () => {
      for (const pod of (await list<Pod>(Pod)).items) if (pod.spec.containers[0]!.image!.endsWith(':2') && !replaced.includes(pod.metadata.name!)) replaced.push(pod.metadata.name!);
      return get<StatefulSet>(StatefulSet, 'db');
    }, (now) => now?.status?.currentRevision === now?.status?.updateRevision && now?.status?.readyReplicas === 3);
    expect(replaced).toEqual(['db-2', 'db-1', 'db-0']);
    expect((await list(ControllerRevision)).items).toHaveLength(2);

    await client.patch(StatefulSet, set, 'merge', { spec: { replicas: 1 } });
    const left: string[] = [];
    await until(async () => {
      const state = names(await list<Pod>(Pod)).join(' ');
      if (left.at(-1) !== state) left.push(state);
      return state;
    }, (state) => state === 'db-0');
    expect(left).toEqual(['db-0 db-1 db-2', 'db-0 db-1', 'db-0']);

    await client.delete(StatefulSet, 'default', 'db');
    await until(() => list(Pod), ({ items }) => items.length === 0);
    expect((await list(ControllerRevision)).items).toEqual([]);
  });

  it('a Deployment rolls over without falling short', async () => {
    await client.create(Deployment, 'default', { metadata: { name: 'web' }, spec: { replicas: 4, selector: { matchLabels: { app: 'web' } }, template: template('web') } });
    const complete = (deployment: Deployment | undefined): boolean => deployment?.status?.availableReplicas === 4 && deployment.status.updatedReplicas === 4 && deployment.status.replicas === 4;
    await until(() => get<Deployment>(Deployment, 'web'), complete);
    const web = (await get<Deployment>(Deployment, 'web'))!;
    await client.patch(Deployment, web, 'merge', { spec: { template: template('web', { image: 'example.com/app:2' }) } });
    let least = 4;
    let most = 4;
    await until(async () => {
      const active = (await list<Pod>(Pod)).items.filter(({ metadata }) => !metadata.deletionTimestamp);
      least = Math.min(least, active.filter(isReady).length);
      most = Math.max(most, active.length);
      return get<Deployment>(Deployment, 'web');
    }, (deployment) => complete(deployment) && deployment?.status?.observedGeneration === 2);
    expect([least >= 3, most <= 5]).toEqual([true, true]);
    const sets = (await list<ReplicaSet>(ReplicaSet)).items;
    expect(sets.map(({ spec, metadata }) => [metadata.annotations!['deployment.kubernetes.io/revision'], spec?.replicas]).sort()).toEqual([['1', 0], ['2', 4]]);
    await client.delete(Deployment, 'default', 'web');
    await until(() => list(Pod), ({ items }) => items.length === 0);
    expect((await list(ReplicaSet)).items).toEqual([]);
  });

  it('a pod waits for its secret, runs its init containers one by one, and is heard of in its logs', async () => {
    const spec = { initContainers: [{ name: 'one', image: 'i' }, { name: 'two', image: 'i' }], volumes: [{ name: 'v', secret: { secretName: 's' } }] };
    await client.create(Pod, 'default', barePod('p', 'p', { readinessProbe: { httpGet: { port: 80 }, initialDelaySeconds: 5 } }, spec));
    await until(() => messages('p'), (told) => told.some((line) => line === 'FailedMount: MountVolume.SetUp failed for volume "v" : secret "s" not found'));
    expect((await get<Pod>(Pod, 'p'))!.status!.containerStatuses![0]!.state).toEqual({ waiting: { reason: 'PodInitializing' } });
    await client.create(Secret, 'default', { metadata: { name: 's' } });
    const phases: string[] = [];
    const pod = await until(async () => {
      const seen = (await get<Pod>(Pod, 'p'))!;
      const state = (seen.status?.initContainerStatuses ?? []).map(({ state: at }) => Object.keys(at ?? {})[0]).join(' ');
      if (phases.at(-1) !== state) phases.push(state);
      return seen;
    }, isReady);
    expect(phases).toEqual(['waiting waiting', 'running waiting', 'terminated waiting', 'terminated running', 'terminated terminated']);
    const { startedAt } = pod.status!.containerStatuses![0]!.state!.running!;
    expect(Date.parse(pod.status!.conditions!.find(({ type }) => type === 'Ready')!.lastTransitionTime!) - Date.parse(startedAt!)).toBe(5000);
    const response = await cluster.transport().dispatch({ method: 'GET', path: '/api/v1/namespaces/default/pods/p/log?tailLines=1', headers: {} });
    let text = '';
    for await (const chunk of response.body) text += Buffer.from(chunk).toString();
    expect([response.status, text]).toEqual([200, 'image example.com/app:1\n']);
  });

  it('a pod is given its grace period, and no more than its process needs', async () => {
    await client.create(Pod, 'default', barePod('p', 'p'));
    await until(() => get<Pod>(Pod, 'p'), (pod) => isReady(pod!));
    const before = clock.monotonic();
    await client.delete(Pod, 'default', 'p');
    await until(() => get<Pod>(Pod, 'p'), (pod) => pod === undefined);
    expect(clock.monotonic() - before).toBe(1000);
    expect(await messages('p')).toContain('Killing: Stopping container app');
  });
});

it('containers that crash are started again, later each time', async () => {
  await start({ kubelet: { exits: { crash: { after: 100, exitCode: 2 } } } });
  await client.create(Pod, 'default', barePod('p', 'p', { image: 'crash' }));
  await client.create(Pod, 'default', barePod('once', 'once', { image: 'crash' }, { restartPolicy: 'Never' }));
  const pod = await until(() => get<Pod>(Pod, 'p'), (seen) => seen?.status?.containerStatuses?.[0]?.restartCount === 3);
  expect(pod!.status!.containerStatuses![0]!.lastState!.terminated).toMatchObject({ exitCode: 2, reason: 'Error' });
  expect(clock.monotonic()).toBeGreaterThan(10_000);
  expect((await get<Pod>(Pod, 'once'))!.status).toMatchObject({ phase: 'Failed', containerStatuses: [{ restartCount: 0, state: { terminated: { exitCode: 2 } } }] });
});

describe('garbage and namespaces', () => {
  beforeEach(() => start({ nodes: 1 }));
  const widgets: ResourcePath = { group: 'example.com', version: 'v1', plural: 'widgets' };
  const definition: CustomResourceDefinition = {
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com', scope: 'Namespaced', names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }],
    },
  };

  it('what belongs to a custom resource goes with it, in the background, in the foreground or not at all', async () => {
    await client.create(CustomResourceDefinition, '', definition);
    await until(() => client.list(widgets, 'default').catch(() => undefined), (seen) => seen !== undefined);
    for (const policy of ['Background', 'Foreground', 'Orphan'] as const) {
      const owner = await client.create<KubeObject>(widgets, 'default', { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } });
      const ownerReferences = [{ apiVersion: 'example.com/v1', kind: 'Widget', name: 'w', uid: owner.metadata.uid!, blockOwnerDeletion: true }];
      const child = await client.create<ConfigMap>(ConfigMap, 'default', { metadata: { name: 'child', ownerReferences, ...(policy === 'Foreground' && { finalizers: ['example.com/hold'] }) } });
      for (let turn = 0; turn < 50; turn++) await clock.yield();
      await client.delete(widgets, 'default', 'w', { propagationPolicy: policy });
      if (policy === 'Foreground') {
        await until(() => get(ConfigMap, 'child'), (seen) => seen?.metadata.deletionTimestamp !== undefined);
        expect((await get(widgets, 'w'))?.metadata.finalizers).toEqual(['foregroundDeletion']);
        await client.patch(ConfigMap, child, 'merge', { metadata: { finalizers: null } });
      }
      await until(() => get(widgets, 'w'), (seen) => seen === undefined);
      const left = await until(() => get(ConfigMap, 'child'), (seen) => (policy === 'Orphan' ? seen?.metadata.ownerReferences === undefined : seen === undefined));
      expect(left !== undefined).toBe(policy === 'Orphan');
    }
    await client.delete(CustomResourceDefinition, '', 'widgets.example.com');
    await until(() => get(CustomResourceDefinition, 'widgets.example.com', ''), (seen) => seen === undefined);
  });

  it('a namespace goes with everything in it, pods first, and waits for finalizers', async () => {
    await client.create(Namespace, '', { metadata: { name: 'x' } });
    await until(() => get(ServiceAccount, 'default', 'x'), (seen) => seen !== undefined);
    await client.create(StatefulSet, 'x', statefulSet('db', { replicas: 2 }));
    const held = await client.create<ConfigMap>(ConfigMap, 'x', { metadata: { name: 'held', finalizers: ['example.com/hold'] } });
    await until(() => get<StatefulSet>(StatefulSet, 'db', 'x'), (set) => set?.status?.readyReplicas === 2);
    await client.delete(Namespace, '', 'x');
    const namespace = await until(() => get<Namespace>(Namespace, 'x', ''), (seen) => seen!.status?.conditions?.some(({ message }) => message?.includes('example.com/hold in 1 resource instances')) ?? false);
    expect(namespace!.status!.conditions!.find(({ type }) => type === 'NamespaceContentRemaining')!.message).toBe('Some resources are remaining: configmaps. has 1 resource instances');
    expect((await client.list(Pod, 'x')).items).toEqual([]);
    await client.patch(ConfigMap, held, 'merge', { metadata: { finalizers: null } });
    await until(() => get(Namespace, 'x', ''), (seen) => seen === undefined);
  });
});
