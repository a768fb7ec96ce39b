import { CustomResource } from '@kubewright/api';

import type { CommonPrometheusFields } from './prometheus-common.js';
import type { ShardedStatus } from './workload-status.js';

/** A Prometheus that scrapes and forwards, and keeps no data to query. */
@CustomResource({
  group: 'monitoring.coreos.com',
  version: 'v1alpha1',
  shortNames: ['promagent'],
  categories: ['prometheus-operator'],
  scale: { specReplicasPath: '.spec.shards', statusReplicasPath: '.status.shards', labelSelectorPath: '.status.selector' },
  printColumns: [
    { name: 'Version', path: '.spec.version' },
    { name: 'Desired', path: '.spec.replicas' },
    { name: 'Ready', path: '.status.availableReplicas' },
    { name: 'Reconciled', path: ".status.conditions[?(@.type == 'Reconciled')].status" },
    { name: 'Available', path: ".status.conditions[?(@.type == 'Available')].status" },
    { name: 'Age', path: '.metadata.creationTimestamp' },
    { name: 'Paused', path: '.status.paused', priority: 1 },
  ],
})
export class PrometheusAgent {
  /** What is wanted. */
  spec!: PrometheusAgentSpec;
  /** What is. */
  status?: ShardedStatus;
}

/** What is wanted of an agent. */
export interface PrometheusAgentSpec extends CommonPrometheusFields {}
