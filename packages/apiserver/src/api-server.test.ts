import type { KubeObject } from '@kubewright/api';
import { FakeClock, readAll, SeededRandom, type Transport } from '@kubewright/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ApiServer } from './api-server.js';

interface Answer {
  status: number;
  body: Record<string, unknown> & { metadata: KubeObject['metadata'] & { continue?: string; remainingItemCount?: number }; items: KubeObject[]; message: string; spec: Record<string, unknown>; status: Record<string, unknown> };
  headers: Readonly<Record<string, unknown>>;
  text: string;
}

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const WIDGETS = '/apis/demo.example.com/v1/namespaces/default/widgets';

const DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.demo.example.com' },
  spec: {
    group: 'demo.example.com', scope: 'Namespaced', names: { plural: 'widgets', kind: 'Widget' },
    versions: [{
      name: 'v1', served: true, storage: true,
      subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
      schema: { openAPIV3Schema: { type: 'object', properties: {
        spec: { type: 'object', properties: { size: { type: 'integer', minimum: 0 }, color: { type: 'string', default: 'red' }, replicas: { type: 'integer' } } },
        status: { type: 'object', properties: { phase: { type: 'string' }, replicas: { type: 'integer' } } },
      } } },
    }],
  },
};

describe('ApiServer', () => {
  let clock: FakeClock;
  let server: ApiServer;
  let transport: Transport;

  beforeEach(async () => {
    clock = new FakeClock();
    server = new ApiServer({ clock, random: new SeededRandom(1) });
    await server.start();
    transport = server.transport();
  });

  afterEach(async () => {
    await server.close();
    expect(clock.pending).toBe(0);
  });

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}, via: Transport = transport): Promise<Answer> {
    const response = await via.dispatch({ method, path, headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers }, ...(body !== undefined && { body: Buffer.from(JSON.stringify(body)) }) });
    const text = Buffer.from(await readAll(response.body)).toString();
    return { status: response.status, body: (text.startsWith('{') ? JSON.parse(text) : {}) as Answer['body'], headers: response.headers, text };
  }

  const merge = (path: string, body: unknown): Promise<Answer> => call('PATCH', path, body, { 'content-type': 'application/merge-patch+json' });
  const apply = (path: string, body: unknown): Promise<Answer> => call('PATCH', path, body, { 'content-type': 'application/apply-patch+yaml' });
  const configMap = (name: string, data: object = {}): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

  async function events(path: string, count: number, act: () => Promise<void>): Promise<string[]> {
    const stop = new AbortController();
    const response = await transport.dispatch({ method: 'GET', path, headers: {}, lane: 'watch' }, stop.signal);
    const seen: string[] = [];
    const reading = (async () => {
      for await (const chunk of response.body) {
        const { type, object } = JSON.parse(Buffer.from(chunk).toString()) as { type: string; object: KubeObject };
        seen.push(`${type} ${object.metadata.name ?? ''}`.trim());
        if (seen.length === count) return;
      }
    })();
    await act();
    await reading;
    stop.abort();
    return seen;
  }

  async function define(): Promise<void> {
    await call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', DEFINITION);
    for (let tries = 0; tries < 100; tries++) {
      if ((await call('GET', WIDGETS)).status === 200) return;
      await clock.yield();
    }
    throw new Error('the definition is not served');
  }

  it('has the namespaces and roles of a fresh cluster', async () => {
    const { body } = await call('GET', '/api/v1/namespaces');
    expect(body.items.map(({ metadata }) => metadata.name)).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system']);
    expect((await call('GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles/cluster-admin')).status).toBe(200);
  });

  it('creates, reads, changes and deletes', async () => {
    const created = await call('POST', CONFIG_MAPS, configMap('a', { k: 'v' }));
    expect(created.status).toBe(201);
    expect(created.body.metadata).toMatchObject({ namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z', managedFields: [{ operation: 'Update' }] });
    expect((await call('POST', CONFIG_MAPS, configMap('a'))).status).toBe(409);
    const patched = await merge(`${CONFIG_MAPS}/a`, { data: { l: 'w' } });
    expect(patched.body.data).toEqual({ k: 'v', l: 'w' });
    const same = await merge(`${CONFIG_MAPS}/a`, { data: { l: 'w' } });
    expect(same.body.metadata.resourceVersion).toBe(patched.body.metadata.resourceVersion);
    const stale = await call('PUT', `${CONFIG_MAPS}/a`, { ...configMap('a'), metadata: { name: 'a', resourceVersion: created.body.metadata.resourceVersion } });
    expect(stale).toMatchObject({ status: 409, body: { message: 'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again' } });
    expect((await call('DELETE', `${CONFIG_MAPS}/a`)).body.status).toBe('Success');
    expect((await call('GET', `${CONFIG_MAPS}/a`)).body.message).toBe('configmaps "a" not found');
  });

  it('pages through a list that changes, and selects', async () => {
    for (const name of ['a', 'b', 'c']) await call('POST', CONFIG_MAPS, { ...configMap(name), metadata: { name, labels: { odd: String(name !== 'b') } } });
    const first = await call('GET', `${CONFIG_MAPS}?limit=2`);
    expect([first.body.items.length, first.body.metadata.remainingItemCount]).toEqual([2, 1]);
    await call('DELETE', `${CONFIG_MAPS}/c`);
    const second = await call('GET', `${CONFIG_MAPS}?limit=2&continue=${first.body.metadata.continue}`);
    expect(second.body.items.map(({ metadata }) => metadata.name)).toEqual(['c']);
    expect((await call('GET', `${CONFIG_MAPS}?labelSelector=odd%3Dtrue`)).body.items.map(({ metadata }) => metadata.name)).toEqual(['a']);
    expect((await call('GET', `${CONFIG_MAPS}?fieldSelector=data.k%3Dv`)).status).toBe(400);
  });

  it('tells watches of what enters and leaves their selection', async () => {
    const seen = await events(`${CONFIG_MAPS}?watch=1&labelSelector=on%3Dyes&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`, 5, async () => {
      await call('POST', CONFIG_MAPS, configMap('a'));
      await merge(`${CONFIG_MAPS}/a`, { metadata: { labels: { on: 'yes' } } });
      await merge(`${CONFIG_MAPS}/a`, { data: { k: 'v' } });
      await merge(`${CONFIG_MAPS}/a`, { metadata: { labels: null } });
      await merge(`${CONFIG_MAPS}/a`, { metadata: { labels: { on: 'yes' } } });
    });
    expect(seen).toEqual(['BOOKMARK', 'ADDED a', 'MODIFIED a', 'DELETED a', 'ADDED a']);
  });

  it('answers a watch from before the compaction with 410', async () => {
    const small = new ApiServer({ clock, historyLimit: 5 });
    await small.start();
    const { body } = await call('GET', `${CONFIG_MAPS}?watch=1&resourceVersion=1`, undefined, {}, small.transport());
    expect(body).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired', message: expect.stringMatching(/^too old resource version: 1 \(\d+\)$/) as string } });
    await small.close();
  });

  it('keeps an object until its last finalizer goes', async () => {
    await call('POST', CONFIG_MAPS, { ...configMap('a'), metadata: { name: 'a', finalizers: ['example.com/x'] } });
    const deleted = await call('DELETE', `${CONFIG_MAPS}/a`);
    expect(deleted.body.metadata).toMatchObject({ deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 0 });
    expect((await merge(`${CONFIG_MAPS}/a`, { metadata: { finalizers: ['example.com/x', 'example.com/y'] } })).status).toBe(422);
    expect((await merge(`${CONFIG_MAPS}/a`, { metadata: { finalizers: null } })).status).toBe(200);
    expect((await call('GET', `${CONFIG_MAPS}/a`)).status).toBe(404);
  });

  it('changes nothing in a dry run', async () => {
    const { status, body } = await call('POST', `${CONFIG_MAPS}?dryRun=All`, configMap('a'));
    expect([status, body.metadata.resourceVersion]).toEqual([201, undefined]);
    expect((await call('GET', `${CONFIG_MAPS}/a`)).status).toBe(404);
  });

  it('fills in and checks a StatefulSet', async () => {
    const path = '/apis/apps/v1/namespaces/default/statefulsets';
    const spec = { selector: { matchLabels: { app: 'a' } }, template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'img:1' }] } } };
    const { body } = await call('POST', path, { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'a' }, spec });
    expect(body.metadata.generation).toBe(1);
    expect(body.spec).toMatchObject({ replicas: 1, podManagementPolicy: 'OrderedReady', template: { spec: { dnsPolicy: 'ClusterFirst', containers: [{ imagePullPolicy: 'IfNotPresent' }] } } });
    expect(body.status).toEqual({ replicas: 0, availableReplicas: 0 });
    expect((await merge(`${path}/a`, { spec: { replicas: 2 } })).body.metadata.generation).toBe(2);
    expect((await merge(`${path}/a`, { spec: { serviceName: 'other' } })).body.message).toContain(
      "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
    const scaled = await call('PUT', `${path}/a/scale`, { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: { replicas: 5 } });
    expect(scaled.body).toMatchObject({ kind: 'Scale', spec: { replicas: 5 }, status: { replicas: 0, selector: 'app=a' } });
    expect((await merge(`${path}/a/status`, { spec: { replicas: 9 }, status: { replicas: 3 } })).body).toMatchObject({ spec: { replicas: 5 }, status: { replicas: 3 } });
  });

  it('gives Services addresses that no other has', async () => {
    const path = '/api/v1/namespaces/default/services';
    const service = (name: string, spec: object = {}): object => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: { app: 'a' }, ports: [{ port: 80 }], ...spec } });
    const [a, b, headless] = [await call('POST', path, service('a')), await call('POST', path, service('b', { type: 'NodePort' })), await call('POST', path, service('c', { clusterIP: 'None' }))];
    expect(a.body.spec).toMatchObject({ clusterIP: expect.stringMatching(/^10\.96\./) as string, ipFamilies: ['IPv4'], ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] });
    expect(b.body.spec.clusterIP).not.toBe(a.body.spec.clusterIP);
    expect(b.body.spec.ports).toMatchObject([{ nodePort: expect.any(Number) as number }]);
    expect(headless.body.spec).toMatchObject({ clusterIP: 'None', clusterIPs: ['None'], ipFamilyPolicy: 'SingleStack' });
    expect((await call('POST', path, service('d', { clusterIP: a.body.spec.clusterIP }))).body.message).toContain('provided IP is already allocated');
  });

  it('serves custom resources from the moment of their definition until its end', async () => {
    await define();
    const created = await call('POST', WIDGETS, { apiVersion: 'demo.example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { size: 1, nonsense: true }, status: { phase: 'x' } });
    expect(created.body).toMatchObject({ metadata: { generation: 1 }, spec: { size: 1, color: 'red' } });
    expect(created.body.status).toBeUndefined();
    expect(created.headers.warning).toEqual(['299 - "unknown field \\"spec.nonsense\\""']);
    expect((await merge(`${WIDGETS}/w`, { spec: { size: -1 } })).body.message).toContain('spec.size in body should be greater than or equal to 0');
    expect((await call('PATCH', `${WIDGETS}/w`, {}, { 'content-type': 'application/strategic-merge-patch+json' })).status).toBe(415);
    expect((await merge(`${WIDGETS}/w/status`, { status: { phase: 'Up' } })).body).toMatchObject({ metadata: { generation: 1 }, status: { phase: 'Up' } });
    expect((await merge(`${WIDGETS}/w/scale`, { spec: { replicas: 3 } })).body.spec).toEqual({ replicas: 3 });
    expect((await apply(`${WIDGETS}/w?fieldManager=me`, { apiVersion: 'demo.example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { replicas: 2 } })).status).toBe(200);
    expect((await call('GET', `${WIDGETS}/w/scale`)).body.spec).toEqual({ replicas: 2 });
    expect((await apply(`${WIDGETS}/w?fieldManager=other`, { apiVersion: 'demo.example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { replicas: 4 } })).body.message).toBe(
      'Apply failed with 1 conflict: conflict with "me": .spec.replicas');
    await call('DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.demo.example.com');
    for (let tries = 0; tries < 100 && (await call('GET', WIDGETS)).status !== 404; tries++) await clock.advance(500);
    expect(await call('GET', WIDGETS)).toMatchObject({ status: 404, text: '404 page not found\n' });
  });

  it('lets nobody do what no rule allows, and follows a rule at once', async () => {
    const jane = server.transport({ name: 'jane', groups: [] });
    const refused = await call('GET', CONFIG_MAPS, undefined, {}, jane);
    expect(refused).toMatchObject({ status: 403, body: { message: 'configmaps is forbidden: User "jane" cannot list resource "configmaps" in API group "" in the namespace "default"' } });
    await call('POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings', {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'jane' }, roleRef: { kind: 'ClusterRole', name: 'view' }, subjects: [{ kind: 'User', name: 'jane' }],
    });
    expect((await call('GET', CONFIG_MAPS, undefined, {}, jane)).status).toBe(200);
    expect((await call('POST', CONFIG_MAPS, configMap('a'), {}, jane)).status).toBe(403);
    expect((await call('GET', CONFIG_MAPS, undefined, { 'impersonate-user': 'jane' })).status).toBe(200);
    expect((await call('GET', CONFIG_MAPS, undefined, { 'impersonate-user': 'admin' }, jane)).status).toBe(403);
  });

  it('gives tokens to ServiceAccounts and knows them again', async () => {
    await call('POST', '/api/v1/namespaces/default/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } });
    const { body } = await call('POST', '/api/v1/namespaces/default/serviceaccounts/robot/token', { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} });
    const review = await call('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      { authorization: `Bearer ${String(body.status.token)}` }, server.transport(null as never));
    expect(review.body.status).toMatchObject({ userInfo: { username: 'system:serviceaccount:default:robot' } });
  });

  it('binds pods, and deletes them by grace', async () => {
    await call('POST', '/api/v1/namespaces/default/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } });
    const pods = '/api/v1/namespaces/default/pods';
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    expect((await call('POST', pods, pod)).body.status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
    await call('POST', `${pods}/p/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'n1' } });
    const deleted = await call('DELETE', `${pods}/p`);
    expect(deleted.body).toMatchObject({ metadata: { deletionGracePeriodSeconds: 30, deletionTimestamp: '2026-01-01T00:00:30Z' }, spec: { nodeName: 'n1' } });
    expect((await call('DELETE', `${pods}/p?gracePeriodSeconds=0`)).body.kind).toBe('Pod');
    expect((await call('GET', `${pods}/p`)).status).toBe(404);
  });

  it('names what it does not have', async () => {
    expect(await call('GET', '/api/v1/namespaces/default/pods/p/log')).toMatchObject({ status: 501, body: { message: expect.stringContaining('pods/log') as string } });
    expect(await call('GET', '/api/v1/foos')).toMatchObject({ status: 404, body: { message: 'the server could not find the requested resource' } });
    expect((await call('GET', '/foo')).text).toBe('404 page not found\n');
    expect((await call('DELETE', '/api/v1/namespaces')).status).toBe(405);
  });

  it('counts requests as the real server names them', async () => {
    await call('GET', CONFIG_MAPS);
    await call('POST', `${CONFIG_MAPS}?dryRun=All`, configMap('a'));
    const { text } = await call('GET', '/metrics');
    expect(text).toContain('apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="configmaps",scope="namespace",subresource="",verb="LIST",version="v1"} 1');
    expect(text).toContain('dry_run="All",group="",resource="configmaps",scope="namespace",subresource="",verb="POST",version="v1"} 1');
    expect(text).toContain('apiserver_storage_objects{resource="namespaces"} 4');
  });

  it('prints tables, metadata and YAML', async () => {
    await call('POST', CONFIG_MAPS, configMap('a', { k: 'yes' }));
    const table = await call('GET', CONFIG_MAPS, undefined, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
    expect(table.body).toMatchObject({ kind: 'Table', rows: [{ cells: ['a', 1, '0s'], object: { kind: 'PartialObjectMetadata' } }] });
    const metadata = await call('GET', `${CONFIG_MAPS}/a`, undefined, { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' });
    expect(metadata.body.data).toBeUndefined();
    expect((await call('GET', `${CONFIG_MAPS}/a`, undefined, { accept: 'application/yaml' })).text).toContain('data:\n  k: "yes"\nkind: ConfigMap\n');
  });

  it('ends watches when it closes', async () => {
    const response = await transport.dispatch({ method: 'GET', path: `${CONFIG_MAPS}?watch=1`, headers: {} });
    const reading = readAll(response.body);
    await server.close();
    expect((await reading).byteLength).toBe(0);
  });
});
