import type { IntOrString } from '@kubewright/api';

import type { HttpConfig } from './http/http-config.js';
import type { RelabelConfig } from './relabel-config.js';
import type { PrometheusDuration, Scheme } from './scalars.js';

/** How one port of a target is scraped. */
export interface ScrapeEndpoint extends HttpConfig {
  /** Name of the port. It wins over `targetPort`. */
  port?: string;
  /** Name or number of the container's port. */
  targetPort?: IntOrString;
  /** Path of the metrics; `/metrics` when absent. */
  path?: string;
  /** Scheme of the URL. */
  scheme?: Scheme;
  /** Parameters of the URL. */
  params?: Record<string, string[]>;
  /** Time between two scrapes; that of the Prometheus when absent. */
  interval?: PrometheusDuration;
  /** Time after which a scrape is given up. */
  scrapeTimeout?: PrometheusDuration;
  /** Labels of the target win over ours. */
  honorLabels?: boolean;
  /** Timestamps of the target are kept. */
  honorTimestamps?: boolean;
  /** Marks series as stale though they carry timestamps. */
  trackTimestampsStaleness?: boolean;
  /** Rewrites the labels of the samples. */
  metricRelabelings?: RelabelConfig[];
  /** Rewrites the labels of the target. */
  relabelings?: RelabelConfig[];
  /** Leaves pods out that have ended; true when absent. */
  filterRunning?: boolean;
}
