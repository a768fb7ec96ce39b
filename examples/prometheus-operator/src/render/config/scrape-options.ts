import type { ScrapeEndpoint, ScrapeLimits } from '../../api/index.js';
import type { Version } from '../../version.js';

/** How targets are asked: interval, path, scheme and so on, in the order in which Prometheus documents them. */
export function endpointOptions(endpoint: ScrapeEndpoint, version: Version): Record<string, unknown> {
  return {
    ...(endpoint.interval && { scrape_interval: endpoint.interval }),
    ...(endpoint.scrapeTimeout && { scrape_timeout: endpoint.scrapeTimeout }),
    ...(endpoint.path && { metrics_path: endpoint.path }),
    ...(endpoint.params && { params: endpoint.params }),
    ...(endpoint.scheme && { scheme: endpoint.scheme.toLowerCase() }),
    ...(endpoint.followRedirects !== undefined && version.atLeast(2, 26) && { follow_redirects: endpoint.followRedirects }),
    ...(endpoint.enableHttp2 !== undefined && version.atLeast(2, 35) && { enable_http2: endpoint.enableHttp2 }),
  };
}

/** Whose labels and timestamps win. */
export function honorOptions(endpoint: ScrapeEndpoint, version: Version): Record<string, unknown> {
  return {
    honor_labels: endpoint.honorLabels ?? false,
    ...(endpoint.honorTimestamps !== undefined && version.atLeast(2, 9) && { honor_timestamps: endpoint.honorTimestamps }),
    ...(endpoint.trackTimestampsStaleness !== undefined && version.atLeast(2, 48) && { track_timestamps_staleness: endpoint.trackTimestampsStaleness }),
  };
}

/** Limits of each scrape; older versions do without those that they do not know. */
export function limitOptions(limits: ScrapeLimits, version: Version): Record<string, unknown> {
  return {
    ...(limits.sampleLimit !== undefined && { sample_limit: limits.sampleLimit }),
    ...(limits.targetLimit !== undefined && version.atLeast(2, 21) && { target_limit: limits.targetLimit }),
    ...(limits.labelLimit !== undefined && version.atLeast(2, 27) && { label_limit: limits.labelLimit }),
    ...(limits.labelNameLengthLimit !== undefined && version.atLeast(2, 27) && { label_name_length_limit: limits.labelNameLengthLimit }),
    ...(limits.labelValueLengthLimit !== undefined && version.atLeast(2, 27) && { label_value_length_limit: limits.labelValueLengthLimit }),
    ...(limits.keepDroppedTargets !== undefined && version.atLeast(2, 47) && { keep_dropped_targets: limits.keepDroppedTargets }),
  };
}
