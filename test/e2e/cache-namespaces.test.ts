import type { KubeObject } from '@kubewright/api';
import { ConfigMap, Namespace } from '@kubewright/api/core/v1';
import { memoryLogger } from '@kubewright/platform';
import { controllerFor, createManager, createOrUpdate } from '@kubewright/runtime';
import { eventually, TestCluster, type TestClusterOptions } from '@kubewright/testing';
import { expect, it } from 'vitest';

import { Widget, widget, widgetDefinition } from './widget.js';

const quiet: TestClusterOptions = { definitions: [widgetDefinition], controllers: 'none', nodes: 0 };

it.each(['objects', 'bytes'] as const)('a controller looks after other namespaces when the cache of its kinds does, and undoes nothing where it stops (%s)', async (store) => {
  await using cluster = await TestCluster.start(quiet);
  const { client: admin } = cluster;
  for (const namespace of ['shop', 'billing']) {
    await admin.create(Namespace, { metadata: { name: namespace } });
    await admin.create(Widget, widget('a', 1, { namespace }));
  }
  const log = memoryLogger();
  const seen: string[] = [];
  const manager = await createManager({ name: 'widget-operator', transport: cluster.transport(), log, namespaces: ['shop'], cache: { store } });
  controllerFor(manager).for(Widget).owns(ConfigMap).complete({
    async reconcileObject({ metadata, spec }: Widget & KubeObject, { client }) {
      seen.push(`${metadata.namespace} ${spec.size}`);
      await createOrUpdate(client, ConfigMap, { namespace: metadata.namespace!, name: 'a-config' }, (config) => void (config.data = { size: String(spec.size) }));
    },
  });
  await using _running = await cluster.run(manager);
  const configs = async (): Promise<string[]> => (await admin.list(ConfigMap, { fields: { 'metadata.name': 'a-config' } })).items.map(({ metadata }) => metadata.namespace!).sort();
  await eventually(async () => expect(await configs()).toEqual(['shop']));

  await manager.cache.setNamespaces(ConfigMap, ['shop', 'billing']);
  await manager.cache.setNamespaces(Widget, ['shop', 'billing']);
  await eventually(async () => expect(await configs()).toEqual(['billing', 'shop']));

  await manager.cache.setNamespaces(Widget, ['billing']);
  await manager.cache.setNamespaces(ConfigMap, ['billing']);
  seen.length = 0;
  await admin.patch(Widget, { namespace: 'shop', name: 'a' }, { type: 'merge', body: { spec: { size: 7 } } });
  await admin.patch(Widget, { namespace: 'billing', name: 'a' }, { type: 'merge', body: { spec: { size: 8 } } });
  await eventually(() => expect(seen).toContain('billing 8'));
  expect(seen.filter((line) => line.startsWith('shop'))).toEqual([]);
  expect(await configs()).toEqual(['billing', 'shop']);

  await manager.cache.setNamespaces(ConfigMap, undefined);
  await manager.cache.setNamespaces(Widget, undefined);
  await eventually(() => expect(seen).toContain('shop 7'));
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});
