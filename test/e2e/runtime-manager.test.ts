import { isForbidden, isNotFound, setControllerReference, type KubeObject } from '@kubewright/api';
import { Lease } from '@kubewright/api/coordination/v1';
import { ConfigMap, ServiceAccount } from '@kubewright/api/core/v1';
import { Event } from '@kubewright/api/events/v1';
import { Role, RoleBinding } from '@kubewright/api/rbac/v1';
import { memoryLogger, noopLogger } from '@kubewright/platform';
import { addControllers, controllerFor, createManager, defineController, mergePatch, type Manager, type RestConfig } from '@kubewright/runtime';
import { eventually, TestCluster, type TestClusterOptions } from '@kubewright/testing';
import { describe, expect, it } from 'vitest';

import { GatedTransport } from './gated-transport.js';
import { openedSince, openResources } from './open-resources.js';
import { Widget, widget, widgetDefinition } from './widget.js';

const quiet: TestClusterOptions = { definitions: [widgetDefinition], controllers: 'none', nodes: 0 };
const at = (name: string) => ({ namespace: 'default', name });

describe('the client of a manager', () => {
  it('reads what it wrote, while the watch tells nothing', async () => {
    await using cluster = await TestCluster.start(quiet);
    const gate = new GatedTransport(cluster.transport());
    const manager = await createManager({ transport: gate, log: noopLogger });
    await using _running = await started(cluster, manager);
    const { client } = manager;
    await cluster.client.create(Widget, widget('theirs'));
    await eventually(async () => expect((await client.list(Widget)).items).toHaveLength(1));
    gate.hold();

    const created = await client.create(Widget, widget('ours', 1, { labels: { team: 'a' } }));
    // A cache keeps no managedFields; everything else is as the server answered.
    expect(await client.get(Widget, at('ours'))).toEqual({ ...created, metadata: { ...created.metadata, managedFields: undefined } });
    await client.patch(Widget, at('ours'), mergePatch({ spec: { size: 2 } }));
    await client.status.patch(Widget, at('ours'), mergePatch({ status: { size: 2 } }));
    const read = await client.get(Widget, at('ours'));
    expect([read.spec.size, read.status?.size]).toEqual([2, 2]);
    expect((await client.list(Widget, { labels: { team: 'a' } })).items.map(({ metadata }) => metadata.name)).toEqual(['ours']);
    await client.update(Widget, { ...structuredClone(read), metadata: { ...structuredClone(read.metadata), labels: { team: 'b' } } });
    expect((await client.list(Widget, { labels: { team: 'a' } })).items).toEqual([]);

    await client.delete(Widget, at('ours'));
    await expect(client.get(Widget, at('ours'))).rejects.toSatisfy(isNotFound);
    await client.delete(Widget, at('theirs'));
    expect((await client.list(Widget)).items).toEqual([]);
    await client.create(Widget, widget('ours', 7));
    expect((await client.get(Widget, at('ours'))).spec.size).toBe(7);

    gate.release();
    await cluster.client.patch(Widget, at('ours'), mergePatch({ spec: { size: 8 } }));
    await eventually(async () => expect((await client.get(Widget, at('ours'))).spec.size).toBe(8));
  });

  it('can not overwrite what somebody else changed in between', async () => {
    await using cluster = await TestCluster.start(quiet);
    const gate = new GatedTransport(cluster.transport());
    const manager = await createManager({ transport: gate, log: noopLogger });
    await using _running = await started(cluster, manager);
    await manager.client.create(Widget, widget('a'));
    const stale = structuredClone(await manager.client.get(Widget, at('a'))) as Widget & KubeObject;
    gate.hold();
    await cluster.client.patch(Widget, at('a'), mergePatch({ spec: { size: 2 } }));
    stale.spec.size = 3;
    await expect(manager.client.update(Widget, stale)).rejects.toMatchObject({ reason: 'Conflict', message: expect.stringContaining('the object has been modified; please apply your changes to the latest version and try again') });
    expect((await cluster.client.get(Widget, at('a'))).spec.size).toBe(2);
  });
});

