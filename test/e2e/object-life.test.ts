import { controllerOf, isAlreadyExists, isConflict, isNotFound, setControllerReference, type KubeObject } from '@kubewright/api';
import { Deployment } from '@kubewright/api/apps/v1';
import { ConfigMap, Secret, Service } from '@kubewright/api/core/v1';
import { Event } from '@kubewright/api/events/v1';
import { FakeClock, memoryLogger, noopLogger, realClock } from '@kubewright/platform';
import {
  addFinalizer, conditionsOf, controllerFor, createManager, createOrUpdate, dependent, DEPENDENT_LABEL, jsonPatch, mergePatch, patchStatus, PAUSED_ANNOTATION, RECONCILE_NOW_ANNOTATION,
  removeFinalizer, writeStatus, type DeepReadonly, type DependentsReport, type Manager,
} from '@kubewright/runtime';
import { eventually, TestCluster, type TestClusterOptions } from '@kubewright/testing';
import { describe, expect, it } from 'vitest';

import { GatedTransport } from './gated-transport.js';
import { Widget, widget, widgetDefinition } from './widget.js';

const quiet: TestClusterOptions = { definitions: [widgetDefinition], controllers: 'none', nodes: 0 };
const at = (name: string) => ({ namespace: 'default', name });
type WidgetObject = DeepReadonly<Widget & KubeObject>;
const OURS = 'demo.example.com/ours';

describe('a finalizer', () => {
  it('#98 is not put on an object that is being deleted: the server would refuse', async () => {
    await using cluster = await TestCluster.start(quiet);
    const { client } = cluster;
    await client.create(Widget, widget('a', 1, { finalizers: ['demo.example.com/theirs'] }));
    const alive = await client.get(Widget, at('a'));
    await client.delete(Widget, at('a'));
    const dying = await client.get(Widget, at('a'));
    expect(await addFinalizer(client, Widget, dying, OURS)).toBe(dying);
    // Who has not heard of the deletion yet finds out, and leaves it at that.
    expect((await addFinalizer(client, Widget, alive, OURS)).metadata.deletionTimestamp).toBeDefined();
    expect((await client.get(Widget, at('a'))).metadata.finalizers).toEqual(['demo.example.com/theirs']);
  });

  it('#99 goes alone, whoever else changes the list at the same time', async () => {
    await using cluster = await TestCluster.start(quiet);
    const { client } = cluster;
    await client.create(Widget, widget('a', 1, { finalizers: ['demo.example.com/first', OURS, 'demo.example.com/last'] }));
    const read = await client.get(Widget, at('a'));
    await removeFinalizer(client, Widget, read, 'demo.example.com/first');
    const rest = await removeFinalizer(client, Widget, read, OURS);
    expect(rest?.metadata.finalizers).toEqual(['demo.example.com/last']);
    expect((await removeFinalizer(client, Widget, read, OURS))?.metadata.finalizers).toEqual(['demo.example.com/last']);
  });

  it('#99 never goes from a successor of the same name', async () => {
    await using cluster = await TestCluster.start(quiet);
    const { client } = cluster;
    const first = await client.create(Widget, widget('a', 1, { finalizers: [OURS] }));
    await client.delete(Widget, at('a'));
    await removeFinalizer(client, Widget, first, OURS);
    await client.create(Widget, widget('a', 1, { finalizers: [OURS] }));
    expect(await removeFinalizer(client, Widget, first, OURS)).toBeUndefined();
    expect((await client.get(Widget, at('a'))).metadata.finalizers).toEqual([OURS]);
  });

  it('#100 that was the last one takes the object along, and a status write after it is content', async () => {
    await using cluster = await TestCluster.start(quiet);
    const { client } = cluster;
    await client.create(Widget, widget('a', 1, { finalizers: [OURS] }));
    await client.delete(Widget, at('a'));
    const dying = await client.get(Widget, at('a'));
    await removeFinalizer(client, Widget, dying, OURS);
    expect(await removeFinalizer(client, Widget, dying, OURS)).toBeUndefined();
    expect(await patchStatus(client, Widget, dying, { size: 3 })).toBe(dying);
  });

  it('#101 makes the list where there is none, and goes to the end of one', async () => {
    await using cluster = await TestCluster.start(quiet);
    const { client } = cluster;
    const bare = await client.create(Widget, widget('a'));
    expect((await addFinalizer(client, Widget, bare, OURS)).metadata.finalizers).toEqual([OURS]);
    // Both believe that there is no list.
    expect((await addFinalizer(client, Widget, bare, 'demo.example.com/other')).metadata.finalizers).toEqual([OURS, 'demo.example.com/other']);
  });
});

