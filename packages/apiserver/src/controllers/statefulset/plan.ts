import type { StatefulSet } from '@kubewright/api/apps/v1';
import type { Pod } from '@kubewright/api/core/v1';

import { availableIn, isFinished, isReady, isTerminating } from '../pod-state.js';
import { ordinalOf } from './identity.js';

/** One thing to do. */
export type StatefulSetAction =
  /** Make the pod of an ordinal, from the current or the updated template. */
  | { readonly kind: 'create'; readonly ordinal: number; readonly revision: 'current' | 'update' }
  | { readonly kind: 'delete'; readonly pod: Pod; readonly reason: 'finished' | 'surplus' | 'outdated' }
  /** See that the pod's name, labels and claims are what they should be. */
  | { readonly kind: 'maintain'; readonly pod: Pod; readonly ordinal: number }
  /** See that the claims of a pod that goes are owned as the retention policy says. */
  | { readonly kind: 'maintain-surplus'; readonly pod: Pod };

/** What to do now, in this order, and when to look again if nothing happens before. */
export interface StatefulSetPlan {
  readonly actions: readonly StatefulSetAction[];
  readonly lookAgainIn?: number;
}

/** What a plan is made from. */
export interface PlanInput {
  readonly set: StatefulSet;
  /** Names of the revisions. */
  readonly currentRevision: string;
  readonly updateRevision: string;
  /** The set's own, whatever their state. */
  readonly pods: readonly Pod[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The algorithm of the StatefulSet controller (pkg/controller/statefulset, without MaxUnavailableStatefulSet): pods of missing ordinals
 * are made from the lowest up, surplus ones deleted from the highest down, outdated ones replaced from the highest down to the partition.
 * OrderedReady does one of these at a time and waits for every pod below, Parallel makes and deletes at once but still updates in order.
 */
export function planStatefulSet(input: PlanInput): StatefulSetPlan {
  const { set, updateRevision, pods, now } = input;
  const { spec } = set;
  const minReadySeconds = spec.minReadySeconds ?? 0;
  const isOrdered = spec.podManagementPolicy !== 'Parallel';
  const start = spec.ordinals?.start ?? 0;
  const count = spec.replicas ?? 1;
  const actions: StatefulSetAction[] = [];
  if (set.metadata.deletionTimestamp) return { actions };

  const replicas: (Pod | undefined)[] = Array.from({ length: count });
  const surplus: Pod[] = [];
  for (const pod of pods) {
    const ordinal = ordinalOf(set, pod);
    if (ordinal === undefined) continue;
    if (ordinal >= start && ordinal < start + count) replicas[ordinal - start] = pod;
    else surplus.push(pod);
  }
  surplus.sort((a, b) => ordinalOf(set, b)! - ordinalOf(set, a)!);
  const isHealthy = (pod: Pod | undefined): boolean => pod !== undefined && !isTerminating(pod) && isRunningAndReady(pod) && availableIn(pod, minReadySeconds, now) === 0;
  const firstUnhealthy = [...replicas.filter((pod) => pod !== undefined), ...[...surplus].reverse()].find((pod) => !isHealthy(pod));
  const waits = [...pods].map((pod) => availableIn(pod, minReadySeconds, now)).filter((wait) => wait !== undefined && wait > 0);
  const plan = (): StatefulSetPlan => ({ actions, ...(waits.length > 0 && { lookAgainIn: Math.min(...(waits as number[])) }) });

  for (const [index, pod] of replicas.entries()) {
    const ordinal = start + index;
    if (!pod) {
      actions.push({ kind: 'create', ordinal, revision: needsCurrent(set, ordinal) ? 'current' : 'update' });
      if (isOrdered) return plan();
      continue;
    }
    if (isFinished(pod)) {
      // Its successor is made when it is gone.
      if (!isTerminating(pod)) actions.push({ kind: 'delete', pod, reason: 'finished' });
      if (isOrdered) return plan();
      continue;
    }
    if (isOrdered && (isTerminating(pod) || !isHealthy(pod))) {
      if (pod.status?.phase === 'Pending' && !isTerminating(pod)) actions.push({ kind: 'maintain', pod, ordinal });
      return plan();
    }
    if (!isTerminating(pod)) actions.push({ kind: 'maintain', pod, ordinal });
  }

  for (const pod of surplus) {
    actions.push({ kind: 'maintain-surplus', pod });
    if (isTerminating(pod)) {
      if (isOrdered) return plan();
      continue;
    }
    if (isOrdered && !isHealthy(pod) && pod !== firstUnhealthy) return plan();
    actions.push({ kind: 'delete', pod, reason: 'surplus' });
    if (isOrdered) return plan();
  }

  if (spec.updateStrategy?.type === 'OnDelete') return plan();
  const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  for (let index = count - 1; index >= Math.max(partition - start, 0); index--) {
    const pod = replicas[index];
    if (pod && revisionOf(pod) !== updateRevision && !isTerminating(pod)) {
      actions.push({ kind: 'delete', pod, reason: 'outdated' });
      return plan();
    }
    if (!isHealthy(pod)) return plan();
  }
  return plan();
}

/** The revision that a pod was made from. */
export function revisionOf(pod: Pod): string {
  return pod.metadata.labels?.['controller-revision-hash'] ?? '';
}

export function isRunningAndReady(pod: Pod): boolean {
  return pod.status?.phase === 'Running' && isReady(pod);
}

/** Below the partition pods come back as they were. */
function needsCurrent(set: StatefulSet, ordinal: number): boolean {
  const { updateStrategy, ordinals } = set.spec;
  if (updateStrategy?.type === 'OnDelete') return false;
  const first = ordinals?.start ?? 0;
  const rolling = updateStrategy?.rollingUpdate;
  return ordinal < (rolling ? first + (rolling.partition ?? 0) : first + (set.status?.currentReplicas ?? 0));
}
