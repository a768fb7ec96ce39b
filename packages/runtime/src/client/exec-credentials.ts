import { execFile } from 'node:child_process';

import type { Clock } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { Credentials, CredentialSource } from './rest-config.js';

/** `exec` of a kubeconfig's user (client.authentication.k8s.io). */
export interface ExecConfig {
  readonly apiVersion: string;
  readonly command: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly installHint?: string;
  readonly provideClusterInfo?: boolean;
  readonly interactiveMode?: 'Never' | 'IfAvailable' | 'Always';
}

/** What a plugin is told of the cluster, where it asks for it. */
export interface ExecCluster {
  readonly server: string;
  /** Base64. */
  readonly ca?: string | undefined;
  readonly serverName?: string | undefined;
  readonly skipVerify?: boolean | undefined;
  readonly proxy?: string | undefined;
}

const SUPPORTED = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/**
 * The credentials that a plugin gives (client-go plugin/pkg/client/auth/exec). It runs once for all who ask at the same time, and again when
 * what it gave expires, or was refused by the server; never otherwise.
 *
 * @throws KubewrightError KW_CREDENTIALS with what the plugin wrote to its standard error, never what it wrote to its output
 */
export function execCredentials(exec: ExecConfig, cluster: ExecCluster, { clock, env }: { readonly clock: Clock; readonly env: Readonly<Record<string, string | undefined>> }): CredentialSource {
  let known: { readonly credentials: Credentials; readonly expires: number } | undefined;
  let pending: Promise<Credentials> | undefined;

  async function renew(): Promise<Credentials> {
    try {
      known = credentialsIn(await run(exec, cluster, env), exec);
      return known.credentials;
    } finally {
      pending = undefined;
    }
  }

  return {
    current() {
      if (known && clock.now() < known.expires) return Promise.resolve(known.credentials);
      return (pending ??= renew());
    },
    refused(credentials) {
      if (known?.credentials === credentials) known = undefined;
    },
  };
}

async function run(exec: ExecConfig, cluster: ExecCluster, env: Readonly<Record<string, string | undefined>>): Promise<string> {
  if (!SUPPORTED.includes(exec.apiVersion)) throw failed(exec, `the kubeconfig asks for apiVersion ${exec.apiVersion}; supported are ${SUPPORTED.join(' and ')}`);
  const isTerminal = process.stdin.isTTY === true;
  if (exec.interactiveMode === 'Always' && !isTerminal) throw failed(exec, 'it needs a terminal (interactiveMode: Always), and there is none');
  const interactive = isTerminal && exec.interactiveMode !== 'Never';
  const info = { kind: 'ExecCredential', apiVersion: exec.apiVersion, spec: { interactive, ...(exec.provideClusterInfo && { cluster: clusterInfo(cluster) }) } };
  const own = Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value]));
  return new Promise((resolve, reject) => {
    const child = execFile(exec.command, [...(exec.args ?? [])], { env: { ...env, ...own, KUBERNETES_EXEC_INFO: JSON.stringify(info) }, maxBuffer: 10 << 20 }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      reject(missing ? failed(exec, 'the command is not there', error, exec.installHint) : failed(exec, stderr.trim() || `it ended with code ${error.code}`));
    });
    if (interactive) process.stdin.pipe(child.stdin!);
    else child.stdin?.end();
    // A plugin that reads no input may be gone before its end arrives.
    child.stdin?.on('error', () => {});
    child.on('close', () => interactive && process.stdin.unpipe(child.stdin!));
  });
}

function credentialsIn(output: string, exec: ExecConfig): { credentials: Credentials; expires: number } {
  let given: ExecCredential;
  try {
    given = JSON.parse(output) as ExecCredential;
  } catch {
    throw failed(exec, 'its output is not JSON'); // without the parser's words: they quote the output
  }
  if (given?.kind !== 'ExecCredential' || given.apiVersion !== exec.apiVersion) {
    throw failed(exec, `it answered ${given?.kind} of ${given?.apiVersion}, the kubeconfig asks for ExecCredential of ${exec.apiVersion}`);
  }
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = given.status ?? {};
  if (!token && !cert && !key) throw failed(exec, 'it gave neither a token nor a certificate');
  if (!cert !== !key) throw failed(exec, 'it gave a certificate without a key, or a key without a certificate');
  const expires = expirationTimestamp ? Date.parse(expirationTimestamp) : Number.POSITIVE_INFINITY;
  if (Number.isNaN(expires)) throw failed(exec, `its expirationTimestamp ${expirationTimestamp} is not a time`);
  return { credentials: { headers: { ...(token && { authorization: `Bearer ${token}` }) }, ...(cert && key && { tls: { cert, key } }) }, expires };
}

interface ExecCredential {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly status?: { readonly token?: string; readonly clientCertificateData?: string; readonly clientKeyData?: string; readonly expirationTimestamp?: string };
}

function clusterInfo({ server, ca, serverName, skipVerify, proxy }: ExecCluster): object {
  return {
    server,
    ...(serverName && { 'tls-server-name': serverName }),
    ...(skipVerify && { 'insecure-skip-tls-verify': true }),
    ...(ca && { 'certificate-authority-data': ca }),
    ...(proxy && { 'proxy-url': proxy }),
  };
}

function failed({ command }: ExecConfig, problem: string, cause?: unknown, hint?: string): KubewrightError {
  return new KubewrightError('KW_CREDENTIALS', `credential plugin ${command}: ${problem}`, { ...(cause !== undefined && { cause }), ...(hint && { hint }) });
}
