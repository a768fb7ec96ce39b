import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FakeClock } from '@kubewright/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { hasCode } from '../errors/kubewright-error.js';
import { overlaid, staticToken } from './credentials.js';
import { execCredentials, type ExecConfig } from './exec-credentials.js';

let dir: string;
beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), 'exec-credentials-'))));
afterEach(() => rm(dir, { recursive: true }));

const V1 = 'client.authentication.k8s.io/v1';
const answer = (status: object, more: object = {}): string => JSON.stringify({ kind: 'ExecCredential', apiVersion: V1, status, ...more });
const cluster = { server: 'https://c:6443', ca: 'Q0E=', serverName: 'kube' };

/** A plugin that counts its runs, writes down what it was told, and answers the file `answer`. */
async function plugin(more: Partial<ExecConfig> = {}) {
  const clock = new FakeClock();
  await writeFile(join(dir, 'plugin.sh'), `echo run >> ${dir}/runs\nprintf %s "$KUBERNETES_EXEC_INFO" > ${dir}/info\nprintf %s "$EXTRA" > ${dir}/extra\ncat ${dir}/answer\n`);
  const exec: ExecConfig = { apiVersion: V1, command: '/bin/sh', args: [join(dir, 'plugin.sh')], interactiveMode: 'Never', env: [{ name: 'EXTRA', value: 'x' }], ...more };
  const source = execCredentials(exec, cluster, { clock, env: { PATH: process.env['PATH'] } });
  return {
    clock, source,
    answers: (text: string) => writeFile(join(dir, 'answer'), text),
    runs: async () => (await readFile(join(dir, 'runs'), 'utf8').catch(() => '')).split('\n').length - 1,
    told: async () => JSON.parse(await readFile(join(dir, 'info'), 'utf8')) as unknown,
  };
}

describe('a credential plugin', () => {
  it('#139 runs once for fifty requests, again when its credentials expire, and not before', async () => {
    const test = await plugin();
    await test.answers(answer({ token: 'one', expirationTimestamp: new Date(test.clock.now() + 60_000).toISOString() }));
    const many = await Promise.all(Array.from({ length: 50 }, () => test.source.current()));
    expect(new Set(many)).toHaveLength(1);
    expect(many[0]!.headers).toEqual({ authorization: 'Bearer one' });
    await test.clock.advance(59_999);
    expect(await test.source.current()).toBe(many[0]);
    await test.answers(answer({ token: 'two' }));
    await test.clock.advance(1);
    const second = await test.source.current();
    expect(second.headers).toEqual({ authorization: 'Bearer two' });
    await test.clock.advance(1e9);
    expect(await test.source.current()).toBe(second);
    test.source.refused(many[0]!);
    expect(await test.source.current()).toBe(second);
    test.source.refused(second);
    await Promise.all([test.source.current(), test.source.current()]);
    expect(await test.runs()).toBe(3);
  });

  it('#139 is told version and cluster where it asks for that, and gets its own environment', async () => {
    const test = await plugin({ provideClusterInfo: true });
    await test.answers(answer({ clientCertificateData: 'CERT', clientKeyData: 'KEY' }));
    expect(await test.source.current()).toEqual({ headers: {}, tls: { cert: 'CERT', key: 'KEY' } });
    expect(await test.told()).toEqual({ kind: 'ExecCredential', apiVersion: V1, spec: { interactive: false, cluster: { server: 'https://c:6443', 'tls-server-name': 'kube', 'certificate-authority-data': 'Q0E=' } } });
    expect(await readFile(join(dir, 'extra'), 'utf8')).toBe('x');
  });

  it.each<[string, string, RegExp]>([
    ['another version', answer({ token: 't' }, { apiVersion: 'client.authentication.k8s.io/v1beta1' }), /answered ExecCredential of client.authentication.k8s.io\/v1beta1, the kubeconfig asks for/],
    ['no JSON', 'secret-token', /its output is not JSON$/],
    ['nothing', answer({}), /neither a token nor a certificate/],
    ['half a certificate', answer({ clientCertificateData: 'secret-token' }), /a certificate without a key/],
    ['a strange time', answer({ token: 'secret-token', expirationTimestamp: 'soon' }), /soon is not a time/],
  ])('#139 that answers %s is refused, without its output in the error', async (_what, text, message) => {
    const test = await plugin();
    await test.answers(text);
    const error: unknown = await test.source.current().catch((failure: unknown) => failure);
    expect(error).toSatisfy((given) => hasCode(given, 'KW_CREDENTIALS') && message.test(given.message) && !String(given.cause ?? '').includes('secret'));
    expect((error as Error).message).not.toContain('secret-token');
    await test.answers(answer({ token: 'good' }));
    expect((await test.source.current()).headers).toEqual({ authorization: 'Bearer good' });
  });

  it('#139 that is not installed, or needs a terminal, says what to do', async () => {
    const missing = await plugin({ command: 'no-such-plugin', installHint: 'brew install it' });
    await expect(missing.source.current()).rejects.toMatchObject({ message: 'credential plugin no-such-plugin: the command is not there', hint: 'brew install it' });
    const old = await plugin({ apiVersion: 'client.authentication.k8s.io/v1alpha1' });
    await expect(old.source.current()).rejects.toThrow('supported are client.authentication.k8s.io/v1 and');
  });
});

it('credentials laid over others change when one of the two does, and pass a refusal on', async () => {
  let below = { headers: { a: '1' } as Record<string, string>, tls: { ca: 'CA' } };
  const refused: object[] = [];
  const both = overlaid({ current: async () => below, refused: (credentials) => void refused.push(credentials) }, staticToken('t'));
  const first = await both.current();
  expect(first).toEqual({ headers: { a: '1', authorization: 'Bearer t' }, tls: { ca: 'CA' } });
  expect(await both.current()).toBe(first);
  both.refused({ headers: {} });
  both.refused(first);
  expect(refused).toEqual([below]);
  below = { headers: { a: '2' }, tls: { ca: 'CA' } };
  expect((await both.current()).headers['a']).toBe('2');
});
