import { deepEqual, isNotFound, type KubeObject } from '@kubewright/api';
import { StatefulSet } from '@kubewright/api/apps/v1';
import { Pod } from '@kubewright/api/core/v1';
import type { Client, DeepReadonly } from '@kubewright/runtime';

import { Prometheus } from '../api/index.js';
import type { ShardedStatus } from '../api/workload-status.js';
import { statefulSetName } from '../names.js';
import type { OperatorConfig } from '../operator-config.js';
import { podSelectorLabels, type PrometheusObject } from '../render/metadata.js';
import { shardSelectorLabels } from '../render/workload/statefulset.js';
import { mergeConditions, type Finding } from '../status/conditions.js';
import { availableFinding, shardStatus, type ShardObservation } from '../status/shards.js';
import { getOrUndefined } from './create-or-update.js';

/** Writes what the pods say and how the sync ended, by server-side apply; nothing is sent when nothing is new. */
export async function writeStatus(client: Client, prometheus: PrometheusObject, reconciled: Finding, config: OperatorConfig, now: string): Promise<void> {
  const status = await observe(client, prometheus, reconciled, config, now);
  if (deepEqual(prometheus.status, status)) return;
  const { name = '', namespace = '' } = prometheus.metadata;
  try {
    await client.status.apply(Prometheus, { metadata: { name, namespace }, status }, { force: true });
  } catch (error) {
    if (!isNotFound(error)) throw error; // deleted meanwhile
  }
}

async function observe(client: Client, prometheus: PrometheusObject, reconciled: Finding, config: OperatorConfig, now: string): Promise<ShardedStatus> {
  const { metadata, spec, status } = prometheus;
  const count = Math.max(spec.shards ?? 1, 1);
  const shards = await Promise.all(Array.from({ length: count }, (_, shard) => observeShard(client, prometheus, shard, config)));
  const shardStatuses = shards.map((shard, index) => shardStatus(String(index), shard));
  const sum = (field: 'replicas' | 'updatedReplicas' | 'availableReplicas' | 'unavailableReplicas'): number => shardStatuses.reduce((total, each) => total + each[field], 0);
  return {
    paused: spec.paused ?? false,
    replicas: sum('replicas'),
    updatedReplicas: sum('updatedReplicas'),
    availableReplicas: sum('availableReplicas'),
    unavailableReplicas: sum('unavailableReplicas'),
    conditions: mergeConditions(status?.conditions, [availableFinding(shards), reconciled], metadata.generation ?? 0, now),
    shardStatuses,
    shards: count,
    selector: Object.entries(podSelectorLabels(metadata.name!, config)).map(([key, value]) => `${key}=${value}`).sort().join(','),
  };
}

async function observeShard(client: Client, prometheus: PrometheusObject, shard: number, config: OperatorConfig): Promise<ShardObservation> {
  const { namespace = '' } = prometheus.metadata;
  const name = statefulSetName(prometheus.metadata.name!, shard);
  const statefulSet = await getOrUndefined(client, StatefulSet, { namespace, name });
  const { items } = await client.list(Pod, { namespace, labels: shardSelectorLabels(prometheus.metadata.name!, shard, config) });
  const pods = items.filter((pod) => isOwnedBy(pod, statefulSet?.metadata.uid));
  return { name, namespace, statefulSet, pods, expectedReplicas: prometheus.spec.replicas ?? 1 };
}

function isOwnedBy(object: DeepReadonly<KubeObject>, uid: string | undefined): boolean {
  return uid !== undefined && (object.metadata.ownerReferences ?? []).some((owner) => owner.uid === uid);
}
