import { CustomResource, type MapList } from '@kubewright/api';

import type { ConfigResourceStatus } from './binding-status.js';
import type { HttpAuth } from './http/http-config.js';
import type { ProxyConfig } from './http/proxy-config.js';
import type { RelabelConfig } from './relabel-config.js';
import type { NonEmptyString, PrometheusDuration, Scheme } from './scalars.js';
import type { MonitorScrapeOptions } from './scrape-protocol.js';
import type { LabelSelector, NamespaceSelector } from './selectors.js';

/** How ingresses or fixed targets are probed through an exporter such as the blackbox exporter. */
@CustomResource({ group: 'monitoring.coreos.com', version: 'v1', shortNames: ['prb'], categories: ['prometheus-operator'] })
export class Probe {
  /** What is probed. */
  spec!: ProbeSpec;
  /** Which workloads probe it. */
  status?: ConfigResourceStatus;
}

/** What is probed, and by whom. */
export interface ProbeSpec extends MonitorScrapeOptions, HttpAuth {
  /** Value of the `job` label. */
  jobName?: string;
  /** The exporter that does the probing. */
  prober?: ProberSpec;
  /** Module of the exporter that says what a probe is. */
  module?: string;
  /** What is probed: ingresses, or targets that are listed. */
  targets?: ProbeTargets;
  /** Time between two probes; that of the Prometheus when absent. */
  interval?: PrometheusDuration;
  /** Time after which a probe is given up. */
  scrapeTimeout?: PrometheusDuration;
  /** Rewrites the labels of the samples. */
  metricRelabelings?: RelabelConfig[];
  /**
   * Further parameters of the exporter's URL.
   * @minItems 1
   */
  params?: MapList<ProbeParam, 'name'>;
}

/** Where the exporter is reached. */
export interface ProberSpec extends ProxyConfig {
  /** Host and port of the exporter. */
  url: NonEmptyString;
  /** Scheme of the exporter's URL. */
  scheme?: Scheme;
  /**
   * Path that starts a probe.
   * @default /probe
   */
  path?: string;
}

/** What is probed; of two, `staticConfig` counts. */
export interface ProbeTargets {
  /** Targets that are listed. */
  staticConfig?: ProbeTargetStaticConfig;
  /** Targets that come from the hosts and paths of Ingress objects. */
  ingress?: ProbeTargetIngress;
}

/** Targets that are listed. */
export interface ProbeTargetStaticConfig {
  /** The hosts or URLs to probe. */
  static?: string[];
  /** Labels that every series gets. */
  labels?: Record<string, string>;
  /** Rewrites the labels of the targets. */
  relabelingConfigs?: RelabelConfig[];
}

/** Targets that come from Ingress objects. */
export interface ProbeTargetIngress {
  /** The Ingress objects. */
  selector?: LabelSelector;
  /** Namespaces in which Ingress objects are looked for; the own one when absent. */
  namespaceSelector?: NamespaceSelector;
  /** Rewrites the labels of the targets. */
  relabelingConfigs?: RelabelConfig[];
}

/** One parameter of a URL. */
export interface ProbeParam {
  /** Name of the parameter. */
  name: NonEmptyString;
  /**
   * Its values, one after the other.
   * @minItems 1
   */
  values?: NonEmptyString[];
}
