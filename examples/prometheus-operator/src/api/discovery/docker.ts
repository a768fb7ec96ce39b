import type { MapList } from '@kubewright/api';

import type { NonEmptyString } from '../scalars.js';
import type { DiscoveryClient, DiscoveryFilter, PortOptions, RefreshOptions } from './discovery-options.js';

/**
 * URL of Docker's API, with any scheme.
 * @pattern ^[a-zA-Z][a-zA-Z0-9+.-]*://.+$
 */
export type DockerHost = string;

/** Targets from containers of Docker. */
export interface DockerSDConfig extends DiscoveryClient, RefreshOptions, PortOptions {
  /**
   * URL of the Docker daemon.
   * @minLength 1
   */
  host: DockerHost;
  /** Host of containers that use the network of their host. */
  hostNetworkingHost?: NonEmptyString;
  /** Takes one address of a container that is in several networks. */
  matchFirstNetwork?: boolean;
  /** Filters of the list of containers. */
  filters?: MapList<DiscoveryFilter, 'name'>;
}

/** Targets from a swarm of Docker. */
export interface DockerSwarmSDConfig extends DiscoveryClient, RefreshOptions, PortOptions {
  /** URL of the Docker daemon. */
  host: DockerHost;
  /** What the targets are. */
  role: 'Services' | 'Tasks' | 'Nodes';
  /** Filters of the list of objects. */
  filters?: MapList<DiscoveryFilter, 'name'>;
}
