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

/**
 * What is wanted of an agent.
 * @validation {
 *   "rule": "!(has(self.mode) && self.mode == 'DaemonSet' && has(self.replicas))",
 *   "message": "replicas cannot be set when mode is DaemonSet"
 * }
 * @validation {
 *   "rule": "!(has(self.mode) && self.mode == 'DaemonSet' && has(self.storage))",
 *   "message": "storage cannot be set when mode is DaemonSet"
 * }
 * @validation {
 *   "rule": "!(has(self.mode) && self.mode == 'DaemonSet' && has(self.shards) && self.shards > 1)",
 *   "message": "shards cannot be greater than 1 when mode is DaemonSet"
 * }
 * @validation {
 *   "rule": "!(has(self.mode) && self.mode == 'DaemonSet' && has(self.persistentVolumeClaimRetentionPolicy))",
 *   "message": "persistentVolumeClaimRetentionPolicy cannot be set when mode is DaemonSet"
 * }
 * @validation {
 *   "rule": "!(has(self.mode) && self.mode == 'DaemonSet' && has(self.scrapeConfigSelector))",
 *   "message": "scrapeConfigSelector cannot be set when mode is DaemonSet"
 * }
 * @validation {
 *   "rule": "!(has(self.mode) && self.mode == 'DaemonSet' && has(self.probeSelector))",
 *   "message": "probeSelector cannot be set when mode is DaemonSet"
 * }
 * @validation {
 *   "rule": "!(has(self.mode) && self.mode == 'DaemonSet' && has(self.scrapeConfigNamespaceSelector))",
 *   "message": "scrapeConfigNamespaceSelector cannot be set when mode is DaemonSet"
 * }
 * @validation {
 *   "rule": "!(has(self.mode) && self.mode == 'DaemonSet' && has(self.probeNamespaceSelector))",
 *   "message": "probeNamespaceSelector cannot be set when mode is DaemonSet"
 * }
 * @validation {
 *   "rule": "!(has(self.mode) && self.mode == 'DaemonSet' && has(self.serviceMonitorSelector))",
 *   "message": "serviceMonitorSelector cannot be set when mode is DaemonSet"
 * }
 * @validation {
 *   "rule": "!(has(self.mode) && self.mode == 'DaemonSet' && has(self.serviceMonitorNamespaceSelector))",
 *   "message": "serviceMonitorNamespaceSelector cannot be set when mode is DaemonSet"
 * }
 * @validation {
 *   "rule": "!(has(self.mode) && self.mode == 'DaemonSet' && has(self.additionalScrapeConfigs))",
 *   "message": "additionalScrapeConfigs cannot be set when mode is DaemonSet"
 * }
 * @validation {
 *   "rule": "!(has(self.mode) && self.mode == 'DaemonSet' && has(self.shardingStrategy))",
 *   "message": "shardingStrategy cannot be set when mode is DaemonSet"
 * }
 */
export interface PrometheusAgentSpec extends CommonPrometheusFields {
  /** Whether the agent runs on every node or as replicas of shards. */
  mode?: 'StatefulSet' | 'DaemonSet';
}
