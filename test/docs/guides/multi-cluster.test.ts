import { noopLogger } from '@kubewright/platform';
import { addClusterController, addClusters, createManager, mergePatch, staticClusters } from '@kubewright/runtime';
import { eventually, TestCluster } from '@kubewright/testing';
import { expect, it } from 'vitest';

import { Widget, widget, widgetDefinition } from '../../e2e/widget.js';

it('looks after two clusters', async () => {
  const start = () => TestCluster.start({ definitions: [widgetDefinition], controllers: 'none', nodes: 0 });
  await using home = await start();
  await using east = await start();
  await using west = await start();
  for (const cluster of [east, west]) await cluster.client.create(Widget, widget('same', cluster === east ? 1 : 2));
  const transport = home.transport();
  // #region snippet
  const manager = await createManager({ name: 'fleet-operator', transport, log: noopLogger });
  const clusters = addClusters(manager, staticClusters({
    east: { transport: east.transport() }, // in a real operator: { config: await loadRestConfig({ clock, context: 'east' }) }
    west: { transport: west.transport() },
  }));
  addClusterController(manager, clusters, {
    for: Widget,
    async reconcile({ namespace, name }, { client }) {
      const { spec } = await client.get(Widget, { namespace: namespace!, name }); // the client of the request's cluster
      await client.status.patch(Widget, { namespace: namespace!, name }, mergePatch({ status: { size: spec.size } }));
    },
  });
  // #endregion
  await using _running = await home.run(manager);
  const sizeIn = async (cluster: TestCluster) => (await cluster.client.get(Widget, { namespace: 'default', name: 'same' })).status?.size;
  await eventually(async () => expect([await sizeIn(east), await sizeIn(west)]).toEqual([1, 2]));
  await clusters.disengage('west');
  expect(clusters.engaged).toEqual(['east']);
});