describe('a controller that owns', () => {
  it('hears of its dependents: what is deleted or edited by others is put right, what is not its own is left alone', async () => {
    await using cluster = await TestCluster.start(quiet);
    const seen: string[] = [];
    const manager = await createManager({ name: 'widget-operator', transport: cluster.transport(), log: noopLogger });
    const controller = defineController({
      for: Widget,
      owns: [ConfigMap],
      async reconcileObject(object, { client }) {
        seen.push(object.metadata.name!);
        const child = { metadata: at(object.metadata.name!), data: { size: String(object.spec.size) } };
        setControllerReference(object, Widget, child);
        await client.apply(ConfigMap, child, { force: true });
      },
    });
    addControllers(manager, controller);
    for (const name of ['a', 'b']) await cluster.client.create(Widget, widget(name, 4));
    await using _running = await started(cluster, manager);
    const dataOf = async (name: string) => (await cluster.client.get(ConfigMap, at(name))).data;
    await eventually(async () => expect([await dataOf('a'), await dataOf('b')]).toEqual([{ size: '4' }, { size: '4' }]));

    const first = await cluster.client.get(ConfigMap, at('a'));
    expect(first.metadata.ownerReferences).toMatchObject([{ apiVersion: 'demo.example.com/v1', kind: 'Widget', name: 'a', controller: true, blockOwnerDeletion: true }]);
    await cluster.client.delete(ConfigMap, at('a'));
    await eventually(async () => expect((await cluster.client.get(ConfigMap, at('a'))).metadata.uid).not.toBe(first.metadata.uid));
    await cluster.client.patch(ConfigMap, at('b'), mergePatch({ data: { size: '0' } }));
    await eventually(async () => expect(await dataOf('b')).toEqual({ size: '4' }));

    await idle(seen);
    seen.length = 0;
    await cluster.client.create(ConfigMap, { metadata: at('not-owned'), data: {} });
    await cluster.client.patch(Widget, at('b'), mergePatch({ spec: { size: 5 } }));
    await eventually(async () => expect(await dataOf('b')).toEqual({ size: '5' }));
    expect(new Set(seen)).toEqual(new Set(['b']));
  });
});

describe('a manager that runs as a ServiceAccount', () => {
  it('without `list` ends with an error that names account, verb and resource', async () => {
    await using cluster = await TestCluster.start(quiet);
    const log = memoryLogger();
    const manager = await createManager({ transport: await accountWith(cluster, ['get', 'watch']), log });
    controllerFor(manager).for(Widget).withOptions({ cacheSyncTimeout: 100 }).complete({ reconcile: async () => {} });
    const forbidden = 'widgets.demo.example.com is forbidden: User "system:serviceaccount:default:operator" cannot list resource "widgets" in API group "demo.example.com" at the cluster scope';
    const failure: unknown = await manager.start(new AbortController().signal).then(() => undefined, (error: unknown) => error);
    expect(failure).toMatchObject({ code: 'KW_CACHE_SYNC_TIMEOUT', message: expect.stringContaining(forbidden), hint: expect.stringContaining('may list and watch it') });
    expect((failure as Error).cause).toSatisfy(isForbidden);
    expect(log.lines.find(({ level }) => level === 'warn')).toMatchObject({ message: 'list or watch failed', fields: { reason: 'Forbidden', hint: 'may the service account list and watch it?' } });
  });

  it('begins as soon as the verb is granted', async () => {
    await using cluster = await TestCluster.start(quiet);
    const manager = await createManager({ transport: await accountWith(cluster, ['get', 'watch']), namespaces: ['default'], log: noopLogger });
    const seen: string[] = [];
    controllerFor(manager).for(Widget).complete({ reconcile: async ({ name }) => void seen.push(name) });
    await cluster.client.create(Widget, widget('a'));
    await using _running = await cluster.run(manager);
    await eventually(() => expect(manager.cache.informerFor(Widget).lastFailure).toSatisfy(isForbidden));
    expect(seen).toEqual([]);
    await cluster.client.patch(Role, at('operator'), mergePatch({ rules: [{ apiGroups: ['demo.example.com'], resources: ['widgets'], verbs: ['list', 'watch'] }] }));
    await eventually(() => expect(seen).toEqual(['a']));
  });

  it('may not write what its role does not name', async () => {
    await using cluster = await TestCluster.start(quiet);
    await cluster.client.create(Widget, widget('a'));
    const manager = await createManager({ transport: await accountWith(cluster, ['get', 'list', 'watch']), namespaces: ['default'], log: noopLogger });
    await using _running = await started(cluster, manager);
    await expect(manager.client.status.patch(Widget, at('a'), mergePatch({ status: { size: 1 } }))).rejects.toThrow(
      'widgets.demo.example.com "a" is forbidden: User "system:serviceaccount:default:operator" cannot patch resource "widgets/status" in API group "demo.example.com" in the namespace "default"',
    );
  });
});

