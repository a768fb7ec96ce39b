import type { LabelSelector } from './selectors.js';

/** Which objects tell a Prometheus its targets, and what they may say. */
export interface ScrapedObjects {
  /** ServiceMonitors that are taken up; none when absent. */
  serviceMonitorSelector?: LabelSelector;
  /** Namespaces in which ServiceMonitors are looked for; the own one when absent. */
  serviceMonitorNamespaceSelector?: LabelSelector;
  /** PodMonitors that are taken up; none when absent. */
  podMonitorSelector?: LabelSelector;
  /** Namespaces in which PodMonitors are looked for; the own one when absent. */
  podMonitorNamespaceSelector?: LabelSelector;
  /** Probes that are taken up; none when absent. */
  probeSelector?: LabelSelector;
  /** Namespaces in which Probes are looked for; the own one when absent. */
  probeNamespaceSelector?: LabelSelector;
  /** ScrapeConfigs that are taken up; none when absent. */
  scrapeConfigSelector?: LabelSelector;
  /** Namespaces in which ScrapeConfigs are looked for; the own one when absent. */
  scrapeConfigNamespaceSelector?: LabelSelector;
  /** Labels of a pod that its targets get. */
  podTargetLabels?: string[];
  /** Ignores the namespace selectors of monitors. */
  ignoreNamespaceSelectors?: boolean;
  /** Keeps our labels though a monitor says that those of the target win. */
  overrideHonorLabels?: boolean;
  /** Drops the timestamps of targets though a monitor says that they are kept. */
  overrideHonorTimestamps?: boolean;
  /** Whether monitors may name files of the Prometheus container. */
  arbitraryFSAccessThroughSMs?: ArbitraryFSAccessThroughSMs;
}

/** What monitors may read from the file system of Prometheus. */
export interface ArbitraryFSAccessThroughSMs {
  /** Refuses monitors that name a file. */
  deny?: boolean;
}
