import type { SecretKeySelector } from '@kubewright/api/core/v1';

import type { NonEmptyString } from '../scalars.js';

/**
 * Identifier of a tenant of Azure.
 * @pattern ^[0-9a-zA-Z-.]+$
 */
export type AzureTenantId = string;

/** Authenticates with Entra ID of Azure in one of several ways. */
export interface AzureAd {
  /** Which of the clouds of Azure is used; the public one when absent. */
  cloud?: 'AzureChina' | 'AzureGovernment' | 'AzurePublic';
  /** Uses an identity that Azure gives to the machine. */
  managedIdentity?: AzureManagedIdentity;
  /** Uses the credentials of a registered application. */
  oauth?: AzureOAuth;
  /** Uses the chain of credentials of Azure's own library. */
  sdk?: AzureSdk;
  /** Uses the token of the pod's ServiceAccount. */
  workloadIdentity?: AzureWorkloadIdentity;
  /**
   * Scope of the token when the standard one does not fit.
   * @pattern ^[\w\s:/.\\-]+$
   */
  scope?: string;
}

/** An identity that Azure gives to a machine. */
export interface AzureManagedIdentity {
  /** Identifier of a user-assigned identity; the system's own when absent. */
  clientId?: NonEmptyString;
}

/** An application that is registered in Azure. */
export interface AzureOAuth {
  /** Identifier of the application. */
  clientId: NonEmptyString;
  /** The key of a Secret that has the application's secret. */
  clientSecret: SecretKeySelector;
  /**
   * Tenant in which the application is registered.
   * @minLength 1
   */
  tenantId: AzureTenantId;
}

/** Settings of the credential chain of Azure's library. */
export interface AzureSdk {
  /** Tenant of the default credential. */
  tenantId?: AzureTenantId;
}

/** An identity that trusts the ServiceAccount of the pod. */
export interface AzureWorkloadIdentity {
  /** Identifier of the application or identity that is taken on. */
  clientId: NonEmptyString;
  /** Tenant in which the identity lives. */
  tenantId: NonEmptyString;
}
