import type { Deployment, ReplicaSet } from '@kubewright/api/apps/v1';

import { desiredReplicas, fenceposts, isActiveSet, maximumReplicas, replicasOf, sortReplicaSets, totalReplicas, type ReplicaSets } from './replica-sets.js';

/** One ReplicaSet and the size that it should have. */
export interface Resize {
  readonly set: ReplicaSet;
  readonly replicas: number;
}

/** Whether the Deployment's size was changed since its ReplicaSets were scaled: that comes before any rollout. */
export function isScaled(deployment: Deployment, { current, old }: ReplicaSets): boolean {
  const active = [...old, ...(current ? [current] : [])].filter(isActiveSet);
  return active.some((set) => {
    const desired = desiredReplicas(set);
    return desired !== undefined && desired !== (deployment.spec?.replicas ?? 1);
  });
}

/** How large the current ReplicaSet starts, or may grow now. */
export function currentSize(deployment: Deployment, { current, old }: ReplicaSets): number {
  const replicas = deployment.spec?.replicas ?? 1;
  if (deployment.spec?.strategy?.type === 'Recreate') return replicas;
  const size = replicasOf(current);
  const allowed = replicas + fenceposts(deployment).maxSurge - totalReplicas([...old, current]);
  return allowed <= 0 ? size : size + Math.min(allowed, replicas - size);
}

/**
 * The next step of a rolling update: grow (or shrink) the current ReplicaSet as far as the surge allows, else shrink old ones as far as
 * enough pods stay available, those with unavailable pods first.
 */
export function rollingStep(deployment: Deployment, sets: ReplicaSets): Resize[] {
  const { current, old } = sets;
  const replicas = deployment.spec?.replicas ?? 1;
  if (current && replicasOf(current) !== replicas) {
    const size = replicasOf(current) > replicas ? replicas : currentSize(deployment, sets);
    if (size !== replicasOf(current)) return [{ set: current, replicas: size }];
  }
  const oldTotal = totalReplicas(old);
  if (oldTotal === 0) return [];
  const minAvailable = replicas - fenceposts(deployment).maxUnavailable;
  const unavailableCurrent = replicasOf(current) - (current?.status?.availableReplicas ?? 0);
  const removable = oldTotal + replicasOf(current) - minAvailable - unavailableCurrent;
  if (removable <= 0) return [];
  const sizes = new Map(sortReplicaSets(old).map((set) => [set, replicasOf(set)]));
  shrinkUnhealthy(sizes, removable);
  // Available pods are counted as they are; the unhealthy ones that were just taken are not among them.
  let spare = [...old, ...(current ? [current] : [])].reduce((sum, set) => sum + (set.status?.availableReplicas ?? 0), 0) - minAvailable;
  for (const [set, size] of sizes) {
    if (spare <= 0) break;
    const taken = Math.min(size, spare);
    sizes.set(set, size - taken);
    spare -= taken;
  }
  return [...sizes].filter(([set, size]) => size !== replicasOf(set)).map(([set, size]) => ({ set, replicas: size }));
}

function shrinkUnhealthy(sizes: Map<ReplicaSet, number>, removable: number): void {
  let left = removable;
  for (const [set, size] of sizes) {
    if (left <= 0) return;
    const unhealthy = Math.min(size - (set.status?.availableReplicas ?? 0), left);
    if (unhealthy <= 0) continue;
    sizes.set(set, size - unhealthy);
    left -= unhealthy;
  }
}

/**
 * Sizes after the Deployment was scaled, rollout aside: all of it to the only active ReplicaSet; none to old ones once the current one is
 * complete; in the middle of a rolling update each gets its share, and what rounding leaves goes to the first.
 */
export function proportionalSizes(deployment: Deployment, sets: ReplicaSets): Resize[] {
  const { current, old } = sets;
  const replicas = deployment.spec?.replicas ?? 1;
  const only = activeOrLatest(sets);
  if (only) return replicasOf(only) === replicas ? [] : [{ set: only, replicas }];
  if (current && isSaturated(deployment, current)) return old.filter(isActiveSet).map((set) => ({ set, replicas: 0 }));
  if (deployment.spec?.strategy?.type === 'Recreate') return [];
  const active = [...old, ...(current ? [current] : [])].filter(isActiveSet);
  const allowed = replicas > 0 ? replicas + fenceposts(deployment).maxSurge : 0;
  const difference = allowed - totalReplicas(active);
  if (difference === 0) return active.map((set) => ({ set, replicas: replicasOf(set) }));
  const newest = sortReplicaSets(active).reverse();
  // Growing favours the newest of the largest, shrinking the oldest of them.
  const bySize = (difference > 0 ? newest : newest.reverse()).sort((a, b) => replicasOf(b) - replicasOf(a));
  let added = 0;
  const sizes = bySize.map((set) => {
    const share = proportion(deployment, set, difference, added);
    added += share;
    return { set, replicas: replicasOf(set) + share };
  });
  return sizes.map((size, index) => (index === 0 ? { set: size.set, replicas: Math.max(size.replicas + difference - added, 0) } : size));
}

function activeOrLatest({ current, old }: ReplicaSets): ReplicaSet | undefined {
  const active = [...old, ...(current ? [current] : [])].filter(isActiveSet);
  if (active.length === 1) return active[0];
  return active.length === 0 ? (current ?? old.at(-1)) : undefined;
}

function isSaturated(deployment: Deployment, current: ReplicaSet): boolean {
  const replicas = deployment.spec?.replicas ?? 1;
  return replicasOf(current) === replicas && desiredReplicas(current) === replicas && (current.status?.availableReplicas ?? 0) === replicas;
}

function proportion(deployment: Deployment, set: ReplicaSet, difference: number, added: number): number {
  if (replicasOf(set) === 0 || difference === 0 || difference === added) return 0;
  const replicas = deployment.spec?.replicas ?? 1;
  const before = maximumReplicas(set) ?? deployment.status?.replicas ?? 0;
  const share = replicas === 0 || before === 0 ? -replicasOf(set) : Math.round((replicasOf(set) * (replicas + fenceposts(deployment).maxSurge)) / before) - replicasOf(set);
  return difference > 0 ? Math.min(share, difference - added) : Math.max(share, difference - added);
}
