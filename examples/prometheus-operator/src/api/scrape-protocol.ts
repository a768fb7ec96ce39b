import type { Quantity, SetList } from '@kubewright/api';

import type { NonEmptyString, UnsignedInt64 } from './scalars.js';
import type { ScrapeLimits } from './scrape-limits.js';

/** A format in which a target may present its metrics. */
export type ScrapeProtocol = 'PrometheusProto' | 'OpenMetricsText0.0.1' | 'OpenMetricsText1.0.0' | 'PrometheusText0.0.4' | 'PrometheusText1.0.0';

/** Which histograms are scraped. */
export interface HistogramOptions {
  /** Scrapes native histograms. */
  scrapeNativeHistograms?: boolean;
  /** Scrapes a classic histogram as well when the target also has it as a native one. */
  scrapeClassicHistograms?: boolean;
  /** Turns classic histograms into native ones with custom buckets. */
  convertClassicHistogramsToNHCB?: boolean;
}

/** What every object that selects targets can say of its scrapes. */
export interface MonitorScrapeOptions extends ScrapeLimits, HistogramOptions {
  /** Name of the scrape class of the Prometheus whose settings apply. */
  scrapeClass?: NonEmptyString;
  /** Formats to ask for, the preferred one first. */
  scrapeProtocols?: SetList<ScrapeProtocol>;
  /** Format to assume when a target does not say its own. */
  fallbackScrapeProtocol?: ScrapeProtocol;
  /** Buckets of a native histogram; more are merged until they fit. */
  nativeHistogramBucketLimit?: UnsignedInt64;
  /** Least growth from bucket to bucket; finer native histograms are merged until they fit. */
  nativeHistogramMinBucketFactor?: Quantity;
}

/** Which metadata of related objects targets get as labels. */
export interface AttachMetadata {
  /** Adds the metadata of the node, for which Prometheus must be allowed to list nodes. */
  node?: boolean;
}
