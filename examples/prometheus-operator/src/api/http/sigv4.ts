import type { SecretKeySelector } from '@kubewright/api/core/v1';

import type { NonEmptyString } from '../scalars.js';

/**
 * Signs requests with version 4 of the signatures of AWS.
 * @validation {
 *   "rule": "!has(self.externalId) || has(self.roleArn)",
 *   "message": "externalId can only be used when roleArn is specified"
 * }
 */
export interface Sigv4 {
  /** Region of AWS; that of the default credentials when absent. */
  region?: string;
  /** The key of a Secret that has the access key. */
  accessKey?: SecretKeySelector;
  /** The key of a Secret that has the secret key. */
  secretKey?: SecretKeySelector;
  /** Named profile to authenticate with. */
  profile?: string;
  /** Resource name of the role that is assumed. */
  roleArn?: string;
  /** Identifier that is shown when the role of another account is assumed. */
  externalId?: NonEmptyString;
  /** Assumes roles through the endpoint that conforms to FIPS. */
  useFIPSSTSEndpoint?: boolean;
}
