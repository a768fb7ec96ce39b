import type { StatefulSet, StatefulSetStatus } from '@kubewright/api/apps/v1';
import type { Pod } from '@kubewright/api/core/v1';

import { isAvailable, isTerminating } from '../pod-state.js';
import { isRunningAndReady, revisionOf, type PlanInput } from './plan.js';

/** The status of a set by its pods. When a rolling update has reached every pod, the updated revision becomes the current one. */
export function statefulSetStatus(input: PlanInput, collisionCount: number): StatefulSetStatus {
  const { set, currentRevision, updateRevision, pods, now } = input;
  const created = pods.filter((pod) => pod.status?.phase);
  const count = (matches: (pod: Pod) => boolean): number => created.filter(matches).length;
  const ofRevision = (revision: string): number => count((pod) => !isTerminating(pod) && revisionOf(pod) === revision);
  const readyReplicas = count(isRunningAndReady);
  const updatedReplicas = ofRevision(updateRevision);
  const isComplete = set.spec.updateStrategy?.type !== 'OnDelete' && [updatedReplicas, readyReplicas, created.length].every((number) => number === (set.spec.replicas ?? 1));
  const currentReplicas = isComplete ? updatedReplicas : ofRevision(currentRevision);
  return {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: created.length,
    ...(readyReplicas > 0 && { readyReplicas }),
    ...(currentReplicas > 0 && { currentReplicas }),
    ...(updatedReplicas > 0 && { updatedReplicas }),
    currentRevision: isComplete ? updateRevision : currentRevision,
    updateRevision,
    collisionCount,
    availableReplicas: count((pod) => isRunningAndReady(pod) && isAvailable(pod, set.spec.minReadySeconds ?? 0, now)),
    ...(set.status?.conditions && { conditions: set.status.conditions }),
  } satisfies StatefulSet['status'];
}
