import type { SetList } from '@kubewright/api';
import type { SecretKeySelector } from '@kubewright/api/core/v1';

import type { NonEmptyString, Scheme } from '../scalars.js';
import type { DiscoveryClient, RefreshOptions } from './discovery-options.js';

/** Targets from the catalogue of Consul. */
export interface ConsulSDConfig extends DiscoveryClient, RefreshOptions {
  /** Host and port of Consul. */
  server: NonEmptyString;
  /** Scheme of the URL. */
  scheme?: Scheme;
  /** Prefix of the paths of the API. */
  pathPrefix?: NonEmptyString;
  /** The key of a Secret that has Consul's token. */
  tokenRef?: SecretKeySelector;
  /** Data centre that is asked; that of the agent when absent. */
  datacenter?: NonEmptyString;
  /** Namespace of Consul Enterprise. */
  namespace?: NonEmptyString;
  /** Admin partition of Consul Enterprise. */
  partition?: NonEmptyString;
  /** Services that are targets; all when absent. */
  services?: SetList<string>;
  /** Tags that a service must all have. */
  tags?: SetList<string>;
  /** Stands between the tags in the label that joins them. */
  tagSeparator?: NonEmptyString;
  /**
   * Metadata that a node must have.
   * @mapType atomic
   */
  nodeMeta?: Record<string, string>;
  /** Expression that entries of the catalogue must satisfy. */
  filter?: NonEmptyString;
  /** Expression that entries of the health API must satisfy. */
  healthFilter?: NonEmptyString;
  /** Accepts answers of servers that do not lead. */
  allowStale?: boolean;
}
