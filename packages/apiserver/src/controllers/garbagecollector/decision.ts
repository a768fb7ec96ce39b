import type { KubeObject, OwnerReference } from '@kubewright/api';

import { FOREGROUND, ORPHAN } from './graph.js';

/** What is known of one owner: it is there, it is there and waits for its dependents to go, or it is not. */
export type OwnerState = 'solid' | 'waiting' | 'absent';

/** What to do with an object that has owners. */
export type Decision =
  | { readonly kind: 'keep' }
  /** Forget these owners. */
  | { readonly kind: 'release'; readonly uids: readonly string[] }
  /** `unblock`: no longer hold owners that would wait for this one forever. */
  | { readonly kind: 'delete'; readonly policy: 'Background' | 'Foreground' | 'Orphan'; readonly unblock: boolean };

/** One owner reference and what is known of the owner. */
export interface OwnerFinding {
  readonly reference: OwnerReference;
  readonly state: OwnerState;
}

/**
 * An object stays as long as one owner does. When the last ones wait for it, it goes in the foreground if it has dependents itself;
 * otherwise as its own finalizers ask (attemptToDeleteItem).
 */
export function decide(object: KubeObject, owners: readonly OwnerFinding[], dependents: readonly { readonly isDeletingDependents: boolean }[]): Decision {
  if (owners.length === 0) return { kind: 'keep' };
  const leaving = owners.filter(({ state }) => state !== 'solid').map(({ reference }) => reference.uid);
  if (leaving.length < owners.length) return leaving.length > 0 ? { kind: 'release', uids: leaving } : { kind: 'keep' };
  if (owners.some(({ state }) => state === 'waiting') && dependents.length > 0) {
    // Two that wait for each other's end would wait forever: the reference upwards stops blocking.
    return { kind: 'delete', policy: 'Foreground', unblock: dependents.some(({ isDeletingDependents }) => isDeletingDependents) };
  }
  const finalizers = object.metadata.finalizers ?? [];
  return { kind: 'delete', policy: finalizers.includes(ORPHAN) ? 'Orphan' : finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background', unblock: false };
}
