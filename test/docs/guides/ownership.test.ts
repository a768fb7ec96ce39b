import { isControlledBy, setControllerReference, type KubeObject } from '@kubewright/api';
import { ConfigMap } from '@kubewright/api/core/v1';
import { noopLogger } from '@kubewright/platform';
import { controllerFor, createManager, createOrUpdate, OWNER_INDEX } from '@kubewright/runtime';
import { eventually, TestCluster } from '@kubewright/testing';
import { expect, it } from 'vitest';

import { Widget, widget, widgetDefinition } from '../../e2e/widget.js';

it('keeps a child that goes with its owner', async () => {
  await using cluster = await TestCluster.start({ definitions: [widgetDefinition], controllers: ['garbagecollector'], nodes: 0 });
  const manager = await createManager({ name: 'widget-operator', transport: cluster.transport(), log: noopLogger });
  // #region snippet
  controllerFor(manager)
    .for(Widget)
    .owns(ConfigMap) // its events lead to the Widget that controls it
    .complete({
      async reconcileObject(owner: Widget & KubeObject, { client }) {
        const { namespace, name } = owner.metadata;
        await createOrUpdate(client, ConfigMap, { namespace: namespace!, name: `${name}-config` }, (config) => {
          setControllerReference(owner, Widget, config); // throws when something else controls it
          config.data = { size: String(owner.spec.size) };
        });
      },
    });
  // #endregion
  await using _running = await cluster.run(manager);
  const owner = await cluster.client.create(Widget, widget('a', 3));
  const child = { namespace: 'default', name: 'a-config' };
  await eventually(async () => expect(isControlledBy(await cluster.client.get(ConfigMap, child), owner)).toBe(true));
  const { client } = manager;
  // #region index
  const { items } = await client.list(ConfigMap, { namespace: 'default', fields: { [OWNER_INDEX]: owner.metadata.uid! } });
  // #endregion
  expect(items).toHaveLength(1);
  await cluster.client.delete(ConfigMap, child);
  await eventually(async () => expect((await cluster.client.get(ConfigMap, child)).data).toEqual({ size: '3' }));
  await cluster.client.delete(Widget, { namespace: 'default', name: 'a' });
  await eventually(async () => expect((await cluster.client.list(ConfigMap, { namespace: 'default' })).items).toEqual([]));
});

it('lets the framework look after the child', async () => {
  await using cluster = await TestCluster.start({ definitions: [widgetDefinition], controllers: 'none', nodes: 0 });
  const manager = await createManager({ name: 'widget-operator', transport: cluster.transport(), log: noopLogger });
  // #region dependents
  controllerFor(manager)
    .for(Widget)
    .dependent(ConfigMap, {
      desired: ({ metadata, spec }: Widget & KubeObject) => (spec.size > 0 ? { metadata: { name: `${metadata.name}-config` }, data: { size: String(spec.size) } } : undefined),
    })
    .complete();
  // #endregion
  await using _running = await cluster.run(manager);
  const created = await cluster.client.create(Widget, widget('a', 3));
  await eventually(async () => expect((await cluster.client.list(ConfigMap, { namespace: 'default' })).items).toMatchObject([{ data: { size: '3' } }]));
  await cluster.client.update(Widget, { ...created, spec: { size: 0 } });
  await eventually(async () => expect((await cluster.client.list(ConfigMap, { namespace: 'default' })).items).toEqual([]));
});
