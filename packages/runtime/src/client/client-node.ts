/**
 * What @kubernetes/client-node is kept for: users with an `auth-provider` (OIDC and its relatives), and WebSockets (exec, port-forward). It is
 * imported here and nowhere else, and only when it is needed: the import costs a second and 85 MB.
 */
import type { RequestOptions } from 'node:https';

import type { KubeConfig } from '@kubernetes/client-node';

/** The headers that the provider of a context's user gives, asked for anew whenever they are needed. It refreshes its tokens by itself. */
export async function authProvider(files: readonly string[], context: string | undefined): Promise<() => Promise<Record<string, string>>> {
  const { config } = await clientNodeConfig(files, context);
  return async () => {
    const request: RequestOptions = {};
    await config.applyToHTTPSOptions(request);
    const headers = Object.entries((request.headers ?? {}) as Record<string, string>).map(([name, value]) => [name.toLowerCase(), value] as const);
    const { 'impersonate-user': _, ...own } = Object.fromEntries(headers);
    return own;
  };
}

/** client-node, and its configuration for a context; of two entries with one name the first counts. @throws Error when there is no cluster for it */
export async function clientNodeConfig(files: readonly string[], wanted: string | undefined) {
  const module = await import('@kubernetes/client-node');
  const parts = files.map((file) => {
    const part = new module.KubeConfig();
    part.loadFromFile(file);
    return part;
  });
  const first = <T>(find: (part: KubeConfig) => T | null | undefined): T | undefined => parts.map(find).find((found) => found != null && found !== '') ?? undefined;
  const name = wanted ?? first((part) => part.getCurrentContext()) ?? '';
  const context = first((part) => part.getContextObject(name));
  const cluster = context && first((part) => part.getCluster(context.cluster));
  if (!cluster) throw new Error(`the kubeconfig ${files.join(', ')} has no cluster for the context ${name}`);
  const user = first((part) => part.getUser(context.user)) ?? { name: 'anonymous' };
  const config = new module.KubeConfig();
  // client-node refuses plain http unless told that TLS does not matter.
  config.loadFromClusterAndUser(cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster, user);
  return { module, config };
}
