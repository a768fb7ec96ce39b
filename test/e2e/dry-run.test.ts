import { isNotFound, setControllerReference, type KindRef, type KubeObject } from '@kubewright/api';
import { Deployment } from '@kubewright/api/apps/v1';
import { Lease } from '@kubewright/api/coordination/v1';
import { ConfigMap, Pod, Secret, Service } from '@kubewright/api/core/v1';
import { Event } from '@kubewright/api/events/v1';
import { noopLogger } from '@kubewright/platform';
import {
  addClusterController, addClusters, addFinalizer, conditionsOf, controllerFor, createManager, createOrUpdate, jsonPatch, mergePatch, patchStatus, renderWrite, staticClusters, type PlannedWrite,
} from '@kubewright/runtime';
import { eventually, TestCluster, type TestClusterOptions } from '@kubewright/testing';
import { expect, it } from 'vitest';

import { Widget, widget, widgetDefinition } from './widget.js';

const quiet: TestClusterOptions = { definitions: [widgetDefinition], controllers: 'none', nodes: 0 };
const at = (name: string) => ({ namespace: 'default', name });

/** Every object of the kinds that are written below, by version: equal before and after where nothing was written. */
async function versionsOf(cluster: TestCluster): Promise<string[]> {
  const kinds: readonly (KindRef<never> | KindRef)[] = [Widget, ConfigMap, Secret, Service, Deployment, Pod, Lease, Event];
  const lists = await Promise.all(kinds.map((kind) => cluster.client.list(kind)));
  return lists.flatMap(({ items }, index) => (items as unknown as KubeObject[]).map(({ metadata }) => `${(kinds[index] as { name?: string }).name ?? (kinds[index] as { kind: string }).kind} ${metadata.namespace}/${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`)).sort();
}

