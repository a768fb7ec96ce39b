import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { FakeClock } from '@kubewright/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { hasCode } from '../errors/kubewright-error.js';
import { loadRestConfig } from './kube-config.js';

let dir: string;
const clock = new FakeClock();
beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), 'kube-config-'))));
afterEach(() => rm(dir, { recursive: true }));

const user = (name: string, fields: object) => ({ name, user: fields });
function kubeconfig(name: string, server: string, fields: object, cluster: object = {}): string {
  return JSON.stringify({
    'current-context': name,
    contexts: [{ name, context: { cluster: name, user: name, namespace: `ns-${name}` } }],
    clusters: [{ name, cluster: { server, ...cluster } }],
    users: [user(name, fields)],
  });
}

async function file(name: string, content: string): Promise<string> {
  const path = join(dir, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, content);
  return path;
}

const load = (options: Partial<Parameters<typeof loadRestConfig>[0]> = {}) => loadRestConfig({ clock, env: {}, home: dir, serviceAccountDirectory: join(dir, 'sa'), ...options });

describe('loadRestConfig', () => {
  it('prefers the explicit file, then KUBECONFIG, then the pod, then the home directory', async () => {
    const explicit = await file('explicit', kubeconfig('explicit', 'https://explicit', { token: 't' }));
    const first = await file('first', kubeconfig('first', 'https://first', { token: 't' }));
    await file('.kube/config', kubeconfig('home', 'https://home', { token: 't' }));
    const pod = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    const env = { ...pod, KUBECONFIG: [join(dir, 'not-there'), first].join(delimiter) };
    expect((await load({ kubeconfig: explicit, env })).server).toBe('https://explicit');
    expect(await load({ env })).toMatchObject({ server: 'https://first', namespace: 'ns-first' });
    expect((await load({ env: pod })).server).toBe('https://home');
    await Promise.all([file('sa/token', 'pod-token\n'), file('sa/ca.crt', 'CA'), file('sa/namespace', 'operators')]);
    const inPod = await load({ env: pod });
    expect(inPod).toMatchObject({ server: 'https://[fd00::1]:443', namespace: 'operators' });
    expect(await inPod.credentials!.current()).toMatchObject({ headers: { authorization: 'Bearer pod-token' }, tls: { ca: Buffer.from('CA') } });
  });

  it('says what is missing, where it looked and what to try', async () => {
    await expect(load()).rejects.toThrow(/no --kubeconfig, KUBECONFIG is not set, KUBERNETES_SERVICE_HOST is not set, .*\.kube\/config does not exist/);
    await expect(load({ kubeconfig: '/nowhere/config' })).rejects.toMatchObject({ code: 'KW_KUBECONFIG_MISSING', message: 'the kubeconfig file /nowhere/config does not exist', hint: expect.any(String) as string });
    await expect(load({ env: { KUBECONFIG: '/nowhere/config' } })).rejects.toThrow('KUBECONFIG names /nowhere/config');
  });

  it('#140 takes the proxy of the environment where the kubeconfig has none', async () => {
    const env = { HTTPS_PROXY: 'http://proxy:1', NO_PROXY: '10.0.0.0/8' };
    const plain = await file('plain', kubeconfig('c', 'https://c', { token: 't' }));
    expect((await load({ kubeconfig: plain, env })).proxy).toBe('http://proxy:1');
    const own = await file('own', kubeconfig('c', 'https://c', { token: 't' }, { 'proxy-url': 'http://other:2' }));
    expect((await load({ kubeconfig: own, env })).proxy).toBe('http://other:2');
    await Promise.all([file('sa/token', 't'), file('sa/ca.crt', 'CA')]);
    expect((await load({ env: { ...env, KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' } })).proxy).toBeUndefined();
    expect((await load({ env: { HTTPS_PROXY: 'p:1', KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' } })).proxy).toBe('http://p:1');
  });

  it('#141 refuses a cluster that is verified and not verified, in brackets puts an IPv6 address, and takes the name of the certificate', async () => {
    const both = await file('both', kubeconfig('c', 'https://c', {}, { 'insecure-skip-tls-verify': true, 'certificate-authority-data': 'Q0E=' }));
    await expect(load({ kubeconfig: both })).rejects.toThrow('cluster c has both insecure-skip-tls-verify and a certificate-authority');
    await Promise.all([file('sa/token', 't'), file('sa/ca.crt', 'one')]);
    const pod = await load({ env: { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' } });
    expect(pod.server).toBe('https://[fd00::1]:443');
    await file('sa/ca.crt', 'two');
    await clock.advance(60_000);
    expect((await pod.credentials!.current()).tls).toEqual({ ca: Buffer.from('two') });
    const named = await load({ kubeconfig: await file('named', kubeconfig('c', 'https://c', {}, { 'tls-server-name': 'kube' })) });
    expect((await named.credentials!.current()).tls).toMatchObject({ servername: 'kube' });
  });

  it('says what is wrong with a file', async () => {
    const broken = await file('broken', '{ "clusters": [');
    await expect(load({ kubeconfig: broken })).rejects.toSatisfy((error) => hasCode(error, 'KW_KUBECONFIG_INVALID') && error.message.includes(broken));
    const good = await file('good', kubeconfig('good', 'https://good', {}));
    await expect(load({ kubeconfig: good, context: 'other' })).rejects.toMatchObject({ message: expect.stringContaining('has no context other') as string, hint: 'It has: good.' });
    const lost = await file('lost', JSON.stringify({ 'current-context': 'a', contexts: [{ name: 'a', context: { cluster: 'gone', user: 'u' } }], clusters: [], users: [] }));
    await expect(load({ kubeconfig: lost })).rejects.toThrow('context a names the cluster gone, which is not there');
  });

  it('merges files as kubectl does: the first one counts', async () => {
    const one = await file('one', kubeconfig('one', 'https://one', { token: '1' }));
    const two = await file('two', kubeconfig('one', 'https://two', { token: '2' }));
    const config = await load({ env: { KUBECONFIG: [one, two].join(delimiter) } });
    expect(config.server).toBe('https://one');
    expect((await config.credentials!.current()).headers).toEqual({ authorization: 'Bearer 1' });
  });

  it.each<[string, object, object, object]>([
    ['a token', { token: 'abc' }, {}, { headers: { authorization: 'Bearer abc' } }],
    ['a password', { username: 'joe', password: 'x' }, {}, { headers: { authorization: `Basic ${Buffer.from('joe:x').toString('base64')}` } }],
    ['a client certificate', { 'client-certificate-data': 'Q0VSVA==', 'client-key-data': 'S0VZ' }, {}, { tls: { cert: Buffer.from('CERT'), key: Buffer.from('KEY') } }],
    ['an authority and a name', {}, { 'certificate-authority-data': 'Q0E=', 'tls-server-name': 'kube' }, { tls: { ca: Buffer.from('CA'), servername: 'kube' } }],
    ['no verification', {}, { 'insecure-skip-tls-verify': true }, { tls: { insecureSkipVerify: true } }],
  ])('takes %s', async (_what, fields, cluster, credentials) => {
    const config = await load({ kubeconfig: await file('config', kubeconfig('c', 'https://c', fields, cluster)) });
    expect(await config.credentials!.current()).toMatchObject(credentials);
  });

  it('takes plain http, token files beside the kubeconfig, and whom to act as', async () => {
    await file('secret/token', 'from-file\n');
    const path = await file('config', kubeconfig('c', 'http://c:8080', { tokenFile: 'secret/token', as: 'joe', 'as-groups': ['a', 'b'], 'as-user-extra': { k: ['v'] } }));
    const config = await load({ kubeconfig: path });
    expect(config).toMatchObject({ server: 'http://c:8080', impersonate: { user: 'joe', groups: ['a', 'b'], extra: { k: ['v'] } } });
    expect((await config.credentials!.current()).headers).toEqual({ authorization: 'Bearer from-file' });
  });

  it('#139 runs a plugin once for many requests, and again when the server refuses what it gave', async () => {
    const plugin = await file('plugin.sh', `#!/bin/sh\necho run >> ${dir}/runs\nn=$(wc -l < ${dir}/runs | tr -d ' ')\necho '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"token-'$n'"}}'\n`);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: '/bin/sh', args: [plugin], interactiveMode: 'Never' };
    const { credentials } = await load({ kubeconfig: await file('config', kubeconfig('c', 'https://c', { exec })) });
    const many = await Promise.all(Array.from({ length: 50 }, () => credentials!.current()));
    expect(new Set(many)).toHaveLength(1);
    expect(many[0]!.headers).toEqual({ authorization: 'Bearer token-1' });
    credentials!.refused(many[0]!);
    credentials!.refused(many[0]!);
    const [renewed] = await Promise.all([credentials!.current(), credentials!.current()]);
    expect(renewed.headers).toEqual({ authorization: 'Bearer token-2' });
    credentials!.refused(many[0]!);
    expect(await credentials!.current()).toBe(renewed);
  });

  it('names the plugin that failed', async () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: '/bin/sh', args: ['-c', 'echo no login >&2; exit 1'] };
    const { credentials } = await load({ kubeconfig: await file('config', kubeconfig('c', 'https://c', { exec })) });
    await expect(credentials!.current()).rejects.toMatchObject({ code: 'KW_CREDENTIALS', message: expect.stringContaining('no login') as string });
  });
});

describe('the credentials of a pod', () => {
  it('#138 are read again each minute and after a refusal, and kept while the files can not be read', async () => {
    await Promise.all([file('sa/token', 'one'), file('sa/ca.crt', 'CA')]);
    const { credentials } = await load({ env: { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' } });
    const token = async () => (await credentials!.current()).headers['authorization'];
    await file('sa/token', 'two');
    expect(await token()).toBe('Bearer one');
    await clock.advance(60_000);
    expect(await token()).toBe('Bearer two');
    await file('sa/token', 'three');
    credentials!.refused(await credentials!.current());
    expect(await token()).toBe('Bearer three');
    // A refusal of what was replaced since says nothing about what is used now.
    const [used] = [await credentials!.current()];
    await file('sa/token', 'four');
    await clock.advance(60_000);
    const newer = await credentials!.current();
    await file('sa/token', 'five');
    credentials!.refused(used!);
    expect(await credentials!.current()).toBe(newer);
    credentials!.refused(newer);
    expect(await token()).toBe('Bearer five');
    await rm(join(dir, 'sa'), { recursive: true });
    await clock.advance(60_000);
    expect(await token()).toBe('Bearer five');
  });
});