describe('a graceful stop', () => {
  it('lets the reconcile under way finish, and leaves no socket and no timer', async () => {
    await using cluster = await TestCluster.start({ ...quiet, port: 0 });
    const { server } = cluster.cluster;
    const { certificate, key } = server.issueClientCertificate();
    const config: RestConfig = { server: cluster.cluster.url!, tls: { ca: server.certificateAuthority, cert: certificate, key } };
    const before = openResources();

    const manager = await createManager({ name: 'widget-operator', config, log: noopLogger, metrics: { bindAddress: '127.0.0.1:0' }, leaderElection: { name: 'widget-operator', namespace: 'default' } });
    let finish = (): void => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const done: string[] = [];
    controllerFor(manager).for(Widget).owns(ConfigMap).withOptions({ reconcileTimeout: 60_000 }).complete({
      async reconcile({ name }, { client, recorder }) {
        done.push(`begun ${name}`);
        await finished;
        recorder.event(await client.get(Widget, at(name)), 'Normal', 'Looked', 'Look', 'looked at it');
        await client.status.patch(Widget, at(name), mergePatch({ status: { size: 1 } }));
        done.push(`done ${name}`);
      },
    });
    await cluster.client.create(Widget, widget('a'));
    await cluster.client.create(Widget, widget('b'));
    const stop = new AbortController();
    const ended = manager.start(stop.signal);
    await eventually(() => expect(done).toEqual(['begun a']));
    expect(openedSince(before)).not.toEqual([]);

    stop.abort();
    finish();
    await ended;
    // The one under way was finished, with its writes; the one that waited was not begun.
    expect(done).toEqual(['begun a', 'done a']);
    expect((await cluster.client.get(Widget, at('a'))).status).toEqual({ size: 1 });
    expect((await cluster.client.list(Event, { namespace: 'default' })).items).toMatchObject([{ reason: 'Looked', regarding: { kind: 'Widget', name: 'a' } }]);
    expect((await cluster.client.get(Lease, at('widget-operator'))).spec?.holderIdentity).toBe('');
    await eventually(() => expect(openedSince(before)).toEqual([]));
    await expect(manager.client.patch(Widget, at('a'), mergePatch({ spec: { size: 2 } }))).rejects.toMatchObject({ code: 'KW_TRANSPORT_CLOSED' });
  });
});

async function started(cluster: TestCluster, manager: Manager): Promise<AsyncDisposable> {
  const running = await cluster.run(manager);
  await manager.elected;
  return running;
}

/** A transport as the ServiceAccount default/operator, which may do `verbs` with Widgets in its namespace. */
async function accountWith(cluster: TestCluster, verbs: string[]) {
  const { client } = cluster;
  await client.create(ServiceAccount, { metadata: at('operator') });
  await client.create(Role, { metadata: at('operator'), rules: [{ apiGroups: ['demo.example.com'], resources: ['widgets'], verbs }] });
  const subjects = [{ kind: 'ServiceAccount', namespace: 'default', name: 'operator' }];
  await client.create(RoleBinding, { metadata: at('operator'), roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'operator' }, subjects });
  return cluster.transport({ name: 'system:serviceaccount:default:operator', groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'] });
}

/** Nothing more was seen between two looks. */
async function idle(seen: readonly string[]): Promise<void> {
  let last = -1;
  await eventually(() => {
    const before = last;
    last = seen.length;
    expect(before).toBe(last);
  });
}

