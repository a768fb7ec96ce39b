import type { AtomicList } from '@kubewright/api';
import type { TopologySpreadConstraint } from '@kubewright/api/core/v1';

import type { PrometheusDuration } from './scalars.js';

/**
 * How targets are divided among shards.
 * @validation {
 *   "rule": "!has(self.topology) || (has(self.mode) && self.mode == 'Topology')",
 *   "message": "topology can only be defined when mode is set to 'Topology'"
 * }
 */
export interface ShardingStrategy {
  /** Whether a target's address or the topology of its node decides. */
  mode?: 'Address' | 'Topology';
  /** The topology, in that mode. */
  topology?: ShardingTopology;
}

/** A topology whose values have shards of their own. */
export interface ShardingTopology {
  /** Name of the label that carries the value; empty for none. */
  externalLabelName?: string;
  /** The values, each of which gets an equal number of shards. */
  values?: AtomicList<string>;
}

/** How pods are spread, with selectors that the operator fills in. */
export interface ShardTopologySpreadConstraint extends TopologySpreadConstraint {
  /** Which labels are added to the selector: those of the object, or those of each shard too. */
  additionalLabelSelectors?: 'OnResource' | 'OnShard';
}

/** What happens to shards that are no longer wanted. */
export interface ShardRetentionPolicy {
  /** Whether such shards are kept or deleted. */
  whenScaled?: 'Retain' | 'Delete';
  /** Settings of shards that are kept. */
  retain?: ShardRetention;
}

/** How long shards are kept that are no longer wanted. */
export interface ShardRetention {
  /** Time after which they are deleted. */
  retentionPeriod: PrometheusDuration;
}
