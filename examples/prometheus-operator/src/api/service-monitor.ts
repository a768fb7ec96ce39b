import { CustomResource } from '@kubewright/api';

import type { ConfigResourceStatus } from './binding-status.js';
import type { TlsConfig } from './http/tls-config.js';
import type { ByteSize, SelectorMechanism, ServiceDiscoveryRole } from './scalars.js';
import type { ScrapeEndpoint } from './scrape-endpoint.js';
import type { AttachMetadata, MonitorScrapeOptions } from './scrape-protocol.js';
import type { LabelSelector, NamespaceSelector } from './selectors.js';

/** How the endpoints of a set of Services are scraped. */
@CustomResource({ group: 'monitoring.coreos.com', version: 'v1', shortNames: ['smon'], categories: ['prometheus-operator'] })
export class ServiceMonitor {
  /** What is scraped. */
  spec!: ServiceMonitorSpec;
  /** Which workloads scrape it. */
  status?: ConfigResourceStatus;
}

/** What is scraped. */
export interface ServiceMonitorSpec extends MonitorScrapeOptions {
  /** Label of the Service whose value becomes the `job` label; the Service's name when absent. */
  jobLabel?: string;
  /** Labels of the Service that its targets get. */
  targetLabels?: string[];
  /** Labels of the pod that its targets get. */
  podTargetLabels?: string[];
  /** The ports to scrape. */
  endpoints: ServiceEndpoint[];
  /** The Services. */
  selector: LabelSelector;
  /** Whether the selector is part of the discovery or of the relabelling. */
  selectorMechanism?: SelectorMechanism;
  /** Namespaces in which Services are looked for; the own one when absent. */
  namespaceSelector?: NamespaceSelector;
  /** Objects by which endpoints are found; as the Prometheus says when absent. */
  serviceDiscoveryRole?: ServiceDiscoveryRole;
  /** Metadata of related objects that targets get. */
  attachMetadata?: AttachMetadata;
  /** Size of an uncompressed answer; a scrape with a greater one fails. */
  bodySizeLimit?: ByteSize;
}

/** How one port of a Service is scraped. */
export interface ServiceEndpoint extends ScrapeEndpoint {
  /**
   * Path of a file with a bearer token.
   * @deprecated use `authorization`
   */
  bearerTokenFile?: string;
  /** How TLS is spoken with the target. */
  tlsConfig?: TlsConfig;
}
