import { formatTime } from '@kubewright/api';
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '@kubewright/api/apps/v1';

import { fenceposts, type ReplicaSets } from './replica-sets.js';

/** Reasons of the Progressing condition. */
const COMPLETE = 'NewReplicaSetAvailable';
const TIMED_OUT = 'ProgressDeadlineExceeded';

/** Counts and conditions by the ReplicaSets; how the rollout goes is {@link rolloutStatus}'s part. */
export function deploymentStatus(deployment: Deployment, { current, old }: ReplicaSets, collisionCount: number | undefined, now: number): DeploymentStatus {
  const all = [...old, ...(current ? [current] : [])];
  const sum = (value: (set: ReplicaSet) => number | undefined): number => all.reduce((total, set) => total + (value(set) ?? 0), 0);
  const replicas = deployment.spec?.replicas ?? 1;
  const available = sum(({ status }) => status?.availableReplicas);
  const unavailable = Math.max(sum(({ spec }) => spec?.replicas ?? 1) - available, 0);
  const counts = {
    replicas: sum(({ status }) => status?.replicas),
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: sum(({ status }) => status?.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: unavailable,
  };
  const isAvailable = available >= replicas - fenceposts(deployment).maxUnavailable;
  const condition = isAvailable
    ? newCondition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', now)
    : newCondition('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.', now);
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    terminatingReplicas: sum(({ status }) => status?.terminatingReplicas),
    ...(collisionCount !== undefined && { collisionCount }),
    conditions: withCondition(deployment.status?.conditions ?? [], condition),
  };
}

/** The status with what is known of the rollout: done, going on, or stuck. */
export function rolloutStatus(deployment: Deployment, sets: ReplicaSets, status: DeploymentStatus, now: number): DeploymentStatus {
  let conditions = status.conditions ?? [];
  const progressing = findCondition(conditions, 'Progressing');
  const subject = sets.current ? `ReplicaSet ${JSON.stringify(sets.current.metadata.name)}` : `Deployment ${JSON.stringify(deployment.metadata.name)}`;
  if (!hasDeadline(deployment)) conditions = conditions.filter(({ type }) => type !== 'Progressing');
  else if (!(progressing?.reason === COMPLETE && (status.replicas ?? 0) === (status.updatedReplicas ?? 0))) {
    if (isComplete(deployment, status)) {
      conditions = withCondition(conditions, newCondition('Progressing', 'True', COMPLETE, `${subject} has successfully progressed.`, now));
    } else if (hasProgressed(deployment.status, status)) {
      const next = newCondition('Progressing', 'True', 'ReplicaSetUpdated', `${subject} is progressing.`, now);
      // Each bit of progress moves the deadline, also where nothing else about the condition changes.
      const kept = progressing?.status === 'True' ? { ...next, ...(progressing.lastTransitionTime && { lastTransitionTime: progressing.lastTransitionTime }) } : next;
      conditions = [...conditions.filter(({ type }) => type !== 'Progressing'), kept];
    } else if (isTimedOut(deployment, progressing, now)) {
      conditions = withCondition(conditions, newCondition('Progressing', 'False', TIMED_OUT, `${subject} has timed out progressing.`, now));
    }
  }
  const failure = [sets.current, ...sets.old].flatMap((set) => set?.status?.conditions ?? []).find(({ type }) => type === 'ReplicaFailure');
  conditions = failure
    ? withCondition(conditions, newCondition('ReplicaFailure', failure.status, failure.reason ?? '', failure.message ?? '', now))
    : conditions.filter(({ type }) => type !== 'ReplicaFailure');
  return { ...status, conditions };
}

/** When a rollout that does nothing has to be judged again, in milliseconds. */
export function deadlineIn(deployment: Deployment, status: DeploymentStatus, now: number): number | undefined {
  const progressing = findCondition(status.conditions, 'Progressing');
  if (!hasDeadline(deployment) || !progressing || progressing.reason === TIMED_OUT || isComplete(deployment, status)) return undefined;
  return Math.max(Date.parse(progressing.lastUpdateTime ?? '') + deployment.spec.progressDeadlineSeconds! * 1000 - now, 0) + 1000;
}

export function isComplete(deployment: Deployment, status: DeploymentStatus | undefined): boolean {
  const replicas = deployment.spec?.replicas ?? 1;
  return (status?.updatedReplicas ?? 0) === replicas && (status?.replicas ?? 0) === replicas && (status?.availableReplicas ?? 0) === replicas
    && (status?.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0);
}

export function newCondition(type: string, status: string, reason: string, message: string, now: number): DeploymentCondition {
  const time = formatTime(new Date(now));
  return { type, status, reason, message, lastUpdateTime: time, lastTransitionTime: time };
}

/** A condition of equal status and reason is left as it is. */
export function withCondition(conditions: readonly DeploymentCondition[], condition: DeploymentCondition): DeploymentCondition[] {
  const known = findCondition(conditions, condition.type);
  if (known && known.status === condition.status && known.reason === condition.reason) return [...conditions];
  const since = known?.status === condition.status ? known.lastTransitionTime : condition.lastTransitionTime;
  return [...conditions.filter(({ type }) => type !== condition.type), { ...condition, ...(since && { lastTransitionTime: since }) }];
}

/** MaxInt32 and nothing mean that a rollout may take its time. */
export function hasDeadline({ spec }: Deployment): boolean {
  return spec?.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds < 0x7fffffff;
}

function hasProgressed(before: DeploymentStatus | undefined, after: DeploymentStatus): boolean {
  const outdated = (status: DeploymentStatus | undefined): number => (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0);
  return (after.updatedReplicas ?? 0) > (before?.updatedReplicas ?? 0) || outdated(after) < outdated(before)
    || (after.readyReplicas ?? 0) > (before?.readyReplicas ?? 0) || (after.availableReplicas ?? 0) > (before?.availableReplicas ?? 0);
}

function isTimedOut(deployment: Deployment, progressing: DeploymentCondition | undefined, now: number): boolean {
  if (!progressing || progressing.reason === COMPLETE) return false;
  if (progressing.reason === TIMED_OUT) return true;
  return Date.parse(progressing.lastUpdateTime ?? '') + deployment.spec.progressDeadlineSeconds! * 1000 < now;
}

export function findCondition(conditions: readonly DeploymentCondition[] | undefined, wanted: string): DeploymentCondition | undefined {
  return conditions?.find(({ type }) => type === wanted);
}
