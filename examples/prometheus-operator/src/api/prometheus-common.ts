import type { Int32, MinLength, SetList } from '@kubewright/api';

import type { PodOptions } from './pod-options.js';
import type { PrometheusDuration } from './scalars.js';
import type { LabelSelector } from './selectors.js';
import type { StorageSpec } from './storage-spec.js';

/** What Prometheus and its agent have in common. */
export interface CommonPrometheusFields extends PodOptions {
  /** ServiceMonitors that are taken up; none when absent. */
  serviceMonitorSelector?: LabelSelector;
  /** Namespaces in which ServiceMonitors are looked for; the own one when absent. */
  serviceMonitorNamespaceSelector?: LabelSelector;
  /** PodMonitors that are taken up; none when absent. */
  podMonitorSelector?: LabelSelector;
  /** Namespaces in which PodMonitors are looked for; the own one when absent. */
  podMonitorNamespaceSelector?: LabelSelector;
  /**
   * Among how many StatefulSets the targets are divided.
   * @default 1
   */
  shards?: Int32;
  /** Name of the label that tells replicas apart; empty for none. */
  replicaExternalLabelName?: string;
  /** Name of the label that names this object; empty for none. */
  prometheusExternalLabelName?: string;
  /** Labels added to everything that leaves Prometheus. */
  externalLabels?: Record<string, string>;
  /**
   * Time between two scrapes.
   * @default 30s
   */
  scrapeInterval?: PrometheusDuration;
  /** Time after which a scrape is given up. */
  scrapeTimeout?: PrometheusDuration;
  /** Accepts samples by remote write. */
  enableRemoteWriteReceiver?: boolean;
  /** Features of Prometheus that are off by default. */
  enableFeatures?: SetList<MinLength<1>>;
  /** Where the data is kept; on an emptyDir when absent. */
  storage?: StorageSpec;
  /** Compresses the write-ahead log. */
  walCompression?: boolean;
  /** Labels of a pod that its targets get. */
  podTargetLabels?: string[];
  /** Ignores the namespace selectors of monitors. */
  ignoreNamespaceSelectors?: boolean;
  /** Objects by which endpoints are found. */
  serviceDiscoveryRole?: 'Endpoints' | 'EndpointSlice';
}
