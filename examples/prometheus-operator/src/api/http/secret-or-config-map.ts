import type { ConfigMapKeySelector, SecretKeySelector } from '@kubewright/api/core/v1';

/** A value that stands in a Secret or in a ConfigMap; one of the two is set. */
export interface SecretOrConfigMap {
  /** The key of a Secret that has the value. */
  secret?: SecretKeySelector;
  /** The key of a ConfigMap that has the value. */
  configMap?: ConfigMapKeySelector;
}
