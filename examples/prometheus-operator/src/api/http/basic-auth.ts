import type { SecretKeySelector } from '@kubewright/api/core/v1';

/** User and password of HTTP basic authentication. */
export interface BasicAuth {
  /** The key of a Secret that has the user name. */
  username?: SecretKeySelector;
  /** The key of a Secret that has the password. */
  password?: SecretKeySelector;
}
