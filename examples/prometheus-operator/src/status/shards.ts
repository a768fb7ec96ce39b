/** @module status: what the pods of a Prometheus say about it. Pure. */
import type { DeepReadonly } from '@kubewright/runtime';
import type { StatefulSet } from '@kubewright/api/apps/v1';
import type { Pod } from '@kubewright/api/core/v1';

import type { ShardStatus } from '../api/workload-status.js';
import type { Finding } from './conditions.js';

/** One shard: its StatefulSet, if it is there, and the pods that belong to it. */
export interface ShardObservation {
  readonly name: string;
  readonly namespace: string;
  readonly statefulSet: DeepReadonly<StatefulSet> | undefined;
  readonly pods: readonly DeepReadonly<Pod>[];
  readonly expectedReplicas: number;
}

type ReadonlyPod = DeepReadonly<Pod>;

/** Counts of one shard. A pod is updated when it runs the newest revision, and available when it runs and is ready. */
export function shardStatus(shardID: string, { statefulSet, pods }: ShardObservation): ShardStatus {
  const revision = statefulSet?.status?.updateRevision;
  const availableReplicas = pods.filter(isAvailable).length;
  return {
    shardID,
    replicas: pods.length,
    updatedReplicas: pods.filter((pod) => pod.metadata?.labels?.['controller-revision-hash'] === revision).length,
    availableReplicas,
    unavailableReplicas: pods.length - availableReplicas,
  };
}

const WORST_FIRST = ['False', 'Degraded', 'True'];

/** The Available condition over all shards: the worst one decides, reasons are joined, messages name the pods. */
export function availableFinding(shards: readonly ShardObservation[]): Finding {
  const each = shards.map((shard, index) => judge(shard, index));
  const status = WORST_FIRST.find((candidate) => each.some((finding) => finding.status === candidate)) ?? 'True';
  const reasons = [...new Set(each.map(({ reason }) => reason).filter((reason) => reason !== ''))].sort();
  return { type: 'Available', status, reason: reasons.join('And'), message: each.flatMap(({ lines }) => lines).join('\n') };
}

function judge(shard: ShardObservation, index: number): { status: string; reason: string; lines: string[] } {
  if (!shard.statefulSet) return { status: 'False', reason: 'StatefulSetNotFound', lines: [`shard ${index}: statefulset ${shard.namespace}/${shard.name} not found`] };
  const ready = shard.pods.filter(isAvailable).length;
  const lines = shard.pods.flatMap((pod) => (isAvailable(pod) ? [] : podProblem(pod))).map((line) => `shard ${index}: ${line}`);
  if (ready === 0 && shard.expectedReplicas > 0) return { status: 'False', reason: 'NoPodReady', lines };
  return ready < shard.expectedReplicas ? { status: 'Degraded', reason: 'SomePodsNotReady', lines } : { status: 'True', reason: '', lines: [] };
}

/** The first of the pod's conditions that does not hold says what it waits for. */
function podProblem(pod: ReadonlyPod): string[] {
  for (const type of ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready']) {
    const condition = pod.status?.conditions?.find((candidate) => candidate.type === type);
    if (condition && condition.status !== 'True') return [`pod ${pod.metadata?.name}: ${condition.message ?? ''}`];
  }
  return [];
}

function isAvailable(pod: ReadonlyPod): boolean {
  return pod.status?.phase === 'Running' && pod.status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
}
