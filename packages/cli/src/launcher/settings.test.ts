import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createCertificateAuthority, realClock, systemRandom } from '@kubewright/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { parseFlags } from './flags.js';
import { KUBE_APISERVER_FLAGS } from './kube-apiserver-flags.js';
import { settingsOf } from './settings.js';
import { readTokenFile } from './token-file.js';

let folder: string;
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const settings = (...argv: string[]) => settingsOf(parseFlags(argv, KUBE_APISERVER_FLAGS));

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'kubewright-settings-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('settingsOf', () => {
  it('follows the flags with which envtest starts a server', () => {
    const authority = createCertificateAuthority({ commonName: 'ca', clock: realClock, random: systemRandom });
    const { certificate, key } = authority.issue({ commonName: 'sa', usages: ['server'] });
    const [signer, account, ca] = [file('sa-signer.key', key), file('sa-signer.crt', certificate), file('client-ca.crt', authority.certificate)];
    file('apiserver.crt', certificate);
    file('apiserver.key', key);
    const { server, listen, notes, certificateDirectory } = settings(
      '--allow-privileged=true', '--authorization-mode=RBAC', '--bind-address=127.0.0.1', `--cert-dir=${folder}`, `--client-ca-file=${ca}`,
      '--disable-admission-plugins=ServiceAccount', '--etcd-servers=http://127.0.0.1:1', '--secure-port=45678', '--service-account-issuer=https://127.0.0.1:45678/',
      `--service-account-key-file=${account}`, `--service-account-signing-key-file=${signer}`, '--service-cluster-ip-range=10.0.0.0/24',
    );
    expect(server).toEqual({
      authorization: ['RBAC'], disabledAdmissionPlugins: ['ServiceAccount'], disabledApis: [], serviceRange: '10.0.0.0/24',
      serviceAccounts: { issuer: 'https://127.0.0.1:45678/', signingKey: key, verificationKeys: [certificate.trim()] },
    });
    expect(listen).toEqual({ port: 45678, host: '127.0.0.1', clientCa: authority.certificate, serving: { certificate, key } });
    expect([notes, certificateDirectory]).toEqual([['flags without meaning here: --allow-privileged, --etcd-servers'], undefined]);
  });

  it('listens without a client authority, and authorizes all, when no flag says otherwise', () => {
    expect(settings(`--cert-dir=${folder}`)).toMatchObject({
      server: { authorization: ['AlwaysAllow'], serviceAccounts: { verificationKeys: [] } }, listen: { port: 6443, host: '0.0.0.0', clientCa: '' }, certificateDirectory: folder, notes: [],
    });
  });

  it('tells what it takes and does not do', () => {
    const { notes, server, wantedApis } = settings(
      '--feature-gates=A=true,B=false', '--enable-admission-plugins=PodNodeSelector,PodSecurity', '--runtime-config=api/alpha=true,batch/v2alpha1=true,policy/v1=false,api/v1=true',
      '--service-cluster-ip-range=10.0.0.0/24,fd00::/108', '--audit-log-path=/x',
    );
    expect(notes).toEqual([
      'flags without meaning here: --audit-log-path',
      'feature gates are as in a fresh server of 1.36; not switched: A=true, B=false',
      '--runtime-config=api/alpha=true: versions that a fresh server serves are served, no alpha and beta ones beside them',
      'admission plugins that are not run here: PodNodeSelector',
      '--service-cluster-ip-range: addresses are given from 10.0.0.0/24 only, not from fd00::/108',
    ]);
    expect([wantedApis, server.disabledApis]).toEqual([['batch/v2alpha1', 'v1'], ['policy/v1']]);
  });

  it.each([
    ['--secure-port=0', /--secure-port: a number from 1 to 65535/],
    ['--authorization-mode=RBAC,Webhook', /--authorization-mode=Webhook is not supported/],
    ['--authorization-mode=Rbac', /invalid argument "Rbac" for --authorization-mode/],
    ['--enable-admission-plugins=PodSecurityPolicy', /plugin "PodSecurityPolicy" is unknown/],
    ['--disable-admission-plugins=Nope', /--disable-admission-plugins: plugin "Nope" is unknown/],
    ['--feature-gates=A', /invalid argument "A" for --feature-gates/],
    ['--runtime-config=api/all=false', /api\/all=false is not supported/],
    ['--service-cluster-ip-range=fd00::/108', /an IPv4 range such as/],
    ['--client-ca-file=/nowhere/ca.crt', /--client-ca-file: ENOENT.*\/nowhere\/ca.crt/],
    ['--tls-cert-file=/a', /go together/],
    ['--oidc-issuer-url=https://a', /--oidc-issuer-url is not supported/],
  ])('refuses %s', (flag, message) => {
    expect(() => settings(flag)).toThrow(message);
  });

  it('refuses a plugin that is switched on and off', () => {
    expect(() => settings('--enable-admission-plugins=Priority', '--disable-admission-plugins=Priority')).toThrow('Priority in --enable-admission-plugins and --disable-admission-plugins overlapped');
  });
});

describe('readTokenFile', () => {
  it('reads users with and without groups and uids', () => {
    expect(readTokenFile('t1,jane,u-1,"a,b"\n\nt2,"j,oe",,\r\nt3,"j""im",u,dev\n', 'f')).toEqual({
      t1: { name: 'jane', uid: 'u-1', groups: ['a', 'b'] }, t2: { name: 'j,oe', groups: [] }, t3: { name: 'j"im', uid: 'u', groups: ['dev'] },
    });
  });

  it('names the line that says too little', () => {
    expect(() => readTokenFile('a,b,c\nd,e\n', '/etc/tokens.csv')).toThrow('--token-auth-file: line 2 of /etc/tokens.csv needs token, user and uid');
  });
});
