import { get } from 'node:https';

import { ClusterRole, ClusterRoleBinding } from '@kubewright/api/rbac/v1';
import { ServiceAccount } from '@kubewright/api/core/v1';
import { noopLogger } from '@kubewright/platform';
import { createManager } from '@kubewright/runtime';
import { eventually, TestCluster } from '@kubewright/testing';
import { expect, it } from 'vitest';

it('serves metrics to those who may', async () => {
  await using cluster = await TestCluster.start({ controllers: 'none', nodes: 0 });
  const transport = cluster.transport();
  // #region snippet
  const manager = await createManager({
    name: 'widget-operator',
    transport, // left out in a real operator
    log: noopLogger,
    metrics: {
      bindAddress: '127.0.0.1:0', // ':8443' in a pod
      certificate: 'self-signed', // or { certFile, keyFile }, read again each minute
      authorization: true, // TokenReview and SubjectAccessReview for each scraper
    },
    health: { bindAddress: 'localhost:0', maxEventLoopDelay: 30_000 },
    profiling: true, // /debug/profile/cpu?seconds=30 and /debug/profile/heap, under the same rules
  });
  const orders = manager.metrics.counter({ name: 'orders_total', help: 'Orders that were placed.', labelNames: ['shop'] });
  orders.inc({ shop: 'north' });
  // #endregion
  await using _running = await cluster.run(manager);
  await eventually(() => expect(manager.addresses.metrics).toBeDefined());
  const at = { namespace: 'default', name: 'scraper' };
  await cluster.client.create(ServiceAccount, { metadata: at });
  const { status } = await cluster.client.subresource('token').create(ServiceAccount, at, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec: { audiences: [] } }) as unknown as { status: { token: string } };
  const scrape = (token?: string): Promise<[number, string]> => new Promise((resolve, reject) => {
    get(`https://${manager.addresses.metrics}/metrics`, { rejectUnauthorized: false, agent: false, headers: token ? { authorization: `Bearer ${token}` } : {} }, (message) => {
      let body = '';
      message.on('data', (piece: Buffer) => (body += piece.toString())).on('end', () => resolve([message.statusCode!, body]));
    }).on('error', reject);
  });
  expect([(await scrape())[0], (await scrape('nonsense'))[0], (await scrape(status.token))[0]]).toEqual([401, 401, 403]);

  const other = { namespace: 'default', name: 'prometheus' };
  await cluster.client.create(ServiceAccount, { metadata: other });
  await cluster.client.create(ClusterRole, { metadata: { name: 'metrics-reader' }, rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }] });
  await cluster.client.create(ClusterRoleBinding, {
    metadata: { name: 'metrics-reader' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'metrics-reader' },
    subjects: [{ kind: 'ServiceAccount', ...other }],
  });
  const granted = await cluster.client.subresource('token').create(ServiceAccount, other, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec: { audiences: [] } }) as unknown as { status: { token: string } };
  const [code, body] = await scrape(granted.status.token);
  expect(code).toBe(200);
  expect(body).toContain('orders_total{shop="north"} 1\n');
});
