import type { Authorization } from './http/authorization.js';
import type { TlsConfig } from './http/tls-config.js';
import type { RelabelConfig } from './relabel-config.js';
import type { NonEmptyString } from './scalars.js';
import type { AttachMetadata, ScrapeProtocol } from './scrape-protocol.js';

/** A named set of settings for scrapes. */
export interface ScrapeClass {
  /** Name by which monitors choose it. */
  name: NonEmptyString;
  /** Applies to all monitors that choose none; at most one class says so. */
  default?: boolean;
  /** TLS of monitors that set none. */
  tlsConfig?: TlsConfig;
  /** Authorization header of monitors that set no authentication. */
  authorization?: Authorization;
  /** Rewrites the labels of targets before the monitor's own steps. */
  relabelings?: RelabelConfig[];
  /** Rewrites the labels of samples before the monitor's own steps. */
  metricRelabelings?: RelabelConfig[];
  /** Metadata of related objects, for monitors that do not say. */
  attachMetadata?: AttachMetadata;
  /** Format to assume for monitors that do not say. */
  fallbackScrapeProtocol?: ScrapeProtocol;
}
