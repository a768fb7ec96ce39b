import { readFile } from 'node:fs/promises';
import type { Agent } from 'node:http';
import type { RequestOptions } from 'node:https';
import { dirname, resolve } from 'node:path';

import type { KubeConfig } from '@kubernetes/client-node';
import type { Clock } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import { cachedCredentials } from './credentials.js';
import type { Credentials, Impersonation, RestConfig } from './rest-config.js';

/** What to take from kubeconfig files. */
export interface KubeConfigFileOptions {
  /** @default the current-context of the first file that has one */
  readonly context?: string | undefined;
  readonly clock: Clock;
}

/** Plugins keep their credentials until they expire, files are cheap to read: once a minute is client-go's habit too. */
const CREDENTIALS_MS = 60_000;

/**
 * Reads kubeconfig files; of two entries with one name the first counts. Parsing, exec plugins, OIDC and proxies are @kubernetes/client-node's,
 * which is loaded here and nowhere else: the import costs a second and 85 MB.
 */
export async function readKubeConfig(files: readonly string[], { context, clock }: KubeConfigFileOptions): Promise<RestConfig> {
  let loaded = await load(files, context);
  const { cluster, user, namespace } = loaded;
  const renewable = user?.authProvider === undefined;

  const credentials = cachedCredentials(clock, CREDENTIALS_MS, async (refused): Promise<Credentials> => {
    // Read again, plugins forget what they had. An OIDC provider must not: its refresh token may be good for one use only.
    if (refused && renewable) loaded = await load(files, context);
    const request: RequestOptions = {};
    await loaded.config.applyToHTTPSOptions(request);
    return credentialsOf(request, cluster.proxyUrl !== undefined, loaded.extras.tokenFile && (await readFile(loaded.extras.tokenFile, 'utf8')).trim());
  });
  const impersonate = impersonation(user?.impersonateUser, loaded.extras);
  return { server: cluster.server, credentials, ...(impersonate && { impersonate }), ...(namespace && { namespace }) };
}

/** Fields of a user that client-node does not know. */
interface UserExtras {
  readonly tokenFile?: string;
  readonly 'as-uid'?: string;
  readonly 'as-groups'?: readonly string[];
  readonly 'as-user-extra'?: Readonly<Record<string, readonly string[]>>;
}

async function load(files: readonly string[], wanted: string | undefined) {
  const { KubeConfig, loadYaml } = await import('@kubernetes/client-node');
  const parts = await Promise.all(
    files.map(async (file) => {
      try {
        const config = new KubeConfig();
        config.loadFromFile(file);
        return { file, config, raw: loadYaml<{ users?: { name: string; user?: UserExtras }[] }>(await readFile(file, 'utf8')) };
      } catch (cause) {
        throw new KubewrightError('KW_KUBECONFIG_INVALID', `kubeconfig ${file}: ${(cause as Error).message}`, { cause });
      }
    }),
  );
  const where = `kubeconfig ${files.join(', ')}`;
  const name = wanted ?? parts.map(({ config }) => config.getCurrentContext()).find((context) => !!context);
  if (!name) throw invalid(where, 'has no current-context', 'Run `kubectl config use-context NAME`, or pass the context.');
  const context = first(parts, (config) => config.getContextObject(name));
  if (!context) {
    throw invalid(where, `has no context ${name}`, `It has: ${parts.flatMap(({ config }) => config.getContexts().map((each) => each.name)).join(', ') || 'none'}.`);
  }
  const cluster = first(parts, (config) => config.getCluster(context.cluster));
  if (!cluster?.server) throw invalid(where, `context ${name} names the cluster ${context.cluster}, which is ${cluster ? 'without a server' : 'not there'}`);
  const user = first(parts, (config) => config.getUser(context.user)) ?? undefined;
  if (!user && context.user) throw invalid(where, `context ${name} names the user ${context.user}, who is not there`);

  const config = new KubeConfig();
  // client-node refuses plain http unless told that TLS does not matter.
  const plain = cluster.server.startsWith('http:');
  config.loadFromClusterAndUser(plain ? { ...cluster, skipTLSVerify: true } : cluster, user ?? { name: 'anonymous' });
  const owner = parts.find(({ config: part }) => user && part.getUser(context.user));
  const given = owner?.raw.users?.find((each) => each.name === context.user)?.user;
  const extras: UserExtras = { ...given, ...(given?.tokenFile && { tokenFile: resolve(dirname(owner!.file), given.tokenFile) }) };
  return { config, cluster, user, namespace: context.namespace, extras };
}

function first<T>(parts: readonly { readonly config: KubeConfig }[], find: (config: KubeConfig) => T | null): T | undefined {
  for (const { config } of parts) {
    const found = find(config);
    if (found) return found;
  }
  return undefined;
}

function credentialsOf(request: RequestOptions, proxied: boolean, token: string | undefined): Credentials {
  const given = Object.entries((request.headers ?? {}) as Record<string, string>).map(([name, value]) => [name.toLowerCase(), value] as const);
  const { 'impersonate-user': _, ...headers } = Object.fromEntries(given);
  if (request.auth) headers['authorization'] = `Basic ${Buffer.from(request.auth).toString('base64')}`;
  if (token && !headers['authorization']) headers['authorization'] = `Bearer ${token}`;
  const { ca, cert, key, servername, rejectUnauthorized } = request as Record<'ca' | 'cert' | 'key', Buffer | undefined> & RequestOptions;
  return {
    headers,
    tls: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), ...(servername && { servername }), ...(rejectUnauthorized === false && { insecureSkipVerify: true }) },
    ...(proxied && { agent: kept(request.agent as Agent & { keepAlive: boolean }) }),
  };
}

/** client-node's proxy agents close each connection unless told otherwise. */
function kept(agent: Agent & { keepAlive: boolean }): Agent {
  agent.keepAlive = true;
  return agent;
}

function impersonation(name: string | undefined, extras: UserExtras): Impersonation | undefined {
  if (!name) return undefined;
  const { 'as-uid': uid, 'as-groups': groups, 'as-user-extra': extra } = extras;
  return { user: name, ...(uid && { uid }), ...(groups && { groups }), ...(extra && { extra }) };
}

function invalid(where: string, problem: string, hint?: string): KubewrightError {
  return new KubewrightError('KW_KUBECONFIG_INVALID', `${where} ${problem}`, hint ? { hint } : {});
}