describe('cleanup()', () => {
  it('stands behind a finalizer that comes before the first reconcile and goes after the last word', async () => {
    await using cluster = await TestCluster.start(quiet);
    const manager = await createManager({ name: 'widget-operator', transport: cluster.transport(), log: noopLogger });
    const seen: string[] = [];
    let isDone = false;
    controllerFor(manager).for(Widget).complete({
      reconcileObject: async (object: WidgetObject) => void seen.push(`reconcile ${object.metadata.finalizers?.join()}`),
      cleanup: async (object: WidgetObject) => {
        seen.push(`cleanup ${object.metadata.name}`);
        return isDone ? undefined : { requeueAfter: 20 };
      },
    });
    await using _operator = await cluster.run(manager);
    await cluster.client.create(Widget, widget('a'));
    await eventually(() => expect(seen).toContain('reconcile demo.example.com/widget'));
    await cluster.client.delete(Widget, at('a'));
    await eventually(() => expect(seen.filter((line) => line === 'cleanup a').length).toBeGreaterThan(1));
    expect((await cluster.client.get(Widget, at('a'))).metadata.finalizers).toEqual(['demo.example.com/widget']);
    isDone = true;
    await eventually(async () => expect(await cluster.client.get(Widget, at('a')).catch(isNotFound)).toBe(true));
    expect(seen.every((line) => line.startsWith('cleanup') || line === 'reconcile demo.example.com/widget')).toBe(true);
  });
});

