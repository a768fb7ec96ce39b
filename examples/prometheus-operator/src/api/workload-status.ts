import type { Int32, MapList } from '@kubewright/api';

import type { Conditions } from './conditions.js';

/** How many pods of a workload run, and in which state. */
export interface WorkloadStatus {
  /** Whether changes of the object are left alone for now. */
  paused?: boolean;
  /** Pods that are there. */
  replicas?: Int32;
  /** Pods that run the newest template. */
  updatedReplicas?: Int32;
  /** Pods that are ready. */
  availableReplicas?: Int32;
  /** Pods that are not ready. */
  unavailableReplicas?: Int32;
  /** `Available` and `Reconciled`. */
  conditions?: Conditions;
}

/** Status of a workload that is split into shards. */
export interface ShardedStatus extends WorkloadStatus {
  /** One entry for each shard. */
  shardStatuses?: MapList<ShardStatus, 'shardID'>;
  /** How many shards there are. */
  shards?: Int32;
  /** Selects the pods, for autoscalers. */
  selector?: string;
}

/** Status of one shard. */
export interface ShardStatus {
  /** Number of the shard, from 0. */
  shardID: string;
  /** Pods that are there. */
  replicas: Int32;
  /** Pods that run the newest template. */
  updatedReplicas: Int32;
  /** Pods that are ready. */
  availableReplicas: Int32;
  /** Pods that are not ready. */
  unavailableReplicas: Int32;
}
