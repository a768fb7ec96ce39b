import type { SecretKeySelector } from '@kubewright/api/core/v1';

import type { NonEmptyString } from '../scalars.js';
import type { DiscoveryClient, PortOptions, RefreshOptions } from './discovery-options.js';

/** Targets from virtual machines of Azure. */
export interface AzureSDConfig extends DiscoveryClient, RefreshOptions, PortOptions {
  /** Which of the clouds of Azure is asked. */
  environment?: NonEmptyString;
  /** Way to authenticate; OAuth when absent. */
  authenticationMethod?: 'OAuth' | 'ManagedIdentity' | 'SDK' | 'WorkloadIdentity';
  /** Identifier of the subscription. */
  subscriptionID: NonEmptyString;
  /** Identifier of the tenant, for OAuth. */
  tenantID?: NonEmptyString;
  /** Identifier of the application, for OAuth. */
  clientID?: NonEmptyString;
  /** The key of a Secret that has the application's secret, for OAuth. */
  clientSecret?: SecretKeySelector;
  /** Resource group to look in; all when absent. */
  resourceGroup?: NonEmptyString;
}
