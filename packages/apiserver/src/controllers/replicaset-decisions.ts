import type { Pod } from '@kubewright/api/core/v1';
import type { ReplicaSet, ReplicaSetCondition, ReplicaSetStatus } from '@kubewright/api/apps/v1';

import { isActive, isAvailable, isReady, isTerminating } from './pod-state.js';

/** No more pods than this are made or deleted in one go. */
const BURST = 500;

/** How many pods to make, and which ones to delete. One of the two is nothing. */
export function planReplicas(set: ReplicaSet, pods: readonly Pod[]): { readonly create: number; readonly remove: readonly Pod[] } {
  const active = pods.filter(isActive);
  const difference = (set.spec?.replicas ?? 1) - active.length;
  if (set.metadata.deletionTimestamp || difference === 0) return { create: 0, remove: [] };
  if (difference > 0) return { create: Math.min(difference, BURST), remove: [] };
  return { create: 0, remove: byWorth(active).slice(0, Math.min(-difference, BURST)) };
}

/**
 * The pods that nobody will miss first: those without a node, not yet running, not ready, marked as cheap, sharing their node with
 * siblings, ready for a short time, restarted often, young (controller.ActivePodsWithRanks).
 */
function byWorth(pods: readonly Pod[]): Pod[] {
  const onNode = new Map<string, number>();
  for (const { spec } of pods) if (spec.nodeName) onNode.set(spec.nodeName, (onNode.get(spec.nodeName) ?? 0) + 1);
  const ranks: ((pod: Pod) => number)[] = [
    ({ spec }) => (spec.nodeName ? 1 : 0),
    ({ status }) => ['Pending', 'Unknown', 'Running'].indexOf(status?.phase || 'Pending'),
    (pod) => (isReady(pod) ? 1 : 0),
    (pod) => deletionCost(pod),
    ({ spec }) => -(onNode.get(spec.nodeName ?? '') ?? 0),
    (pod) => -readySince(pod),
    (pod) => -Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount)),
    ({ metadata }) => -Date.parse(metadata.creationTimestamp ?? ''),
  ];
  return [...pods].sort((a, b) => {
    for (const rank of ranks) {
      const difference = rank(a) - rank(b);
      if (difference) return difference;
    }
    return 0;
  });
}

function deletionCost({ metadata }: Pod): number {
  const cost = Number(metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0);
  return Number.isInteger(cost) ? cost : 0;
}

function readySince(pod: Pod): number {
  const ready = pod.status?.conditions?.find(({ type, status }) => type === 'Ready' && status === 'True');
  return ready?.lastTransitionTime ? Date.parse(ready.lastTransitionTime) : 0;
}

/** @param failure why pods could not be made or deleted just now */
export function replicaSetStatus(set: ReplicaSet, pods: readonly Pod[], now: number, failure?: ReplicaSetCondition): ReplicaSetStatus {
  const active = pods.filter(isActive);
  const labels = Object.entries(set.spec?.template?.metadata?.labels ?? {});
  const ready = active.filter(isReady);
  const fullyLabeledReplicas = active.filter(({ metadata }) => labels.every(([key, value]) => metadata.labels?.[key] === value)).length;
  const availableReplicas = ready.filter((pod) => isAvailable(pod, set.spec?.minReadySeconds ?? 0, now)).length;
  const known = set.status?.conditions?.find(({ type }) => type === failure?.type);
  const condition = known && failure && known.status === failure.status && known.reason === failure.reason ? known : failure;
  const others = (set.status?.conditions ?? []).filter(({ type }) => type !== 'ReplicaFailure');
  const conditions = condition ? [...others, condition] : others;
  return {
    replicas: active.length,
    ...(fullyLabeledReplicas > 0 && { fullyLabeledReplicas }),
    ...(ready.length > 0 && { readyReplicas: ready.length }),
    ...(availableReplicas > 0 && { availableReplicas }),
    terminatingReplicas: pods.filter((pod) => isTerminating(pod) && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed').length,
    observedGeneration: set.metadata.generation ?? 0,
    ...(conditions.length > 0 && { conditions }),
  };
}
