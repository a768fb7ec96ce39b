import { ConfigMap, Namespace, Pod, Secret } from '@kubewright/api/core/v1';
import { noopLogger } from '@kubewright/platform';
import { createManager, hasCode, keepFields, metadataOnly } from '@kubewright/runtime';
import { TestCluster } from '@kubewright/testing';
import { expect, it } from 'vitest';

it('holds what it is told to, and finds by index', async () => {
  await using cluster = await TestCluster.start({ controllers: ['serviceaccount'], nodes: 0 });
  const spec = { nodeName: 'node-1', containers: [{ name: 'app', image: 'example.com/app:1' }] };
  for (const [name, app] of [['a', 'web'], ['b', 'other']] as const) await cluster.client.create(Pod, { metadata: { namespace: 'default', name, labels: { app } }, spec });
  await cluster.client.create(Secret, { metadata: { namespace: 'default', name: 's' }, stringData: { password: 'x' } });
  const transport = cluster.transport();
  // #region snippet
  const manager = await createManager({
    name: 'widget-operator',
    transport, // left out in a real operator
    log: noopLogger,
    namespaces: ['default'],
    cache: {
      kinds: [{ kind: Pod, labels: { app: 'web' }, transform: keepFields('spec.nodeName', 'status.phase') }],
    },
  });
  manager.cache.indexField(Pod, 'spec.nodeName', (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []));
  // #endregion
  await using _running = await cluster.run(manager);
  const { client } = manager;
  // #region reads
  const onNode = await client.list(Pod, { namespace: 'default', fields: { 'spec.nodeName': 'node-1' } });
  const secrets = await client.list(metadataOnly(Secret), { namespace: 'default' }); // names, labels and owners; never the data
  const live = await manager.apiReader.get(Pod, { namespace: 'default', name: 'b' }); // past the cache
  // #endregion
  expect(onNode.items.map(({ metadata, spec: kept }) => [metadata.name, kept])).toEqual([['a', { nodeName: 'node-1' }]]);
  expect(secrets.items).toMatchObject([{ metadata: { name: 's' } }]);
  expect(secrets.items[0]).not.toHaveProperty('data');
  expect(live.spec.containers).toHaveLength(1);
});

it('holds other namespaces when that is wanted', async () => {
  await using cluster = await TestCluster.start({ controllers: 'none', nodes: 0 });
  for (const namespace of ['shop', 'billing']) {
    await cluster.client.create(Namespace, { metadata: { name: namespace } });
    await cluster.client.create(ConfigMap, { metadata: { namespace, name: 'settings' } });
  }
  const manager = await createManager({ name: 'widget-operator', transport: cluster.transport(), log: noopLogger, namespaces: ['shop'] });
  const told: string[] = [];
  manager.cache.informerFor(ConfigMap).addHandler(({ type, entry }) => void told.push(`${type} ${entry.key}`));
  await using _running = await cluster.run(manager);
  await manager.client.list(ConfigMap);
  // #region namespaces
  await manager.cache.setNamespaces(ConfigMap, ['billing']); // resolves when it is there
  // #endregion
  expect(told).toEqual(['create shop/settings', 'delete shop/settings', 'create billing/settings']);
  expect((await manager.client.list(ConfigMap)).items.map(({ metadata }) => metadata.namespace)).toEqual(['billing']);
  await expect(manager.client.get(ConfigMap, { namespace: 'shop', name: 'settings' })).rejects.toSatisfy((error) => hasCode(error, 'KW_NAMESPACE_NOT_CACHED'));
});
