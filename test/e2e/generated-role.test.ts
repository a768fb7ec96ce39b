import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { KubeObject } from '@kubewright/api';
import { ConfigMap, ServiceAccount } from '@kubewright/api/core/v1';
import { Event } from '@kubewright/api/events/v1';
import { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '@kubewright/api/rbac/v1';
import { generate, type RoleDocument } from '@kubewright/crdgen';
import { createManager as createPrometheusOperator } from '@kubewright/example-prometheus-operator';
import { Prometheus } from '@kubewright/example-prometheus-operator/api';
import { definitions as prometheusDefinitions } from '@kubewright/example-prometheus-operator/definitions';
import { noopLogger, type Transport } from '@kubewright/platform';
import type { Manager } from '@kubewright/runtime';
import { eventually, TestCluster } from '@kubewright/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { createApi } from '../../packages/cli/src/commands/create-api.js';
import { init } from '../../packages/cli/src/commands/init.js';
import { Gadget, startedOperator } from './rbac-operator/operator.js';

const OPERATOR = { name: 'system:serviceaccount:default:operator', groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'] };
const at = (name: string) => ({ namespace: 'default', name });

/** What an operator asked for, as rules name it: `verb group/resource`; and what it was refused. */
class Recording implements Transport {
  readonly asked = new Set<string>();
  readonly refused: string[] = [];

  constructor(private readonly inner: Transport) {}

  async dispatch(...[request, signal]: Parameters<Transport['dispatch']>): ReturnType<Transport['dispatch']> {
    const response = await this.inner.dispatch(request, signal);
    const [path = ''] = request.path.split('?');
    const [, group = '', rest = ''] = /^\/(?:api\/[^/]+|apis\/([^/]+)\/[^/]+)\/(.+)$/.exec(path) ?? [];
    const [resource, , subresource] = rest.replace(/^namespaces\/[^/]+\/(?=.)/, '').split('/');
    if (rest) this.asked.add(`${group}/${resource}${subresource ? `/${subresource}` : ''}`);
    if (response.status === 403) this.refused.push(`${request.method} ${path}`);
    return response;
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}

/** Binds an account to the generated roles, and to nothing else. */
async function bound(cluster: TestCluster, roles: readonly RoleDocument[]): Promise<Recording> {
  const { client } = cluster;
  await client.create(ServiceAccount, { metadata: at('operator') });
  const subjects = [{ kind: 'ServiceAccount', ...at('operator') }];
  for (const role of roles) {
    const { name, namespace } = role.metadata;
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: role.kind, name };
    if (namespace === undefined) {
      await client.create(ClusterRole, role as never);
      await client.create(ClusterRoleBinding, { metadata: { name }, roleRef, subjects });
    } else {
      await client.create(Role, role as never);
      await client.create(RoleBinding, { metadata: { name, namespace }, roleRef, subjects });
    }
  }
  return new Recording(cluster.transport(OPERATOR));
}

/** Resources of the roles that were never asked for. Rules for events name the old group too, for those who write there. */
function unused(roles: readonly RoleDocument[], { asked }: Recording): string[] {
  const named = roles.flatMap(({ rules }) => rules.flatMap((rule) => (rule.apiGroups ?? []).flatMap((group) => (rule.resources ?? []).map((resource) => `${group}/${resource}`))));
  return [...new Set(named)].filter((one) => !asked.has(one)).sort();
}

let scaffold: string | undefined;
afterAll(() => scaffold && rmSync(scaffold, { recursive: true, force: true }));

describe('a service account with nothing but the generated role', () => {
  it('is enough for an operator with dependents, cleanup, events, election, sharding and metrics for known scrapers', async () => {
    const { roles, definitions, diagnostics } = generate({ cwd: join(import.meta.dirname, 'rbac-operator'), entries: ['*.ts'] });
    expect(diagnostics).toEqual([]);
    await using cluster = await TestCluster.start({ definitions: definitions as unknown as KubeObject[], controllers: ['garbage-collector'] });
    const transport = await bound(cluster, roles);
    const manager = await startedOperator(transport);
    {
      await using _operator = await cluster.run(manager);
      await cluster.client.create(Gadget, { metadata: at('one'), spec: { size: 3 } });
      await eventually(async () => {
        expect((await cluster.client.get(Gadget, at('one'))).status?.size).toBe(3);
        expect((await cluster.client.get(ConfigMap, at('gadget-one'))).data).toEqual({ size: '3' });
        expect((await cluster.client.list(Event)).items.map(({ reason }) => reason)).toContain('Resized');
      });
      const scrape = await fetch(`http://${manager.addresses.metrics}/metrics`, { headers: { authorization: 'Bearer nobody' } });
      expect(scrape.status).toBe(401);
      await cluster.client.delete(Gadget, at('one'));
      await eventually(async () => expect((await cluster.client.list(Gadget)).items).toEqual([]));
    }
    expect(transport.refused).toEqual([]);
    // A review of access follows only for a token that is known; the finalizers subresource is for admission plugins that this server does not have.
    expect(unused(roles, transport)).toEqual(['/events', 'authorization.k8s.io/subjectaccessreviews', 'demo.example.com/gadgets/finalizers']);
  });

  it('is enough for the scaffolded operator, and has nothing beside', async () => {
    // Inside of the repository, where its packages are found.
    const folder = mkdtempSync(join(import.meta.dirname, '.scaffold-'));
    scaffold = folder;
    init(folder, { domain: 'example.com', name: 'scaffolded', force: true });
    createApi({ project: folder, group: 'demo', version: 'v1', kind: 'Widget', force: true });
    const { roles, definitions } = generate({ cwd: folder, entries: ['src/**/*.ts'] });
    const { createManager } = (await import(pathToFileURL(join(folder, 'src/manager.ts')).href)) as { createManager(options: object): Promise<Manager> };
    const { Widget } = (await import(pathToFileURL(join(folder, 'src/api/index.ts')).href)) as { Widget: typeof Gadget };

    await using cluster = await TestCluster.start({ definitions: definitions as unknown as KubeObject[], controllers: 'none' });
    const transport = await bound(cluster, roles);
    await using _operator = await cluster.run(await createManager({ transport, log: noopLogger }));
    await cluster.client.create(Widget, { metadata: at('one'), spec: { size: 3 } });
    await eventually(async () => expect((await cluster.client.get(Widget, at('one'))).status?.size).toBe(3));
    expect(transport.refused).toEqual([]);
    expect(unused(roles, transport)).toEqual([]);
  });

  it('is enough for the Prometheus operator', async () => {
    const role = readFileSync(join(import.meta.dirname, '../../examples/prometheus-operator/config/rbac/role.yaml'), 'utf8');
    const roles = parseAllDocuments(role).map((document) => document.toJS() as RoleDocument);
    await using cluster = await TestCluster.start({ definitions: prometheusDefinitions.map(({ definition }) => definition), kubelet: { startTime: 5, readyAfter: 20, stopAfter: 10 } });
    await cluster.client.create(ServiceAccount, { metadata: at('prometheus') });
    const transport = await bound(cluster, roles);
    await using _operator = await cluster.run(await createPrometheusOperator({ transport, log: noopLogger }));
    await cluster.client.create(Prometheus, { metadata: at('main'), spec: { replicas: 1, logLevel: 'debug', serviceAccountName: 'prometheus', serviceMonitorSelector: {}, ruleSelector: {}, thanos: {} } });
    await eventually(async () => expect((await cluster.client.get(Prometheus, at('main'))).status?.availableReplicas).toBe(1));
    expect(transport.refused).toEqual([]);
    expect(unused(roles, transport)).toEqual(['/events']);
  });
});
