import { setCondition, type Condition, type KubeObject } from '@kubewright/api';
import type { Clock } from '@kubewright/platform';

import type { DeepReadonly } from '../event/entry.js';

/** A condition as a reconciler finds it: generation and times are filled in. */
export type Finding = Omit<Condition, 'lastTransitionTime' | 'observedGeneration' | 'message'> & { readonly message?: string };

/**
 * The conditions of an object with what was found put in: each for the generation of the object as it was read, with a transition time that
 * moves only when its status does. Conditions of other types, and the order, stay. The object is not changed; the list goes into its new status.
 */
export function conditionsOf(object: DeepReadonly<KubeObject>, clock: Clock, ...findings: readonly Finding[]): Condition[] {
  const { generation } = object.metadata;
  const now = new Date(clock.now());
  const known = (object as { readonly status?: { readonly conditions?: readonly Condition[] } }).status?.conditions ?? [];
  return findings.reduce<Condition[]>((conditions, finding) => {
    const { type, status, reason, message = '' } = finding;
    return setCondition(conditions, { type, status, reason, message, ...(generation !== undefined && { observedGeneration: Number(generation) }) }, now);
  }, [...known]);
}
