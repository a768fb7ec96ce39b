import { CustomResourceDefinition } from '@kubewright/api/apiextensions/v1';
import type { Definition } from '@kubewright/crdgen';
import { realClock } from '@kubewright/platform';
import { createClient, createTransport, loadRestConfig } from '@kubewright/runtime';

import { CliError } from '../errors/cli-error.js';
import { UNREADABLE } from './read-definitions.js';

/** Which cluster is asked. */
export interface ClusterAccess {
  /** @default KUBECONFIG, the pod's own account, then ~/.kube/config */
  readonly kubeconfig?: string;
  /** @default the current context of the file */
  readonly context?: string;
}

/**
 * The CustomResourceDefinitions of a cluster, by name.
 *
 * @param names such as `widgets.demo.example.com`, or a plural, kind or short name; none takes all
 * @throws CliError when the cluster can not be asked, or does not have one of the names
 */
export async function definitionsOfCluster(names: readonly string[], access: ClusterAccess): Promise<Definition[]> {
  const all = await listDefinitions(access);
  if (names.length === 0) {
    if (all.length === 0) throw new CliError('the cluster has no CustomResourceDefinition', 'Check the context: "kubectl get crds" shows what there is.', UNREADABLE);
    return all;
  }
  const unknown = names.filter((name) => !all.some((one) => isNamed(one, name)));
  if (unknown.length > 0)
    throw new CliError(`the cluster has no CustomResourceDefinition ${unknown.join(', ')}`, `There ${all.length === 1 ? 'is' : 'are'}: ${all.map((one) => one.metadata.name).join(', ') || 'none'}.`, UNREADABLE);
  return all.filter((one) => names.some((name) => isNamed(one, name)));
}

async function listDefinitions({ kubeconfig, context }: ClusterAccess): Promise<Definition[]> {
  const access = { clock: realClock, ...(kubeconfig === undefined ? {} : { kubeconfig }), ...(context === undefined ? {} : { context }) };
  try {
    const transport = createTransport({ config: await loadRestConfig(access), userAgent: 'kubewright-cli' });
    const { items } = await createClient({ transport }).list(CustomResourceDefinition).finally(() => transport.close());
    // Items of lists need not repeat their kind.
    return items.map((one) => ({ ...one, apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' }) as unknown as Definition).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  } catch (error) {
    const { message, hint } = error as Error & { hint?: string };
    throw new CliError(`the definitions of the cluster can not be read: ${message}`, hint ?? 'Check the cluster with "kubectl get crds"; name a file with --kubeconfig or a context with --context.', UNREADABLE);
  }
}

function isNamed({ metadata, spec: { names } }: Definition, name: string): boolean {
  return metadata.name === name || names.plural === name || names.kind === name || names.singular === name || names.shortNames?.includes(name) === true;
}
