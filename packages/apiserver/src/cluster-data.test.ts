import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startCluster, type ClusterOptions, type EmbeddedCluster } from './cluster.js';
import { ClusterSnapshot } from './cluster-snapshot.js';

let folder: string;
const running: EmbeddedCluster[] = [];
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'kubewright-cluster-'))));
afterEach(async () => {
  await Promise.all(running.splice(0).map((cluster) => cluster.stop()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: ClusterOptions = {}): Promise<EmbeddedCluster> {
  const cluster = await startCluster({ controllers: 'none', nodes: 0, ...options });
  running.push(cluster);
  return cluster;
}

interface Answer {
  readonly status: number;
  // Whatever the request asked for.
  readonly body: { readonly metadata: { readonly resourceVersion: string; readonly uid: string }; readonly [field: string]: unknown };
}

async function call(cluster: EmbeddedCluster, method: string, path: string, body?: unknown): Promise<Answer> {
  const headers = { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json', accept: 'application/json' };
  const { status, body: chunks } = await cluster.transport().dispatch({ method, path, headers, ...(body !== undefined && { body: Buffer.from(JSON.stringify(body)) }) });
  let text = '';
  for await (const chunk of chunks) text += Buffer.from(chunk).toString();
  return { status, body: JSON.parse(text) as Answer['body'] };
}

/** The frames of a watch, until it ends or has `count`. */
async function watch(cluster: EmbeddedCluster, path: string, count: number): Promise<string[]> {
  const stop = new AbortController();
  const { body } = await cluster.transport().dispatch({ method: 'GET', path, headers: {} }, stop.signal);
  const seen: string[] = [];
  for await (const frame of body) {
    const { type, object } = JSON.parse(Buffer.from(frame).toString()) as { type: string; object: { metadata?: { name?: string }; code?: number } };
    seen.push(`${type} ${object.metadata?.name ?? object.code}`);
    if (seen.length === count) break;
  }
  return seen;
}

const MAPS = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, value = '') => ({ metadata: { name }, data: { value } });
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com', scope: 'Namespaced', names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { size: { type: 'integer' } } } } }],
  },
};
const WIDGETS = '/apis/example.com/v1/namespaces/default/widgets';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

async function served(cluster: EmbeddedCluster): Promise<void> {
  await call(cluster, 'POST', CRDS, definition);
  while ((await cluster.transport().dispatch({ method: 'GET', path: WIDGETS, headers: {} })).status !== 200);
}

describe('a cluster with a folder', () => {
  it('goes on where it ended: objects, definitions, versions, tokens, certificates and its port', async () => {
    const first = await start({ data: folder, controllers: ['serviceaccount-controller'], port: 0 });
    await served(first);
    const widget = await call(first, 'POST', WIDGETS, { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, size: 3 });
    expect(widget.status).toBe(201);
    const token = await first.serviceAccountToken('default', 'default');
    const url = first.url;
    await first.stop();

    const again = await start({ data: folder, port: 0 });
    expect((await call(again, 'GET', `${WIDGETS}/w`)).body).toEqual(widget.body);
    expect(again.url).toBe(url);
    const ca = Buffer.from(/certificate-authority-data: (\S+)/.exec(first.kubeconfig())![1]!, 'base64');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request(`${url}/api`, { ca, headers: { authorization: `Bearer ${token}` } }, (answer) => resolve(answer.resume().statusCode)).on('error', reject).end();
    });
    expect(status).toBe(200);
    const next = await call(again, 'POST', MAPS, configMap('next'));
    expect(Number(next.body.metadata.resourceVersion)).toBeGreaterThan(Number(widget.body.metadata.resourceVersion));
  });

  it('lets watches go on from what its log has, and tells the others to start over', async () => {
    const first = await start({ data: folder });
    const a = await call(first, 'POST', MAPS, configMap('a'));
    await call(first, 'POST', MAPS, configMap('b'));
    await first.stop();
    const again = await start({ data: folder, server: { historyLimit: 1 } });
    expect(await watch(again, `${MAPS}?watch=1&resourceVersion=2`, 2)).toEqual(['ERROR 410']);
    await again.stop();
    const third = await start({ data: folder });
    expect(await watch(third, `${MAPS}?watch=1&resourceVersion=${a.body.metadata.resourceVersion}`, 1)).toEqual(['ADDED b']);
  });

  it('is refused while another cluster has it, and is free when that is stopped, or could not start', async () => {
    const first = await start({ data: folder });
    await expect(start({ data: folder })).rejects.toThrow(/is in use by this process/);
    await first.stop();
    await expect(start({ data: folder, server: { serviceAccounts: { signingKey: 'none' } } })).rejects.toThrow();
    await start({ data: folder });
  });
});

describe('a snapshot of a cluster', () => {
  it('is put back with uids and definitions, and who watches starts over', async () => {
    const cluster = await start();
    await served(cluster);
    const widget = await call(cluster, 'POST', WIDGETS, { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, size: 3 });
    await call(cluster, 'POST', MAPS, configMap('a'));
    const snapshot = cluster.snapshot();
    await call(cluster, 'POST', MAPS, configMap('b'));
    await call(cluster, 'PATCH', `${MAPS}/a`, { data: { value: 'other' } });
    await call(cluster, 'DELETE', `${CRDS}/widgets.example.com`);
    while ((await cluster.transport().dispatch({ method: 'GET', path: WIDGETS, headers: {} })).status !== 404);
    const { resourceVersion } = (await call(cluster, 'GET', MAPS)).body.metadata;

    const watching = watch(cluster, `${MAPS}?watch=1&resourceVersion=${resourceVersion}`, 2);
    await call(cluster, 'GET', MAPS);
    await cluster.restore(snapshot);
    expect(await watching).toEqual(['ERROR 410']);
    expect(await watch(cluster, `${MAPS}?watch=1&resourceVersion=${resourceVersion}`, 2)).toEqual(['ERROR 410']);

    const list = await call(cluster, 'GET', MAPS);
    expect(list.body['items']).toMatchObject([{ metadata: { name: 'a' }, data: { value: '' } }]);
    expect(Number(list.body.metadata.resourceVersion)).toBeGreaterThan(Number(resourceVersion));
    const back = await call(cluster, 'GET', `${WIDGETS}/w`);
    expect(back.body).toEqual({ ...widget.body, metadata: { ...widget.body.metadata, resourceVersion: back.body.metadata.resourceVersion } });
  });

  it('goes through a file into another cluster, and controllers act on what came back', async () => {
    const from = await start();
    await call(from, 'POST', '/api/v1/namespaces', { metadata: { name: 'filled' } });
    await call(from, 'POST', '/api/v1/namespaces/filled/configmaps', configMap('a', 'kept'));
    await from.snapshot().save(join(folder, 'state'));
    const to = await start({ controllers: ['serviceaccount-controller'] });
    await call(to, 'POST', MAPS, configMap('gone'));
    await to.restore(await ClusterSnapshot.load(join(folder, 'state')));
    expect((await call(to, 'GET', '/api/v1/namespaces/filled/configmaps/a')).body).toMatchObject({ data: { value: 'kept' } });
    expect((await call(to, 'GET', `${MAPS}/gone`)).status).toBe(404);
    expect((await call(to, 'GET', '/api/v1/namespaces/filled/serviceaccounts/default')).status).toBe(200);
  });

  it('says which file can not be read', async () => {
    await expect(ClusterSnapshot.load(join(folder, 'none'))).rejects.toThrow(`the snapshot ${join(folder, 'none')} can not be read: ENOENT`);
  });
});
