/** Sources of targets of smaller clouds, one type each. */
import type { SetList } from '@kubewright/api';
import type { SecretKeySelector } from '@kubewright/api/core/v1';

import type { SafeAuthorization } from '../http/authorization.js';
import type { HttpUrl, NonEmptyString } from '../scalars.js';
import type { DiscoveryClient, DiscoveryTokenClient, DiscoveryTransport, PortOptions, RefreshOptions } from './discovery-options.js';

/** Targets from instances of Google Compute Engine. */
export interface GceSDConfig extends RefreshOptions, PortOptions {
  /** Project of the instances. */
  project: NonEmptyString;
  /** Zone of the instances. */
  zone: NonEmptyString;
  /** Filter of the list of instances. */
  filter?: NonEmptyString;
  /** Stands between the tags in the label that joins them. */
  tagSeparator?: NonEmptyString;
}

/** Targets from droplets of DigitalOcean. */
export interface DigitalOceanSDConfig extends DiscoveryTokenClient, RefreshOptions, PortOptions {}

/** Targets from instances of Linode. */
export interface LinodeSDConfig extends DiscoveryTokenClient, RefreshOptions, PortOptions {
  /** Region of the instances; all when absent. */
  region?: NonEmptyString;
  /** Stands between the tags in the label that joins them. */
  tagSeparator?: NonEmptyString;
}

/** Targets from servers of Hetzner. */
export interface HetznerSDConfig extends DiscoveryClient, RefreshOptions, PortOptions {
  /** Which of the two APIs is asked. */
  role: 'hcloud' | 'Hcloud' | 'robot' | 'Robot';
  /** Labels that a server must have; for the cloud only. */
  labelSelector?: NonEmptyString;
}

/** Targets from servers of OVHcloud. */
export interface OVHCloudSDConfig extends RefreshOptions {
  /** Key of the application. */
  applicationKey: NonEmptyString;
  /** The key of a Secret that has the application's secret. */
  applicationSecret: SecretKeySelector;
  /** The key of a Secret that has the consumer key. */
  consumerKey: SecretKeySelector;
  /** Which kind of servers are targets. */
  service: 'VPS' | 'DedicatedServer';
  /** Endpoint of the API. */
  endpoint?: NonEmptyString;
}

/** Targets from servers of Scaleway. */
export interface ScalewaySDConfig extends DiscoveryTransport, RefreshOptions, PortOptions {
  /** The access key. */
  accessKey: NonEmptyString;
  /** The key of a Secret that has the secret key. */
  secretKey: SecretKeySelector;
  /** Project of the servers. */
  projectID: NonEmptyString;
  /** Which kind of servers are targets. */
  role: 'Instance' | 'Baremetal';
  /** URL of the API. */
  apiURL?: HttpUrl;
  /** Zone of the servers. */
  zone?: NonEmptyString;
  /** Part of the name that a server must have. */
  nameFilter?: NonEmptyString;
  /**
   * Tags that a server must all have.
   * @minItems 1
   */
  tagsFilter?: SetList<NonEmptyString>;
}

/** Targets from servers of IONOS. */
export interface IonosSDConfig extends DiscoveryTokenClient, RefreshOptions, PortOptions {
  /** Identifier of the data centre. */
  datacenterID: NonEmptyString;
  /** The Authorization header, which the API always wants. */
  authorization: SafeAuthorization;
}
