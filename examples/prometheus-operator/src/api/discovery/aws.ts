import type { MapList } from '@kubewright/api';
import type { SecretKeySelector } from '@kubewright/api/core/v1';

import type { NonEmptyString } from '../scalars.js';
import type { DiscoveryClient, DiscoveryFilter, DiscoveryTransport, PortOptions, RefreshOptions } from './discovery-options.js';

/** How requests to AWS are signed. */
export interface AwsCredentials {
  /** Region of AWS; that of the own instance when absent. */
  region?: NonEmptyString;
  /** The key of a Secret that has the access key. */
  accessKey?: SecretKeySelector;
  /** The key of a Secret that has the secret key. */
  secretKey?: SecretKeySelector;
  /** Resource name of the role that is assumed. */
  roleARN?: NonEmptyString;
}

/** Targets from instances of AWS EC2. */
export interface EC2SDConfig extends DiscoveryTransport, AwsCredentials, RefreshOptions, PortOptions {
  /** Filters of the list of instances. */
  filters?: MapList<DiscoveryFilter, 'name'>;
}

/** Targets from instances of AWS Lightsail. */
export interface LightSailSDConfig extends DiscoveryClient, AwsCredentials, RefreshOptions, PortOptions {
  /** Endpoint that is asked instead of the usual one. */
  endpoint?: NonEmptyString;
}
