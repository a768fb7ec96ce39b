import { CustomResource } from '@kubewright/api';

import type { PodOptions } from './pod-options.js';
import type { StorageSpec } from './storage-spec.js';
import type { WorkloadStatus } from './workload-status.js';

/** An Alertmanager cluster. */
@CustomResource({
  group: 'monitoring.coreos.com',
  version: 'v1',
  shortNames: ['am'],
  categories: ['prometheus-operator'],
  scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' },
  printColumns: [
    { name: 'Version', path: '.spec.version' },
    { name: 'Replicas', path: '.spec.replicas' },
    { name: 'Ready', path: '.status.availableReplicas' },
    { name: 'Reconciled', path: ".status.conditions[?(@.type == 'Reconciled')].status" },
    { name: 'Available', path: ".status.conditions[?(@.type == 'Available')].status" },
    { name: 'Age', path: '.metadata.creationTimestamp' },
    { name: 'Paused', path: '.status.paused', priority: 1 },
  ],
})
export class Alertmanager {
  /** What is wanted. */
  spec!: AlertmanagerSpec;
  /** What is. */
  status?: AlertmanagerStatus;
}

/** What is wanted of an Alertmanager cluster. */
export interface AlertmanagerSpec extends Omit<PodOptions, 'secrets'> {
  /** Secrets of the namespace, mounted into the main container. */
  secrets?: string[];
  /** Secret with the configuration; `alertmanager-NAME` when absent. */
  configSecret?: string;
  /**
   * How long silences and notifications are remembered.
   * @default 120h
   * @pattern ^(0|(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$
   */
  retention?: string;
  /** Where the data is kept; on an emptyDir when absent. */
  storage?: StorageSpec;
  /** Speaks the cluster protocol though there is one replica. */
  forceEnableClusterMode?: boolean;
  /** Peers outside of this object. */
  additionalPeers?: string[];
  /** Features of Alertmanager that are off by default. */
  enableFeatures?: string[];
}

/** Status of an Alertmanager cluster. */
export interface AlertmanagerStatus extends WorkloadStatus {
  /** Selects the pods, for autoscalers. */
  selector?: string;
}
