import { ConfigMap } from '@kubewright/api/core/v1';
import { noopLogger } from '@kubewright/platform';
import { conditionIs, createManager, createOrUpdate, dryRunClient, mergeFrom, renderWrite, waitFor } from '@kubewright/runtime';
import { TestCluster } from '@kubewright/testing';
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
  // update ConfigMap default/settings … data.size: "3" -> "4"
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