it('an operator in a dry run plans all that it would write, reads its plan, and leaves the server as it is', async () => {
  await using cluster = await TestCluster.start(quiet);
  const { client: admin } = cluster;
  const owner = await admin.create(Widget, widget('web', 3));
  await admin.create(Widget, widget('dying', 1, { finalizers: ['demo.example.com/theirs', 'demo.example.com/widget'] }));
  await admin.delete(Widget, at('dying'));
  const stale: ConfigMap = { metadata: { ...at('web-config'), labels: { kept: 'yes' } }, data: { size: '1', old: 'x' } };
  setControllerReference(owner, Widget, stale as KubeObject);
  await admin.create(ConfigMap, stale);
  await admin.create(Secret, { metadata: { ...at('web-old'), labels: { app: 'web' } } });
  await admin.create(Secret, { metadata: { ...at('web-older'), labels: { app: 'web' } } });
  const before = await versionsOf(cluster);

  const plan: PlannedWrite[] = [];
  const seen: Record<string, unknown> = {};
  const manager = await createManager({
    name: 'widget-operator', transport: cluster.transport(), log: noopLogger, leaderElection: { name: 'widget-operator', namespace: 'default' }, dryRun: { onWrite: (write) => void plan.push(write) },
  });
  controllerFor(manager)
    .for(Widget)
    .owns(ConfigMap)
    .dependent(Deployment, {
      desired: ({ metadata, spec }: Widget & KubeObject) => ({
        metadata: { name: metadata.name! },
        spec: { replicas: spec.size, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web' }] } } },
      }),
    })
    .complete({
      async reconcileObject(object: Widget & KubeObject, { client, clock, recorder }) {
        const config = at('web-config');
        await createOrUpdate(client, ConfigMap, config, (map) => {
          setControllerReference(object, Widget, map);
          map.data = { size: String(object.spec.size) };
        });
        seen['config'] = (await client.get(ConfigMap, config)).data;
        await client.create(Service, { metadata: at('web'), spec: { ports: [{ port: 80 }] } });
        await client.patch(Service, at('web'), jsonPatch([{ op: 'add', path: '/spec/type', value: 'NodePort' }]));
        seen['service'] = (await client.list(Service, { namespace: 'default' })).items.filter(({ metadata }) => metadata.name !== 'kubernetes').map(({ metadata, spec }) => `${metadata.name} ${spec?.type}`);
        await client.deleteAllOf(Secret, { namespace: 'default', labels: { app: 'web' } });
        seen['secrets'] = (await client.list(Secret, { namespace: 'default' })).items.length;
        await client.apply(Deployment, { metadata: { ...at('web') }, spec: { replicas: 7 } } as never, { force: true });
        seen['deployment'] = (await client.get(Deployment, at('web'))).spec?.replicas;
        await client.subresource('scale').patch(Deployment, at('web'), mergePatch({ spec: { replicas: 9 } })).catch((error: unknown) => isNotFound(error) || Promise.reject(error as Error));
        await client.delete(Service, at('web'));
        seen['gone'] = await client.get(Service, at('web')).catch(isNotFound);
        await addFinalizer(client, Widget, object, 'demo.example.com/more');
        await patchStatus(client, Widget, await client.get(Widget, at('web')), { size: object.spec.size, conditions: conditionsOf(object, clock, { type: 'Ready', status: 'True', reason: 'Done' }) });
        seen['status'] = (await client.get(Widget, at('web'))).status?.size;
        recorder.event(object, 'Normal', 'Done', 'Reconcile', 'planned');
        seen['done'] = true;
      },
      async cleanup() {
        seen['cleanup'] = true;
      },
    });

  await using _running = await cluster.run(manager);
  await eventually(() => expect(seen).toEqual({ config: { size: '3' }, service: ['web NodePort'], secrets: 0, deployment: 7, gone: true, status: 3, done: true, cleanup: true }));
  const lines = plan.map((write) => renderWrite(write).split('\n')[0]);
  expect(lines).toEqual(expect.arrayContaining([
    '~ update ConfigMap default/web-config', '+ create Service default/web', '~ patch Service default/web', '- deleteAllOf Secret', '+ apply Deployment default/web', '~ apply Deployment default/web', '- delete Service default/web', '~ patch Widget default/web (status)', '~ patch Widget default/dying',
  ]));
  expect(plan.find(({ verb, kind }) => verb === 'update' && kind.kind === 'ConfigMap')?.changes).toEqual([{ path: 'data.size', before: '1', after: '3' }, { path: 'data.old', before: 'x', after: undefined }]);
  // Nor does it write by other ways: no Lease, no Event, and no object that exists is another version.
  expect(await versionsOf(cluster)).toEqual(before);
});

it('a dry run covers the clusters beside its own, whose writes it names', async () => {
  await using home = await TestCluster.start(quiet);
  await using east = await TestCluster.start(quiet);
  await east.client.create(Widget, widget('a', 2));
  const before = [await versionsOf(home), await versionsOf(east)];
  const shown: string[] = [];
  const manager = await createManager({ name: 'fleet', transport: home.transport(), log: noopLogger, dryRun: { onWrite: (write) => void shown.push(renderWrite(write).split('\n')[0]!) } });
  const clusters = addClusters(manager, staticClusters({ east: { transport: east.transport() } }));
  const seen: unknown[] = [];
  addClusterController(manager, clusters, {
    for: Widget,
    async reconcile({ namespace, name }, { client, cluster }) {
      const object = await client.get(Widget, { namespace: namespace!, name });
      await patchStatus(client, Widget, object, { size: object.spec.size });
      await client.create(ConfigMap, { metadata: at('made') });
      seen.push((await client.get(Widget, { namespace: namespace!, name })).status?.size, (await client.list(ConfigMap, { namespace: 'default' })).items.map(({ metadata }) => metadata.name));
      expect(await cluster.apiReader.get(ConfigMap, at('made')).catch(isNotFound)).toBe(true);
    },
  });
  await using _running = await home.run(manager);
  await eventually(() => expect(seen).toEqual([2, ['made']]));
  expect(shown).toEqual(['~ patch Widget default/a (status) in cluster east', '+ create ConfigMap default/made in cluster east']);
  expect([await versionsOf(home), await versionsOf(east)]).toEqual(before);
});

it('a dry run in which the server tries each write stores nothing either', async () => {
  await using cluster = await TestCluster.start(quiet);
  await cluster.client.create(Widget, widget('a', 2));
  const before = await versionsOf(cluster);
  const plan: PlannedWrite[] = [];
  const manager = await createManager({ name: 'widget-operator', transport: cluster.transport(), log: noopLogger, dryRun: { server: true, onWrite: (write) => void plan.push(write) } });
  let invalid: unknown;
  controllerFor(manager)
    .for(Widget)
    .complete({
      async reconcileObject(object: Widget & KubeObject, { client }) {
        await client.create(Service, { metadata: at('web'), spec: { ports: [{ port: 80 }] } });
        invalid = await client.patch(Widget, at('a'), mergePatch({ spec: { size: 999 } })).catch((error: unknown) => error);
        await patchStatus(client, Widget, object, { size: 2 });
      },
    });
  await using _running = await cluster.run(manager);
  await eventually(() => expect(plan.length).toBeGreaterThanOrEqual(2));
  await eventually(() => expect(invalid).toBeDefined());
  // What only the server knows is in the plan, and what it refuses is refused.
  expect(renderWrite(plan[0]!)).toMatch(/spec\.type: "ClusterIP"[^]*spec\.ports\[0\]\.protocol: "TCP"|spec\.ports\[0\]\.protocol: "TCP"[^]*spec\.type: "ClusterIP"/);
  expect(invalid).toMatchObject({ reason: 'Invalid', message: expect.stringContaining('spec.size') });
  expect(await versionsOf(cluster)).toEqual(before);
});
