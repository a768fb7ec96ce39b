import type { PrometheusObject } from '../metadata.js';
import type { Version } from '../../version.js';

/** What every section of the configuration is rendered from. */
export interface ConfigContext {
  readonly prometheus: PrometheusObject;
  readonly version: Version;
  /** Whether the cluster has EndpointSlices. */
  readonly endpointSlices: boolean;
  /** Whether the shard of a target is written down, so that data of a removed shard stays where it is. */
  readonly shardRetention: boolean;
}
