import type { SetList } from '@kubewright/api';

import type { HttpUrl, NonEmptyString } from '../scalars.js';
import type { DiscoveryClient, PortOptions, RefreshOptions } from './discovery-options.js';

/** Targets that are listed. */
export interface StaticConfig {
  /**
   * Host and port of each target.
   * @minItems 1
   */
  targets: SetList<NonEmptyString>;
  /**
   * Labels that the targets get.
   * @mapType atomic
   */
  labels?: Record<string, string>;
}

/** Targets from files, which are read again when they change. */
export interface FileSDConfig extends RefreshOptions {
  /**
   * Paths of the files; the last part may have a `*`.
   * @minItems 1
   */
  files: SetList<TargetFile>;
}

/**
 * Path of a file of targets, in JSON or YAML.
 * @pattern ^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$
 */
export type TargetFile = string;

/** Targets from a server that answers with a list of them. */
export interface HttpSDConfig extends DiscoveryClient, RefreshOptions {
  /** URL of the list. */
  url: HttpUrl;
}

/** Targets from DNS records. */
export interface DnsSDConfig extends RefreshOptions, PortOptions {
  /**
   * Domain names that are looked up.
   * @minItems 1
   */
  names: NonEmptyString[];
  /** Kind of the records; SRV when absent, else the port is needed. */
  type?: 'A' | 'AAAA' | 'MX' | 'NS' | 'SRV';
}
