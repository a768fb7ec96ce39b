import type { MapList, SetList } from '@kubewright/api';

import type { NonEmptyString } from '../scalars.js';
import type { AttachMetadata } from '../scrape-protocol.js';
import type { DiscoveryClient } from './discovery-options.js';

/** Which objects of Kubernetes are discovered. */
export type KubernetesRole = 'Pod' | 'Endpoints' | 'Ingress' | 'Service' | 'Node' | 'EndpointSlice';

/** Targets from the API of Kubernetes. */
export interface KubernetesSDConfig extends DiscoveryClient {
  /** URL of the API server; that of the own cluster when absent. */
  apiServer?: NonEmptyString;
  /** Which objects are targets. */
  role: KubernetesRole;
  /** Namespaces that are looked at; all when absent. */
  namespaces?: NamespaceDiscovery;
  /** Metadata of related objects that targets get. */
  attachMetadata?: AttachMetadata;
  /** Restricts the objects that the API server sends. */
  selectors?: MapList<KubernetesSelector, 'role'>;
}

/** Namespaces that are looked at. */
export interface NamespaceDiscovery {
  /** Includes the namespace in which Prometheus runs. */
  ownNamespace?: boolean;
  /** Namespaces by name. */
  names?: SetList<string>;
}

/** Restricts the objects of one kind. */
export interface KubernetesSelector {
  /** The kind. */
  role: KubernetesRole;
  /** A selector on labels. */
  label?: NonEmptyString;
  /** A selector on fields. */
  field?: NonEmptyString;
}
