import type { KubeObject } from '@kubewright/api';
import { ConfigMap } from '@kubewright/api/core/v1';
import { noopLogger } from '@kubewright/platform';
import { controllerFor, createManager } from '@kubewright/runtime';
import { eventually, TestCluster } from '@kubewright/testing';
import { expect, it } from 'vitest';

import { Widget, widget, widgetDefinition } from '../../e2e/widget.js';

it('lives through watches that are cut and an API server that restarts', async () => {
  await using cluster = await TestCluster.start({ definitions: [widgetDefinition], controllers: 'none', nodes: 0 });
  const manager = await createManager({ name: 'widget-operator', transport: cluster.transport(), log: noopLogger });
  controllerFor(manager)
    .for(Widget)
    .dependent(ConfigMap, { desired: ({ metadata, spec }: Widget & KubeObject) => ({ metadata: { name: metadata.name! }, data: { size: String(spec.size) } }) })
    .complete();
  await using _running = await cluster.run(manager);
  await cluster.client.create(Widget, widget('first'));
  await eventually(async () => expect((await cluster.client.get(ConfigMap, { namespace: 'default', name: 'first' })).data).toEqual({ size: '1' }));
  // #region faults
  cluster.faults.cutWatches(({ plural }) => plural === 'widgets');
  await cluster.client.create(Widget, widget('second'));
  await cluster.faults.restartApi({ hang: 20, downtime: 100 });
  await eventually(async () => expect((await cluster.client.get(ConfigMap, { namespace: 'default', name: 'second' })).data).toEqual({ size: '1' }));
  // #endregion
});

it('comes back to what it was when a snapshot was taken', async () => {
  await using cluster = await TestCluster.start({ definitions: [widgetDefinition], controllers: 'none', nodes: 0 });
  // #region snapshots
  await cluster.client.create(Widget, widget('shared'));
  const snapshot = cluster.snapshot();

  await cluster.client.delete(Widget, { namespace: 'default', name: 'shared' });
  await cluster.client.create(Widget, widget('other'));

  await cluster.restore(snapshot);
  expect((await cluster.client.list(Widget)).items.map(({ metadata }) => metadata.name)).toEqual(['shared']);
  // #endregion
});
