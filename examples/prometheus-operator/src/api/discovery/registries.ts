/** Sources of targets that are registries of services of their own. */
import type { HttpUrl, NonEmptyString, PrometheusDuration } from '../scalars.js';
import type { DiscoveryClient, PortOptions, RefreshOptions } from './discovery-options.js';

/** Targets from Eureka. */
export interface EurekaSDConfig extends DiscoveryClient, RefreshOptions {
  /** URL of the Eureka server. */
  server: HttpUrl;
}

/** Targets from the control plane of Kuma. */
export interface KumaSDConfig extends DiscoveryClient, RefreshOptions {
  /** URL of the control plane. */
  server: HttpUrl;
  /** Identifier that the control plane knows Prometheus by. */
  clientID?: NonEmptyString;
  /** Time after which a request is given up. */
  fetchTimeout?: PrometheusDuration;
}

/** Targets from services of Nomad. */
export interface NomadSDConfig extends DiscoveryClient, RefreshOptions {
  /** URL of Nomad. */
  server: HttpUrl;
  /** Namespace of Nomad. */
  namespace?: NonEmptyString;
  /** Region of Nomad. */
  region?: NonEmptyString;
  /** Stands between the tags in the label that joins them. */
  tagSeparator?: NonEmptyString;
  /** Accepts answers of servers that do not lead. */
  allowStale?: boolean;
}

/** Targets from resources in PuppetDB. */
export interface PuppetDBSDConfig extends DiscoveryClient, RefreshOptions, PortOptions {
  /** URL of PuppetDB. */
  url: HttpUrl;
  /** Query in PuppetDB's language; it must return resources. */
  query: NonEmptyString;
  /** Makes labels of the parameters of a resource, secrets among them too. */
  includeParameters?: boolean;
}
