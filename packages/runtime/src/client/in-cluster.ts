import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';

import type { Clock } from '@kubewright/platform';

import { cachedCredentials } from './credentials.js';
import type { Credentials, RestConfig } from './rest-config.js';

/** Where a kubelet mounts what a pod needs to reach its API server. */
export const SERVICE_ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Tokens are rotated by the kubelet long before they end; client-go looks as often. */
const REREAD_MS = 60_000;

/** What an in-cluster configuration is made of. */
export interface InClusterOptions {
  /** KUBERNETES_SERVICE_HOST. */
  readonly host: string;
  /** KUBERNETES_SERVICE_PORT. */
  readonly port: string;
  readonly clock: Clock;
  /** @default SERVICE_ACCOUNT_DIRECTORY */
  readonly directory?: string;
}

/**
 * The configuration of a process that runs in a pod. Token and authority are read from their files each minute, and at once when the server
 * answers 401; while a file can not be read its last content stays in use.
 *
 * @throws KubewrightError KW_CREDENTIALS when the files can not be read now
 */
export async function inClusterConfig({ host, port, clock, directory = SERVICE_ACCOUNT_DIRECTORY }: InClusterOptions): Promise<RestConfig> {
  const credentials = cachedCredentials(clock, REREAD_MS, async (): Promise<Credentials> => {
    const [token, ca] = await Promise.all([readFile(join(directory, 'token'), 'utf8'), readFile(join(directory, 'ca.crt'))]);
    return { headers: { authorization: `Bearer ${token.trim()}` }, tls: { ca } };
  });
  await credentials.current();
  const namespace = (await readFile(join(directory, 'namespace'), 'utf8').catch(() => '')).trim();
  return { server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`, credentials, ...(namespace && { namespace }) };
}
