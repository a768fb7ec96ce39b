import type { KubeObject } from '@kubewright/api';
import { ConfigMap } from '@kubewright/api/core/v1';
import { noopLogger } from '@kubewright/platform';
import { conditionIs, controllerFor, createManager, createOrUpdate, dryRunClient, mergeFrom, mutableCopy, renderWrite, retryOnConflict, waitFor, type Interceptor } from '@kubewright/runtime';
import { eventually, TestCluster } from '@kubewright/testing';
import { expect, it } from 'vitest';

import { Widget, widget, widgetDefinition } from '../../e2e/widget.js';

it('reads what it wrote, changes what it read, and sends nothing that changes nothing', async () => {
  await using cluster = await TestCluster.start({ definitions: [widgetDefinition], controllers: 'none', nodes: 0 });
  const manager = await createManager({ name: 'widget-operator', transport: cluster.transport(), log: noopLogger });
  await using _running = await cluster.run(manager);
  const { client } = manager;
  // #region snippet
  const name = { namespace: 'default', name: 'settings' };
  const made = await createOrUpdate(client, ConfigMap, name, (config) => {
    config.data = { ...config.data, size: '3' };
  });

  const seen = await client.get(ConfigMap, name); // from the cache, with what was just written
  const changed = { ...seen, data: { size: '4' } }; // a new object: what was read is frozen
  await client.patch(ConfigMap, name, mergeFrom(seen, changed, { optimisticLock: true }));

  const same = await client.get(ConfigMap, name);
  await client.update(ConfigMap, same); // nothing differs: no request
  // #endregion
  expect(made.operation).toBe('created');
  expect(same).toMatchObject({ data: { size: '4' } });
  expect((await cluster.client.get(ConfigMap, name)).metadata.resourceVersion).toBe(same.metadata.resourceVersion);
});

it('changes a copy of what it read', async () => {
  await using cluster = await TestCluster.start({ controllers: 'none', nodes: 0 });
  const name = { namespace: 'default', name: 'settings' };
  await cluster.client.create(ConfigMap, { metadata: name });
  const manager = await createManager({ name: 'widget-operator', transport: cluster.transport(), log: noopLogger });
  await using _running = await cluster.run(manager);
  const { client, apiReader } = manager;
  // #region mutableCopy
  await retryOnConflict(async () => {
    const config = mutableCopy(await apiReader.get(ConfigMap, name)); // past the cache, in each attempt
    config.data = { ...config.data, seen: 'yes' };
    await client.update(ConfigMap, config);
  });
  // #endregion
  expect((await client.get(ConfigMap, name)).data).toEqual({ seen: 'yes' });
});

it('is a manager\'s, with rings around it and kinds that are known by name', async () => {
  await using cluster = await TestCluster.start({ definitions: [widgetDefinition], controllers: 'none', nodes: 0 });
  await cluster.client.create(Widget, widget('a'));
  const transport = cluster.transport();
  const audited: string[] = [];
  // #region manager
  const audit: Interceptor = (next) => ({
    dispatch: (request, signal) => {
      if (request.method !== 'GET') audited.push(`${request.method} ${request.path}`);
      return next.dispatch(request, signal);
    },
    close: () => next.close(),
  });
  const manager = await createManager({ name: 'widget-operator', transport, log: noopLogger, interceptors: [audit] });
  const kind = await manager.restMapper.kindFor({ group: 'demo.example.com', kind: 'Widget' }); // asks the server, once
  controllerFor(manager).for(kind).complete({
    async reconcileObject({ metadata }: KubeObject, { client }) {
      await client.patch(kind, { namespace: metadata.namespace!, name: metadata.name! }, { type: 'merge', body: { metadata: { labels: { seen: 'yes' } } } });
    },
  });
  // #endregion
  await using _running = await cluster.run(manager);
  await eventually(() => expect(audited[0]).toBe('PATCH /apis/demo.example.com/v1/namespaces/default/widgets/a?fieldManager=widget-operator'));
});

it('plans instead of writing', async () => {
  await using cluster = await TestCluster.start({ definitions: [widgetDefinition], controllers: 'none', nodes: 0 });
  await cluster.client.create(Widget, widget('a'));
  const transport = cluster.transport();
  const plan: string[] = [];
  // #region dryRunManager
  const manager = await createManager({
    name: 'widget-operator',
    transport, // left out in a real operator
    log: noopLogger,
    dryRun: { onWrite: (write) => void plan.push(renderWrite(write)) }, // or true: printed on standard output
  });
  // #endregion
  controllerFor(manager).for(Widget).complete({
    reconcileObject: async (_object, { client }) => void (await client.create(ConfigMap, { metadata: { namespace: 'default', name: 'a-config' }, data: { size: '1' } })),
  });
  await using _running = await cluster.run(manager);
  await eventually(() => expect(plan[0]).toMatch(/^\+ create ConfigMap default\/a-config\n/));
  expect((await cluster.client.list(ConfigMap, { namespace: 'default' })).items).toEqual([]);
});

it('tells what it would write', async () => {
  await using cluster = await TestCluster.start({ controllers: 'none', nodes: 0 });
  const name = { namespace: 'default', name: 'settings' };
  await cluster.client.create(ConfigMap, { metadata: name, data: { size: '3' } });
  const lines: string[] = [];
  const real = cluster.client;
  const log = { info: (text: string) => void lines.push(text) };
  // #region dryRun
  const client = dryRunClient(real, { onWrite: (write) => log.info(renderWrite(write)) });
  await client.apply(ConfigMap, { metadata: name, data: { size: '4' } }, { force: true });
  // ~ apply ConfigMap default/settings
  //     ~ data.size: "3" -> "4"
  // #endregion
  expect(lines).toEqual([expect.stringMatching(/ConfigMap default\/settings\n.*data\.size/s)]);
  expect((await real.get(ConfigMap, name)).data).toEqual({ size: '3' });
});

it('waits until an object is as it should be', async () => {
  await using cluster = await TestCluster.start({ definitions: [widgetDefinition], controllers: 'none', nodes: 0 });
  const manager = await createManager({ name: 'widget-operator', transport: cluster.transport(), log: noopLogger });
  const created = await cluster.client.create(Widget, widget('a'));
  const { client } = manager;
  const name = { namespace: 'default', name: 'a' };
  // #region waitFor
  const ready = waitFor(client, Widget, name, conditionIs('Ready'), { timeout: 60_000 });
  // #endregion
  const lastTransitionTime = '2024-01-01T00:00:00Z';
  await cluster.client.status.update(Widget, { ...created, status: { conditions: [{ type: 'Ready', status: 'True', reason: 'Done', message: '', lastTransitionTime }] } });
  expect(await ready).toMatchObject({ metadata: { name: 'a' } });
});
