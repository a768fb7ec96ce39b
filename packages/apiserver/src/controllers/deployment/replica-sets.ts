import { deepEqual, resolveIntOrString, type OwnerReference } from '@kubewright/api';
import type { Deployment, ReplicaSet } from '@kubewright/api/apps/v1';
import type { PodTemplateSpec } from '@kubewright/api/core/v1';

/** What a Deployment's ReplicaSets say about themselves and their Deployment. */
export const REVISION = 'deployment.kubernetes.io/revision';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED = 'deployment.kubernetes.io/desired-replicas';
const MAXIMUM = 'deployment.kubernetes.io/max-replicas';
export const HASH_LABEL = 'pod-template-hash';
/** Annotations of a Deployment that are not its ReplicaSets'. */
const OWN_ANNOTATIONS: readonly string[] = ['kubectl.kubernetes.io/last-applied-configuration', REVISION, REVISION_HISTORY, DESIRED, MAXIMUM, 'deprecated.deployment.rollback.to'];

/** A Deployment's ReplicaSets: the one of its template, if there is one, and the others, oldest first. */
export interface ReplicaSets {
  readonly current: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
}

export function sortReplicaSets(sets: Iterable<ReplicaSet>): ReplicaSet[] {
  const order = ({ metadata }: ReplicaSet): string => `${metadata.creationTimestamp} ${metadata.name}`;
  return [...sets].sort((a, b) => order(a).localeCompare(order(b)));
}

/** The oldest ReplicaSet of the Deployment's template is its current one: two of them happen after collisions only. */
export function splitReplicaSets(deployment: Deployment, sets: Iterable<ReplicaSet>): ReplicaSets {
  const sorted = sortReplicaSets(sets);
  const current = sorted.find(({ spec }) => spec?.template && deepEqual(withoutHash(spec.template), withoutHash(deployment.spec.template)));
  return { current, old: sorted.filter((set) => set !== current) };
}

export function replicasOf(set: ReplicaSet | undefined): number {
  return set ? (set.spec?.replicas ?? 1) : 0;
}

export function totalReplicas(sets: Iterable<ReplicaSet | undefined>): number {
  let total = 0;
  for (const set of sets) total += replicasOf(set);
  return total;
}

export function isActiveSet(set: ReplicaSet): boolean {
  return replicasOf(set) > 0;
}

export function revisionOf(object: Deployment | ReplicaSet): number {
  const revision = Number(object.metadata.annotations?.[REVISION] ?? 0);
  return Number.isInteger(revision) ? revision : 0;
}

/** How many pods more than desired, and how many fewer available ones, a rolling update may have. Never both nothing. */
export function fenceposts({ spec }: Deployment): { maxSurge: number; maxUnavailable: number } {
  if (spec?.strategy?.type === 'Recreate') return { maxSurge: 0, maxUnavailable: 0 };
  const replicas = spec?.replicas ?? 1;
  const { maxSurge: surge = '25%', maxUnavailable: unavailable = '25%' } = spec?.strategy?.rollingUpdate ?? {};
  const maxSurge = resolveIntOrString(surge, replicas, true);
  const rounded = resolveIntOrString(unavailable, replicas, false);
  const maxUnavailable = maxSurge === 0 && rounded === 0 ? 1 : rounded;
  return { maxSurge, maxUnavailable: Math.min(maxUnavailable, replicas) };
}

/** What the Deployment wanted when a ReplicaSet was scaled last. */
export function desiredReplicas(set: ReplicaSet): number | undefined {
  const value = set.metadata.annotations?.[DESIRED];
  return value === undefined || !/^\d+$/.test(value) ? undefined : Number(value);
}

export function maximumReplicas(set: ReplicaSet): number | undefined {
  const value = set.metadata.annotations?.[MAXIMUM];
  return value === undefined || !/^\d+$/.test(value) ? undefined : Number(value);
}

/** Annotations of a ReplicaSet that is scaled for its Deployment as it is now. */
export function scaleAnnotations(deployment: Deployment): Record<string, string> {
  const replicas = deployment.spec?.replicas ?? 1;
  return { [DESIRED]: String(replicas), [MAXIMUM]: String(replicas + fenceposts(deployment).maxSurge) };
}

/** Annotations of the current ReplicaSet: the Deployment's, its revision, and those it had before. */
export function currentAnnotations(deployment: Deployment, set: ReplicaSet | undefined, revision: number): Record<string, string> {
  const present = set?.metadata.annotations ?? {};
  const result = { ...present };
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) if (!OWN_ANNOTATIONS.includes(key)) result[key] = value;
  const before = Number(present[REVISION] ?? 0);
  if (before < revision) {
    result[REVISION] = String(revision);
    if (before > 0) result[REVISION_HISTORY] = [...(present[REVISION_HISTORY]?.split(',') ?? []), String(before)].join(',');
  }
  if (!set) Object.assign(result, scaleAnnotations(deployment));
  return result;
}

/** A new ReplicaSet for the Deployment's template. */
export function newReplicaSet(deployment: Deployment, hash: string, replicas: number, revision: number, reference: OwnerReference): ReplicaSet {
  const { template, selector, minReadySeconds } = deployment.spec;
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace ?? '',
      labels,
      annotations: currentAnnotations(deployment, undefined, revision),
      ownerReferences: [reference],
    },
    spec: {
      replicas,
      ...(minReadySeconds && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

export function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [HASH_LABEL]: _hash, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}
