import type { Int64, MapList, Time } from '@kubewright/api';

import type { NonEmptyString } from './scalars.js';

/** One aspect of an object's state. */
export interface Condition {
  /** Name of the aspect: `Available`, `Reconciled`. */
  type: NonEmptyString;
  /** `True`, `False`, `Unknown` or, for `Available`, `Degraded`. */
  status: NonEmptyString;
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
