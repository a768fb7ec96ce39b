import type { IntOrString } from '@kubewright/api';

/**
 * How the pods of a StatefulSet get a new template.
 * @validation {
 *   "rule": "!(self.type != 'RollingUpdate' && has(self.rollingUpdate))",
 *   "message": "rollingUpdate requires type to be RollingUpdate"
 * }
 */
export interface StatefulSetUpdateStrategy {
  /** Whether pods are replaced by the controller or only after somebody deleted them. */
  type: 'OnDelete' | 'RollingUpdate';
  /** Settings of the replacement by the controller. */
  rollingUpdate?: RollingUpdateStatefulSetStrategy;
}

/** How the controller replaces pods. */
export interface RollingUpdateStatefulSetStrategy {
  /** How many pods, as number or percentage, may be away at a time. */
  maxUnavailable?: IntOrString;
}
