import { CustomResource, type Int32 } from '@kubewright/api';

import type { ConfigResourceStatus } from './binding-status.js';
import type { ByteSize, SelectorMechanism } from './scalars.js';
import type { ScrapeEndpoint } from './scrape-endpoint.js';
import type { AttachMetadata, MonitorScrapeOptions } from './scrape-protocol.js';
import type { LabelSelector, NamespaceSelector } from './selectors.js';

/** How a set of pods is scraped. */
@CustomResource({ group: 'monitoring.coreos.com', version: 'v1', shortNames: ['pmon'], categories: ['prometheus-operator'] })
export class PodMonitor {
  /** What is scraped. */
  spec!: PodMonitorSpec;
  /** Which workloads scrape it. */
  status?: ConfigResourceStatus;
}

/** What is scraped. */
export interface PodMonitorSpec extends MonitorScrapeOptions {
  /** Label of the pod whose value becomes the `job` label; the monitor's own name when absent. */
  jobLabel?: string;
  /** Labels of the pod that its targets get. */
  podTargetLabels?: string[];
  /** The ports to scrape. */
  podMetricsEndpoints?: PodMetricsEndpoint[];
  /** The pods. */
  selector: LabelSelector;
  /** Whether the selector is part of the discovery or of the relabelling. */
  selectorMechanism?: SelectorMechanism;
  /** Namespaces in which pods are looked for; the own one when absent. */
  namespaceSelector?: NamespaceSelector;
  /** Metadata of related objects that targets get. */
  attachMetadata?: AttachMetadata;
  /** Size of an uncompressed answer; a scrape with a greater one fails. */
  bodySizeLimit?: ByteSize;
}

/** How one port of a pod is scraped. */
export interface PodMetricsEndpoint extends ScrapeEndpoint {
  /**
   * Number of the port.
   * @minimum 1
   * @maximum 65535
   */
  portNumber?: Int32;
}
