import { generateKeyPairSync } from 'node:crypto';
import { request } from 'node:https';

import type { KubeObject } from '@kubewright/api';
import { createCertificateAuthority, readAll, realClock, systemRandom, type KeyedCertificate } from '@kubewright/platform';
import { afterEach, describe, expect, it } from 'vitest';

import { ADMINISTRATOR, ApiServer, type ApiServerOptions } from './api-server.js';

let server: ApiServer;

afterEach(() => server.close());

async function started(options: ApiServerOptions): Promise<void> {
  server = new ApiServer(options);
  await server.start();
}

async function send(method: string, path: string, body?: object, identity: { name: string; groups: string[] } | undefined = { ...ADMINISTRATOR, groups: [...ADMINISTRATOR.groups] }): Promise<{ status: number; body: KubeObject & Record<string, unknown> }> {
  const answer = await server.transport(identity).dispatch({ method, path, headers: { 'content-type': 'application/json' }, ...(body && { body: Buffer.from(JSON.stringify(body)) }) });
  const bytes = await readAll(answer.body);
  return { status: answer.status, body: JSON.parse(Buffer.from(bytes).toString()) as KubeObject & Record<string, unknown> };
}

describe('settings of a server', () => {
  it('listens as another authority says it is, and believes client certificates of two more', async () => {
    const authority = (commonName: string) => createCertificateAuthority({ commonName, clock: realClock, random: systemRandom });
    const [serving, clients, others, strangers] = [authority('serving'), authority('clients'), authority('others'), authority('strangers')];
    const jane = clients.issue({ commonName: 'jane', organizations: ['devs'], usages: ['client'] });
    const joe = strangers.issue({ commonName: 'joe', organizations: [], usages: ['client'] });
    await started({});
    const { port } = await server.listen({ serving: serving.issue({ commonName: 'api', ipAddresses: ['127.0.0.1'], usages: ['server'] }), clientCa: `${others.certificate}\n${clients.certificate}` });
    const askedBy = (who: KeyedCertificate): Promise<string> => new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path: '/api/v1/secrets', ca: serving.certificate, cert: who.certificate, key: who.key, agent: false as const };
      request(options, (response) => void readAll(response).then((bytes) => resolve(Buffer.from(bytes).toString()), reject)).on('error', reject).end();
    });
    expect(await askedBy(jane)).toContain('User \\"jane\\"');
    expect(await askedBy(joe)).toContain('system:anonymous');
  });

  it('gives Services addresses of its range, and itself the first', async () => {
    await started({ serviceRange: '10.0.0.0/29' });
    const service = (name: string, clusterIP?: string) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }], ...(clusterIP && { clusterIP }) } });
    const path = '/api/v1/namespaces/default/services';
    expect((await send('GET', `${path}/kubernetes`)).body).toMatchObject({ spec: { clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'] } });
    expect((await send('POST', path, service('out', '10.0.0.8'))).body).toMatchObject({ code: 422, message: expect.stringContaining('the provided network does not match the current range') as string });
    const addresses: unknown[] = [];
    for (let index = 0; index < 5; index++) addresses.push(((await send('POST', path, service(`s${index}`))).body as { spec?: { clusterIP?: string } }).spec?.clusterIP);
    expect(addresses.sort()).toEqual(['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5', '10.0.0.6']);
    expect((await send('POST', path, service('more'))).body).toMatchObject({ code: 500, message: expect.stringContaining('range is full') as string });
  });

  it('runs without the admission plugins, and serves without the APIs, that are switched off', async () => {
    await started({ disabledAdmissionPlugins: ['ServiceAccount'], disabledApis: ['policy/v1', 'apps/v1/daemonsets', 'v1/limitranges'] });
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'a', image: 'b' }] } };
    expect((await send('POST', '/api/v1/namespaces/default/pods', pod)).status).toBe(201);
    expect((await send('GET', '/apis/policy/v1/namespaces/default/poddisruptionbudgets')).status).toBe(404);
    expect((await send('GET', '/apis/apps/v1/daemonsets')).status).toBe(404);
    expect((await send('GET', '/apis/apps/v1/deployments')).status).toBe(200);
    expect((await send('GET', '/api/v1/limitranges')).status).toBe(404);
  });

  it.each([
    [['AlwaysAllow'], 200, ''],
    [['AlwaysDeny'], 403, 'configmaps is forbidden: User "jane" cannot list resource "configmaps" in API group "" in the namespace "default": Everything is forbidden.'],
    [['RBAC'], 403, 'configmaps is forbidden: User "jane" cannot list resource "configmaps" in API group "" in the namespace "default"'],
  ] as const)('authorizes by %s', async (authorization, status, message) => {
    await started({ authorization });
    const answer = await send('GET', '/api/v1/namespaces/default/configmaps', undefined, { name: 'jane', groups: [] });
    expect([answer.status, answer.body['message'] ?? '']).toEqual([status, message]);
  });

  it('issues tokens with the key, issuer and audiences that it is given', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const signingKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await started({ anonymous: false, serviceAccounts: { issuer: 'https://127.0.0.1:6443/', audiences: ['here'], signingKey } });
    await send('POST', '/api/v1/namespaces/default/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'bot' } });
    const { body } = await send('POST', '/api/v1/namespaces/default/serviceaccounts/bot/token', { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec: {} });
    const { token } = body['status'] as { token: string };
    const [header, claims] = token.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);
    expect([header, claims]).toMatchObject([{ alg: 'RS256' }, { iss: 'https://127.0.0.1:6443/', aud: ['here'] }]);
    expect((await send('GET', '/.well-known/openid-configuration')).body).toMatchObject({ id_token_signing_alg_values_supported: ['RS256'] });
  });
});
