import { request } from 'node:https';

import { describe, expect, it } from 'vitest';

import { ApiServer } from '../api-server.js';
import type { Listening } from './listen-options.js';

interface Options {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  identity?: { certificate: string; key: string };
}

function call({ port, caCertificate }: Listening, path: string, { method = 'GET', headers = {}, body, identity }: Options = {}): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers, ca: caCertificate, cert: identity?.certificate, key: identity?.key, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function listening(): Promise<{ server: ApiServer; at: Listening }> {
  const server = new ApiServer();
  await server.start();
  return { server, at: await server.listen() };
}

describe('HttpsListener', () => {
  it('knows clients by their certificates, and others as nobody', async () => {
    const { server, at } = await listening();
    const admin = await call(at, '/api/v1/namespaces/default', { identity: server.issueClientCertificate() });
    expect(admin.status).toBe(200);
    const jane = await call(at, '/api/v1/namespaces/default', { identity: server.issueClientCertificate({ name: 'jane', groups: ['a', 'b'] }) });
    expect(JSON.parse(jane.text)).toMatchObject({ code: 403, message: expect.stringContaining('User "jane" cannot get resource "namespaces"') as string });
    expect((await call(at, '/api/v1/namespaces/default')).text).toContain('system:anonymous');
    expect((await call(at, '/api/v1/namespaces', { headers: { authorization: 'Bearer nonsense' } })).status).toBe(401);
    expect((await call(at, '/readyz')).text).toBe('ok');
    await server.close();
  });

  it('refuses a body that is too large and compresses a large answer for those who can read it', async () => {
    const { server, at } = await listening();
    const identity = server.issueClientCertificate();
    const big = await call(at, '/api/v1/namespaces/default/configmaps', { method: 'POST', identity, headers: { 'content-type': 'application/json' }, body: 'x'.repeat(3 * 1024 * 1024 + 1) });
    expect([big.status, JSON.parse(big.text)]).toMatchObject([413, { message: 'Request entity too large: limit is 3145728' }]);
    const plain = await call(at, '/openapi/v3/api/v1', { identity });
    expect(plain.headers['content-encoding']).toBeUndefined();
    const gzipped = await call(at, '/openapi/v3/api/v1', { identity, headers: { 'accept-encoding': 'gzip' } });
    expect(gzipped.headers['content-encoding']).toBe('gzip');
    await server.close();
  });

  it('streams a watch and ends it within a second when it closes', async () => {
    const { server, at } = await listening();
    const watching = call(at, '/api/v1/namespaces/default/configmaps?watch=1', { identity: server.issueClientCertificate() });
    await server.transport().dispatch({
      method: 'POST', path: '/api/v1/namespaces/default/configmaps', headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } })),
    });
    while (!(await call(at, '/metrics', { identity: server.issueClientCertificate() })).text.includes('verb="WATCH",component="apiserver"} 1'));
    const began = process.hrtime.bigint();
    await server.close();
    expect(Number(process.hrtime.bigint() - began) / 1e6).toBeLessThan(1000);
    await watching.then(({ text }) => expect(text).toContain('"type":"ADDED"'), () => undefined);
  });

  it('names a taken port and the cure', async () => {
    const { server, at } = await listening();
    const second = new ApiServer();
    await second.start();
    await expect(second.listen({ port: at.port })).rejects.toThrow(`port ${at.port} on 127.0.0.1 is taken: stop what listens there, choose another port, or use port 0 for a free one`);
    await second.close();
    await server.close();
  });
});
