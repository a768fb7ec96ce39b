import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import type { Clock } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import { authProvider } from './client-node.js';
import { cachedCredentials, overlaid } from './credentials.js';
import { execCredentials, type ExecConfig } from './exec-credentials.js';
import type { Credentials, Impersonation, RestConfig, TlsOptions } from './rest-config.js';

/** What to take from kubeconfig files. */
export interface KubeConfigFileOptions {
  /** @default the current-context of the first file that has one */
  readonly context?: string | undefined;
  readonly clock: Clock;
  /** What credential plugins get. @default nothing */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Plugins keep their credentials until they expire, files are cheap to read: once a minute is client-go's habit too. */
const CREDENTIALS_MS = 60_000;

/**
 * Reads kubeconfig files; of two entries with one name the first counts. Tokens, certificates, credential plugins and proxies are our own:
 * most files need nothing else. Only a user with an `auth-provider` (OIDC) brings @kubernetes/client-node in, whose import costs a second and 85 MB.
 */
export async function readKubeConfig(files: readonly string[], { context, clock, env = {} }: KubeConfigFileOptions): Promise<RestConfig> {
  let selected = await select(files, context);
  const { cluster, user, namespace } = selected;
  const provider = user['auth-provider'] && (await authProvider(files, context));
  const fromFiles = cachedCredentials(clock, CREDENTIALS_MS, async (refused): Promise<Credentials> => {
    if (refused) selected = await select(files, context);
    const [tls, authorization, provided] = await Promise.all([tlsOf(selected), authorizationOf(selected), provider?.()]);
    return { headers: { ...(authorization && { authorization }), ...provided }, tls };
  });
  const info = { ca: cluster['certificate-authority-data'], serverName: cluster['tls-server-name'], skipVerify: cluster['insecure-skip-tls-verify'], proxy: cluster['proxy-url'] };
  const exec = user.exec && { ...user.exec, command: user.exec.command.includes('/') ? selected.besideUser(user.exec.command) : user.exec.command };
  const credentials = exec ? overlaid(fromFiles, execCredentials(exec, { server: cluster.server, ...info }, { clock, env })) : fromFiles;
  const impersonate = impersonation(user);
  return {
    server: cluster.server,
    credentials,
    ...(cluster['proxy-url'] && { proxy: cluster['proxy-url'] }),
    ...(impersonate && { impersonate }),
    ...(namespace && { namespace }),
  };
}

/** `cluster` of a kubeconfig (client-go tools/clientcmd/api/v1). */
interface Cluster {
  readonly server: string;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'tls-server-name'?: string;
  readonly 'proxy-url'?: string;
}

/** `user` of a kubeconfig. */
interface User {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly 'client-certificate'?: string;
  readonly 'client-certificate-data'?: string;
  readonly 'client-key'?: string;
  readonly 'client-key-data'?: string;
  readonly username?: string;
  readonly password?: string;
  readonly as?: string;
  readonly 'as-uid'?: string;
  readonly 'as-groups'?: readonly string[];
  readonly 'as-user-extra'?: Readonly<Record<string, readonly string[]>>;
  readonly exec?: ExecConfig;
  readonly 'auth-provider'?: object;
}

type Named<K extends string, T> = { readonly name: string } & { readonly [P in K]?: T };

interface KubeConfigFile {
  readonly 'current-context'?: string;
  readonly clusters?: readonly Named<'cluster', Cluster>[] | null;
  readonly users?: readonly Named<'user', User>[] | null;
  readonly contexts?: readonly Named<'context', { readonly cluster: string; readonly user?: string; readonly namespace?: string }>[] | null;
}

/** What a context names. Paths are relative to the file in which they stand. */
interface Selected {
  readonly cluster: Cluster;
  readonly user: User;
  readonly namespace: string | undefined;
  besideCluster(path: string): string;
  besideUser(path: string): string;
}

async function select(files: readonly string[], wanted: string | undefined): Promise<Selected> {
  const parts = await Promise.all(files.map(async (file) => ({ file, config: await parseFile(file) })));
  const where = `kubeconfig ${files.join(', ')}`;
  const name = wanted ?? parts.map(({ config }) => config['current-context']).find((context) => !!context);
  if (!name) throw invalid(where, 'has no current-context', 'Run `kubectl config use-context NAME`, or pass the context.');
  const context = named(parts, ({ contexts }) => contexts, name)?.entry.context;
  if (!context) {
    throw invalid(where, `has no context ${name}`, `It has: ${parts.flatMap(({ config }) => (config.contexts ?? []).map((each) => each.name)).join(', ') || 'none'}.`);
  }
  const cluster = named(parts, ({ clusters }) => clusters, context.cluster);
  if (!cluster?.entry.cluster?.server) throw invalid(where, `context ${name} names the cluster ${context.cluster}, which is ${cluster ? 'without a server' : 'not there'}`);
  const found = cluster.entry.cluster;
  if (found['insecure-skip-tls-verify'] && (found['certificate-authority-data'] || found['certificate-authority'])) {
    throw invalid(where, `cluster ${context.cluster} has both insecure-skip-tls-verify and a certificate-authority`, 'Remove one of the two.');
  }
  const user = context.user ? named(parts, ({ users }) => users, context.user) : undefined;
  if (!user && context.user) throw invalid(where, `context ${name} names the user ${context.user}, who is not there`);
  const beside = (file: string) => (path: string) => resolve(dirname(file), path);
  return { cluster: found, user: user?.entry.user ?? {}, namespace: context.namespace, besideCluster: beside(cluster.file), besideUser: beside(user?.file ?? cluster.file) };
}

/** JSON is YAML too, and needs no parser of ours; YAML's is loaded when it is needed. */
async function parseFile(file: string): Promise<KubeConfigFile> {
  try {
    const text = await readFile(file, 'utf8');
    const parsed: unknown = text.trimStart().startsWith('{') ? JSON.parse(text) : (await import('yaml')).parse(text);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new Error('it is no map');
    return parsed as KubeConfigFile;
  } catch (cause) {
    throw new KubewrightError('KW_KUBECONFIG_INVALID', `kubeconfig ${file}: ${(cause as Error).message}`, { cause });
  }
}

function named<T extends { readonly name: string }>(parts: readonly { readonly file: string; readonly config: KubeConfigFile }[], list: (config: KubeConfigFile) => readonly T[] | null | undefined, name: string) {
  for (const { file, config } of parts) {
    const entry = list(config)?.find((each) => each.name === name);
    if (entry) return { file, entry };
  }
  return undefined;
}

async function tlsOf({ cluster, user, besideCluster, besideUser }: Selected): Promise<TlsOptions> {
  const pem = async (data: string | undefined, path: string | undefined, beside: (path: string) => string): Promise<Buffer | undefined> =>
    data ? Buffer.from(data, 'base64') : path ? await readFile(beside(path)) : undefined;
  const [ca, cert, key] = await Promise.all([
    pem(cluster['certificate-authority-data'], cluster['certificate-authority'], besideCluster),
    pem(user['client-certificate-data'], user['client-certificate'], besideUser),
    pem(user['client-key-data'], user['client-key'], besideUser),
  ]);
  const servername = cluster['tls-server-name'];
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), ...(servername && { servername }), ...(cluster['insecure-skip-tls-verify'] && { insecureSkipVerify: true }) };
}

/** A token wins over a token file, and both over a password, as in client-go. */
async function authorizationOf({ user, besideUser }: Selected): Promise<string | undefined> {
  const token = user.token ?? (user.tokenFile && (await readFile(besideUser(user.tokenFile), 'utf8')).trim());
  if (token) return `Bearer ${token}`;
  return user.username ? `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}` : undefined;
}

function impersonation({ as: name, 'as-uid': uid, 'as-groups': groups, 'as-user-extra': extra }: User): Impersonation | undefined {
  return name ? { user: name, ...(uid && { uid }), ...(groups && { groups }), ...(extra && { extra }) } : undefined;
}

function invalid(where: string, problem: string, hint?: string): KubewrightError {
  return new KubewrightError('KW_KUBECONFIG_INVALID', `${where} ${problem}`, hint ? { hint } : {});
}
