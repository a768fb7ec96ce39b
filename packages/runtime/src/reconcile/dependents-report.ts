import type { KubeObject } from '@kubewright/api';

import type { DeepReadonly } from '../event/entry.js';

/** How one dependent of an object stands. */
export interface DependentReport {
  readonly name: string;
  /**
   * `ready`; `applied`, but its ready condition does not hold yet; `waiting` for a dependent that it needs; `unwanted` and gone; `deleting`:
   * unwanted, but still there; `inactive`: its activation condition does not hold; `failed`.
   */
  readonly state: 'ready' | 'applied' | 'waiting' | 'unwanted' | 'deleting' | 'inactive' | 'failed';
  /** The children as the server has them. */
  readonly objects: readonly DeepReadonly<KubeObject>[];
  /** What went wrong; only when it failed. */
  readonly error?: unknown;
}

/** How all dependents of an object stand after they were looked after. */
export interface DependentsReport {
  /** Whether every dependent is ready, or rightly absent. */
  readonly isReady: boolean;
  /** By name. */
  readonly byName: ReadonlyMap<string, DependentReport>;
}
