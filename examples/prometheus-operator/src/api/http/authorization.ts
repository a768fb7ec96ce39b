import type { SecretKeySelector } from '@kubewright/api/core/v1';

/** The Authorization header of requests, with credentials that come from a Secret. */
export interface SafeAuthorization {
  /** Scheme of the header, `Bearer` when absent; `basic` has a setting of its own. */
  type?: string;
  /** The key of a Secret that has the credentials. */
  credentials?: SecretKeySelector;
}

/** The Authorization header of requests, with credentials from a Secret or a file. */
export interface Authorization extends SafeAuthorization {
  /** Path of a file with the credentials in the container. */
  credentialsFile?: string;
}