describe('a status', () => {
  it('#102 is written by its subresource alone, which writes nothing else and leaves the generation', async () => {
    await using cluster = await TestCluster.start(quiet);
    const { client } = cluster;
    const created = await client.create(Widget, widget('a'));
    const both = { ...created, metadata: { ...created.metadata, labels: { x: 'y' } }, spec: { size: 2 }, status: { size: 9 } };
    const main = await client.update(Widget, both);
    expect([main.spec.size, main.status]).toEqual([2, undefined]);
    const status = await client.status.update(Widget, { ...main, metadata: { ...main.metadata, labels: { x: 'z' } }, spec: { size: 3 }, status: { size: 9 } });
    expect([status.spec.size, status.status, status.metadata.labels, status.metadata.generation]).toEqual([2, { size: 9 }, { x: 'y' }, main.metadata.generation]);
    expect(status.metadata.resourceVersion).not.toBe(main.metadata.resourceVersion);
  });

  it('is not written when it is as it should be, and keeps transition times', async () => {
    await using cluster = await TestCluster.start(quiet);
    const { client } = cluster;
    const created = await client.create(Widget, widget('a'));
    const ready = { type: 'Ready', status: 'True', reason: 'Done' } as const;
    const first = await patchStatus(client, Widget, created, { size: 1, conditions: conditionsOf(created, realClock, ready) as never });
    expect(first.status?.conditions).toEqual([{ ...ready, message: '', observedGeneration: 1, lastTransitionTime: expect.any(String) as string }]);
    expect(await patchStatus(client, Widget, first, { conditions: conditionsOf(first, new FakeClock(0), ready) as never })).toBe(first);
    const second = await writeStatus(client, Widget, first, { size: 2 });
    expect(second.status).toEqual({ size: 2 });
    expect(await writeStatus(client, Widget, second, { size: 2 })).toBe(second);
  });

  it('#103 that was computed from a stale object conflicts, and comes right by itself without an error in the log', async () => {
    await using cluster = await TestCluster.start(quiet);
    const gate = new GatedTransport(cluster.transport());
    const log = memoryLogger();
    const manager = await createManager({ name: 'widget-operator', transport: gate, log });
    controllerFor(manager).for(Widget).complete({
      reconcileObject: async (object: WidgetObject, { client }) => void (await patchStatus(client, Widget, object, { size: object.spec.size })),
    });
    await using _operator = await cluster.run(manager);
    await cluster.client.create(Widget, widget('a'));
    await eventually(async () => expect((await cluster.client.get(Widget, at('a'))).status?.size).toBe(1));
    const stale = await manager.client.get(Widget, at('a'));
    gate.hold();
    await cluster.client.patch(Widget, at('a'), mergePatch({ spec: { size: 2 } }));
    await expect(patchStatus(manager.client, Widget, stale, { size: 7 })).rejects.toSatisfy(isConflict);
    gate.release();
    await eventually(async () => expect((await cluster.client.get(Widget, at('a'))).status?.size).toBe(2));
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('the status of an object that is gone', () => {
  it('is nothing to write, although the cache still shows the object, and no error in the log', async () => {
    await using cluster = await TestCluster.start(quiet);
    const gate = new GatedTransport(cluster.transport());
    const log = memoryLogger();
    const manager = await createManager({ name: 'widget-operator', transport: gate, log });
    const statuses: unknown[] = [];
    let go = (): void => {};
    const deleted = new Promise<void>((resolve) => (go = resolve));
    controllerFor(manager).for(Widget).complete({
      reconcileObject: async (object: WidgetObject, { client }) => {
        await deleted;
        statuses.push((await patchStatus(client, Widget, object, { size: 7 })).status, (await writeStatus(client, Widget, object, { size: 8 })).status);
      },
    });
    await using _operator = await cluster.run(manager);
    await cluster.client.create(Widget, widget('a'));
    await eventually(async () => expect((await manager.client.list(Widget)).items).toHaveLength(1));
    gate.hold();
    await cluster.client.delete(Widget, at('a'));
    go();
    await eventually(() => expect(statuses).toEqual([undefined, undefined]));
    gate.release();
    await eventually(async () => expect((await manager.client.list(Widget)).items).toEqual([]));
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('is another thing than a kind that has no status subresource, which is said', async () => {
    const plain = structuredClone(widgetDefinition) as KubeObject & { spec: { versions: { subresources?: object }[] } };
    delete plain.spec.versions[0]!.subresources;
    await using cluster = await TestCluster.start({ ...quiet, definitions: [plain] });
    const created = await cluster.client.create(Widget, widget('a'));
    await expect(patchStatus(cluster.client, Widget, created, { size: 7 })).rejects.toMatchObject({ code: 'KW_INVALID_ARGUMENT', message: 'status of Widget default/a: the object is there, the status subresource is not' });
  });
});

describe('an owner', () => {
  it('#109 that was deleted and made anew does not keep the children of the first one, and those of the second stay', async () => {
    await using cluster = await TestCluster.start({ definitions: [widgetDefinition], nodes: 0 });
    const { client } = cluster;
    const first = await client.create(Widget, widget('a'));
    const child = (name: string, owner: object): KubeObject => {
      const object: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name } };
      setControllerReference(owner as KubeObject, Widget, object);
      return object;
    };
    await client.create(ConfigMap, child('of-first', first) as never);
    await client.delete(Widget, at('a'));
    await eventually(async () => expect(await client.get(Widget, at('a')).catch(isNotFound)).toBe(true));
    const second = await client.create(Widget, widget('a'));
    expect(second.metadata.uid).not.toBe(first.metadata.uid);
    await client.create(ConfigMap, child('by-stale-copy', first) as never);
    await client.create(ConfigMap, child('of-second', second) as never);
    await eventually(async () => expect(((await client.list(ConfigMap, { namespace: 'default' })).items).map(({ metadata }) => metadata.name).filter((name) => name !== 'kube-root-ca.crt')).toEqual(['of-second']));
  });

  it('#113 that makes or updates a child finds it unchanged the second time, whatever the server filled in', async () => {
    await using cluster = await TestCluster.start(quiet);
    const { client } = cluster;
    const once = () => createOrUpdate(client, Service, at('web'), (service) => {
      service.spec = { ...service.spec, selector: { app: 'web' }, ports: [{ ...service.spec?.ports?.[0], port: 80 }] };
    });
    expect((await once()).operation).toBe('created');
    expect((await once()).operation).toBe('unchanged');
  });

  it('#114 makes one object in two runs when names are its own', async () => {
    await using cluster = await TestCluster.start(quiet);
    const { client } = cluster;
    const run = () => createOrUpdate(client, ConfigMap, at('settings'), (map) => void (map.data = { a: 'b' }));
    await Promise.all([run(), run()].map((each) => each.catch((error: unknown) => expect(error).toSatisfy(isConflict))));
    await run();
    expect((await client.list(ConfigMap, { namespace: 'default', fields: { 'metadata.name': 'settings' } })).items).toHaveLength(1);
  });

  it('#115 that creates what a stale cache does not show reads again', async () => {
    await using cluster = await TestCluster.start(quiet);
    const gate = new GatedTransport(cluster.transport());
    const manager = await createManager({ transport: gate, log: noopLogger });
    await using _operator = await cluster.run(manager);
    await manager.client.list(ConfigMap);
    gate.hold();
    await cluster.client.create(ConfigMap, { metadata: at('settings'), data: { theirs: '1' } });
    await expect(manager.client.create(ConfigMap, { metadata: at('settings') })).rejects.toSatisfy(isAlreadyExists);
    const { operation, object } = await createOrUpdate(manager.client, ConfigMap, at('settings'), (map) => void (map.data = { ...map.data, ours: '2' }));
    expect([operation, object.data]).toEqual(['updated', { theirs: '1', ours: '2' }]);
    gate.release();
  });
});

describe('annotations', () => {
  it('pause an object and bring it back, and both are told by Events', async () => {
    await using cluster = await TestCluster.start(quiet);
    const manager = await createManager({ name: 'widget-operator', transport: cluster.transport(), log: noopLogger });
    const seen: number[] = [];
    controllerFor(manager).for(Widget, { predicates: [(event) => (event.type === 'update' && event.old.generation === event.entry.generation ? 'generation unchanged' : undefined)] })
      .complete({ reconcileObject: async (object: WidgetObject) => void seen.push(object.spec.size) });
    await using _operator = await cluster.run(manager);
    const annotate = (name: string, value: string | null) => cluster.client.patch(Widget, at('a'), mergePatch({ metadata: { annotations: { [name]: value } } }));
    const reasons = async (): Promise<(string | undefined)[]> => (await cluster.client.list(Event)).items.map(({ reason }) => reason);

    await cluster.client.create(Widget, widget('a'));
    await eventually(() => expect(seen).toEqual([1]));
    await annotate(PAUSED_ANNOTATION, 'true');
    await eventually(async () => expect(await reasons()).toContain('ReconcilePaused'));
    await cluster.client.patch(Widget, at('a'), mergePatch({ spec: { size: 2 } }));
    await annotate(PAUSED_ANNOTATION, null);
    await eventually(() => expect(seen).toEqual([1, 2]));
    await annotate(RECONCILE_NOW_ANNOTATION, 'please');
    await eventually(() => expect(seen).toEqual([1, 2, 2]));
    await eventually(async () => expect((await reasons()).sort()).toEqual(['ReconcilePaused', 'ReconcileRequested', 'ReconcileResumed']));
  });
});

describe('dependents', () => {
  const config = dependent(ConfigMap, { desired: (object: WidgetObject) => ({ metadata: { name: `${object.metadata.name}-config` }, data: { size: String(object.spec.size) } }) });
  const parts = dependent(Secret, {
    desired: (object: WidgetObject) => (object.spec.parts ?? []).map(({ name }) => ({ metadata: { name: `${object.metadata.name}-${name}` }, data: { part: Buffer.from(name).toString('base64') } })),
  });
  const web = dependent(Deployment, {
    dependsOn: ['configmap'],
    wantedWhen: (object: WidgetObject) => object.spec.colour !== 'red',
    desired: (object: WidgetObject) => ({
      metadata: { name: object.metadata.name!, annotations: { size: String(object.spec.size) } },
      spec: {
        replicas: object.spec.size,
        selector: { matchLabels: { app: object.metadata.name! } },
        template: {
          metadata: { labels: { app: object.metadata.name! } },
          spec: { containers: [{ name: 'web', image: 'nginx', ports: [{ containerPort: 80 }], resources: { requests: { cpu: '1000m' } } }], volumes: [{ name: 'tmp', emptyDir: {} }] },
        },
      },
    }),
    readyWhen: ([deployment]) => deployment?.status?.readyReplicas === deployment?.spec?.replicas,
  });

  async function running(cluster: TestCluster, transport = cluster.transport()) {
    const manager: Manager = await createManager({ name: 'widget-operator', transport, log: noopLogger });
    const reports: DependentsReport[] = [];
    controllerFor(manager).for(Widget).dependents(config, web, parts).complete({
      reconcileObject: async (_object: WidgetObject, { dependents }) => void reports.push(dependents!),
    });
    const operator = await cluster.run(manager);
    const states = () => Object.fromEntries([...(reports.at(-1)?.byName ?? [])].map(([name, { state }]) => [name, state]));
    return { manager, operator, reports, states };
  }

  it('are made in order, updated, pruned, and reported; drift is put right and what others own is left', async () => {
    await using cluster = await TestCluster.start(quiet);
    const { operator, states, reports } = await running(cluster);
    await using _operator = operator;
    const { client } = cluster;
    await client.create(Widget, { ...widget('a', 1), spec: { size: 1, parts: [{ name: 'x' }, { name: 'y' }] } });
    await eventually(() => expect(states()).toEqual({ configmap: 'ready', deployment: 'applied', secret: 'ready' }));
    expect(reports.at(-1)!.isReady).toBe(false);
    const made = await client.get(Deployment, at('a'));
    expect([made.metadata.labels?.[DEPENDENT_LABEL], controllerOf(made)?.kind]).toEqual(['deployment', 'Widget']);

    await client.status.patch(Deployment, at('a'), mergePatch({ status: { readyReplicas: 1 } }));
    await eventually(() => expect(reports.at(-1)!.isReady).toBe(true));

    await client.patch(ConfigMap, at('a-config'), mergePatch({ data: { size: 'changed', theirs: 'kept' } }));
    await eventually(async () => expect((await client.get(ConfigMap, at('a-config'))).data).toEqual({ size: '1', theirs: 'kept' }));
    await client.delete(ConfigMap, at('a-config'));
    await eventually(async () => expect((await client.get(ConfigMap, at('a-config'))).data).toEqual({ size: '1' }));

    await client.patch(Widget, at('a'), mergePatch({ spec: { size: 2, parts: [{ name: 'y' }], colour: 'red' } }));
    await eventually(async () => expect((await client.list(Secret, { namespace: 'default' })).items.map(({ metadata }) => metadata.name)).toEqual(['a-y']));
    await eventually(() => expect(states()).toEqual({ configmap: 'ready', deployment: 'unwanted', secret: 'ready' }));
    expect(await client.get(Deployment, at('a')).catch(isNotFound)).toBe(true);
    expect((await client.get(ConfigMap, at('a-config'))).data).toEqual({ size: '2' });
  });

  it('are not written again when nothing differs, not even after a restart', async () => {
    await using cluster = await TestCluster.start(quiet);
    const { client } = cluster;
    await client.create(Widget, { ...widget('a', 1), spec: { size: 1, parts: [{ name: 'x' }] } });
    {
      const { operator, states } = await running(cluster);
      await using _operator = operator;
      await eventually(() => expect(states()).toEqual({ configmap: 'ready', deployment: 'applied', secret: 'ready' }));
    }
    const writes: string[] = [];
    const transport = cluster.transport();
    const counted = { ...transport, close: () => transport.close(), dispatch: (request: Parameters<typeof transport.dispatch>[0], signal?: AbortSignal) => {
      if (request.method !== 'GET') writes.push(`${request.method} ${request.path}`);
      return transport.dispatch(request, signal);
    } };
    const { operator, states } = await running(cluster, counted);
    await using _operator = operator;
    await eventually(() => expect(states()).toEqual({ configmap: 'ready', deployment: 'applied', secret: 'ready' }));
    await client.status.patch(Deployment, at('a'), mergePatch({ status: { readyReplicas: 1 } }));
    await eventually(() => expect(states()).toMatchObject({ deployment: 'ready' }));
    expect(writes).toEqual([]);
  });

  it('do not take what another object controls', async () => {
    await using cluster = await TestCluster.start(quiet);
    const { client } = cluster;
    const other = await client.create(Widget, widget('other'));
    const map: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: at('a-config') };
    setControllerReference(other, Widget, map);
    await client.create(ConfigMap, map as never);
    const { operator, reports } = await running(cluster);
    await using _operator = operator;
    await client.create(Widget, widget('a'));
    await eventually(() => expect(reports.some(({ byName }) => byName.get('configmap')?.state === 'failed')).toBe(true));
    const failed = reports.find(({ byName }) => byName.get('configmap')?.state === 'failed')!.byName;
    expect(String(failed.get('configmap')!.error)).toContain('already owned by another Widget controller other');
    expect(failed.get('deployment')?.state).toBe('waiting');
    expect(failed.get('secret')?.state).toBe('unwanted');
  });

  it('go in reverse order before their object, when asked to', async () => {
    await using cluster = await TestCluster.start(quiet);
    const manager = await createManager({ name: 'widget-operator', transport: cluster.transport(), log: noopLogger });
    controllerFor(manager).for(Widget).dependents(config, web).withOrderedDeletion().complete();
    await using _operator = await cluster.run(manager);
    const { client } = cluster;
    await client.create(Widget, widget('a'));
    await eventually(async () => expect((await client.get(Deployment, at('a'))).metadata.uid).toBeDefined());
    await client.patch(Deployment, at('a'), jsonPatch([{ op: 'add', path: '/metadata/finalizers', value: ['demo.example.com/hold'] }]));
    await client.delete(Widget, at('a'));
    await eventually(async () => expect((await client.get(Deployment, at('a'))).metadata.deletionTimestamp).toBeDefined());
    expect((await client.get(ConfigMap, at('a-config'))).metadata.deletionTimestamp).toBeUndefined();
    expect((await client.get(Widget, at('a'))).metadata.finalizers).toEqual(['demo.example.com/widget']);
    await client.patch(Deployment, at('a'), jsonPatch([{ op: 'remove', path: '/metadata/finalizers' }]));
    await eventually(async () => expect(await client.get(Widget, at('a')).catch(isNotFound)).toBe(true));
    expect(await client.get(ConfigMap, at('a-config')).catch(isNotFound)).toBe(true);
  });
});
