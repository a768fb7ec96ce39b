import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import type { ResourceKind, UnstructuredObject } from '@kubewright/api';
import { parseApiVersion, pluralize } from '@kubewright/api';
import { ServiceAccount } from '@kubewright/api/core/v1';
import { ClusterRole } from '@kubewright/api/rbac/v1';
import { parse } from 'yaml';

import { definitions } from '../../generated/index.js';
import { get } from '../kubectl-view.js';
import { configurationResources, operatorAccess, originPrometheus, prometheusAccess } from '../manifests.js';
import type { Step, Story } from '../story.js';

/** What `kubewright generate` made of the controller's decorators. */
const ROLE = new URL('../../../config/rbac/role.yaml', import.meta.url);

export const startCluster: Step = {
  title: 'An embedded cluster starts: API server, built-in controllers, three nodes',
  async run(story) {
    await story.startCluster();
    const version = (await get(story.access, '/version')) as { gitVersion: string };
    return `${story.access.server} says it is ${version.gitVersion}`;
  },
};

export const installDefinitions: Step = {
  title: 'The definitions that were generated from the TypeScript classes are installed',
  async run(story) {
    await story.cluster.install(definitions.map(({ definition }) => definition));
    const resources = await apiResources(story);
    const lines = resources.filter((line) => line.includes('prometheus'));
    for (const expected of ['prometheusagents promagent monitoring.coreos.com/v1alpha1', 'prometheuses prom monitoring.coreos.com/v1', 'prometheusrules promrule monitoring.coreos.com/v1']) {
      assert.ok(lines.some((line) => line.replaceAll(/\s+/g, ' ').startsWith(expected)), `expected api-resources to list "${expected}", saw:\n${lines.join('\n')}`);
    }
    return `api-resources | grep prometheus\n${lines.join('\n')}`;
  },
};

export const applyOrigin: Step = {
  title: "The origin's resource is applied, with a ServiceAccount, RBAC, monitors and rules",
  async run(story) {
    for (const object of [...prometheusAccess, ...configurationResources, originPrometheus]) await apply(story, object);
    return `prometheus.monitoring.coreos.com/${originPrometheus.metadata.name} and ${prometheusAccess.length + configurationResources.length} others`;
  },
};

export const startOperator: Step = {
  title: 'The operator starts as its own ServiceAccount, with the role that was generated from its decorators',
  async run(story) {
    const operatorRole = parse(readFileSync(ROLE, 'utf8')) as ClusterRole;
    await story.client.create(ClusterRole, operatorRole);
    for (const object of operatorAccess) await apply(story, object);
    story.startOperator(await operatorToken(story));
    return `system:serviceaccount:default:prometheus-operator, ${operatorRole.rules?.length ?? 0} rules; whatever they do not allow is refused`;
  },
};

/** A token as a pod would get it. */
export async function operatorToken(story: Story): Promise<string> {
  return await story.cluster.cluster.serviceAccountToken('default', 'prometheus-operator');
}

/** Applies as kubectl does with `--server-side`. */
export async function apply(story: Story, object: UnstructuredObject): Promise<void> {
  await story.client.apply(kindOf(object), object as never, { fieldOwner: 'kubectl', force: true });
}

const CLUSTER_SCOPED = ['ClusterRole', 'ClusterRoleBinding'];

function kindOf(object: UnstructuredObject): ResourceKind {
  const kind = object.kind ?? '';
  const known: Record<string, string> = { Prometheus: 'prometheuses', [ServiceAccount.kind]: ServiceAccount.plural };
  return { ...parseApiVersion(object.apiVersion ?? ''), kind, plural: known[kind] ?? pluralize(kind.toLowerCase()), scope: CLUSTER_SCOPED.includes(kind) ? 'Cluster' : 'Namespaced' };
}

/** `NAME SHORTNAMES APIVERSION NAMESPACED KIND`, read from discovery. */
async function apiResources(story: Story): Promise<string[]> {
  const { groups } = (await get(story.access, '/apis')) as { groups: { name: string; versions: { groupVersion: string }[] }[] };
  const versions = groups.filter(({ name }) => name === 'monitoring.coreos.com').flatMap((group) => group.versions.map(({ groupVersion }) => groupVersion));
  const lists = await Promise.all(versions.map((version) => get(story.access, `/apis/${version}`)));
  return (lists as { groupVersion: string; resources: { name: string; shortNames?: string[]; namespaced: boolean; kind: string }[] }[])
    .flatMap(({ groupVersion, resources }) => resources.filter(({ name }) => !name.includes('/')).map((each) => ({ groupVersion, ...each })))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, shortNames = [], groupVersion, namespaced, kind }) => `${name.padEnd(18)}${shortNames.join(',').padEnd(11)}${groupVersion.padEnd(32)}${String(namespaced).padEnd(7)}${kind}`);
}
