import type { MapList } from '@kubewright/api';

import type { Condition } from './conditions.js';
import type { NonEmptyString } from './scalars.js';

/** Which workloads took a configuration object up, and whether they accepted it. */
export interface ConfigResourceStatus {
  /** One entry for each workload. */
  bindings?: MapList<WorkloadBinding, 'group' | 'resource' | 'name' | 'namespace'>;
}

/** How one workload sees a configuration object. */
export interface WorkloadBinding {
  /** Group of the workload. */
  group: 'monitoring.coreos.com';
  /** Plural of the workload's kind. */
  resource: 'prometheuses' | 'prometheusagents' | 'thanosrulers' | 'alertmanagers';
  /** Name of the workload. */
  name: NonEmptyString;
  /** Namespace of the workload. */
  namespace: NonEmptyString;
  /** Whether the object was accepted. */
  conditions?: MapList<BindingCondition, 'type'>;
}

/** One aspect of a binding. */
export interface BindingCondition extends Omit<Condition, 'type'> {
  /**
   * Name of the aspect.
   * @minLength 1
   */
  type: 'Accepted';
}
