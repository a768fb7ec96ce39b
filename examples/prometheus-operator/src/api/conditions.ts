import type { Int64, MapList, Time } from '@kubewright/api';

/** One aspect of an object's state. */
export interface Condition {
  /**
   * Name of the aspect: `Available`, `Reconciled`.
   * @minLength 1
   */
  type: string;
  /**
   * `True`, `False`, `Unknown` or, for `Available`, `Degraded`.
   * @minLength 1
   */
  status: string;
  /** When the status last changed. */
  lastTransitionTime: Time;
  /** A cause for machines. */
  reason?: string;
  /** An explanation for humans. */
  message?: string;
  /** The generation of the object that was judged. */
  observedGeneration?: Int64;
}

/** Conditions, one of each type. */
export type Conditions = MapList<Condition, 'type'>;
