import type { KubeObject } from '@kubewright/api';
import { readAll } from '@kubewright/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ApiServer } from './api-server.js';

/** Requests of Go clients that other clients hardly make. */
describe('requests of Go clients', () => {
  let server: ApiServer;

  beforeEach(async () => {
    server = new ApiServer();
    await server.start();
  });

  afterEach(() => server.close());

  const send = async (method: string, path: string, body?: object): Promise<{ status: number; text: string }> => {
    const answer = await server.transport().dispatch({ method, path, headers: { 'content-type': 'application/json' }, ...(body && { body: Buffer.from(JSON.stringify(body)) }) });
    return { status: answer.status, text: Buffer.from(await readAll(answer.body)).toString() };
  };
  const configMap = (name: string, metadata: object = {}): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata } });

  it('shows a watcher by name over all namespaces the state of each', async () => {
    for (const namespace of ['default', 'kube-public']) await send('POST', `/api/v1/namespaces/${namespace}/configmaps`, configMap('a'));
    await send('POST', '/api/v1/namespaces/default/configmaps', configMap('b'));
    const query = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&fieldSelector=metadata.name%3Da';
    const abort = new AbortController();
    const answer = await server.transport().dispatch({ method: 'GET', path: `/api/v1/configmaps?${query}`, headers: {} }, abort.signal);
    const seen: string[] = [];
    let text = '';
    for await (const chunk of answer.body) {
      text += Buffer.from(chunk).toString();
      if (!text.includes('initial-events-end')) continue;
      for (const line of text.trim().split('\n')) {
        const { type, object } = JSON.parse(line) as { type: string; object: KubeObject };
        seen.push(`${type} ${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`);
      }
      break;
    }
    abort.abort();
    expect(seen).toEqual(['ADDED default/a', 'ADDED kube-public/a', 'BOOKMARK /']);
  });

  it('minds the resourceVersion of an object to create only where it would be stored', async () => {
    const path = '/api/v1/namespaces/default/configmaps';
    expect(await send('POST', path, configMap('v', { resourceVersion: '7' }))).toMatchObject({ status: 500, text: expect.stringContaining('resourceVersion should not be set') as string });
    expect((await send('POST', `${path}?dryRun=All`, configMap('v', { resourceVersion: '7' }))).status).toBe(201);
    expect((await send('POST', path, configMap('NO', { resourceVersion: '7' }))).status).toBe(422);
    expect((await send('GET', `${path}/v`)).status).toBe(404);
  });
});
