import type { HashRing } from './hash-ring.js';

/**
 * Where a member stands. `outside`: it may act for no key. `member`: its Lease, as far as it knows, says `view` since `publishedAt`; keys are acted
 * for once a list that was asked for later has shown what the others claim (`isConfirmed`). `next` is a view that it wants and has not written
 * yet, `pending` are views whose writes it got no answer to: the server may have stored any of them.
 */
export type MemberState =
  | { readonly kind: 'outside' }
  | {
      readonly kind: 'member';
      readonly view: readonly string[];
      /** When the last renewal that succeeded was sent. */
      readonly renewedAt: number;
      readonly publishedAt: number;
      readonly isConfirmed: boolean;
      readonly next?: readonly string[];
      readonly pending: readonly (readonly string[])[];
    };

/** Whether a key is the member's own whichever of its views the others see. */
export function isOwnKey(state: MemberState, key: string, identity: string, ringOf: (view: readonly string[]) => HashRing): boolean {
  if (state.kind !== 'member') return false;
  const views = [state.view, ...(state.next ? [state.next] : []), ...state.pending];
  return views.every((view) => ringOf(view).ownerOf(key) === identity);
}

/** Whether the last renewal is recent enough to begin something. */
export function isInTime(state: MemberState, monotonic: number, renewDeadline: number): boolean {
  return state.kind === 'member' && monotonic - state.renewedAt < renewDeadline;
}

/** After a list: confirmed when the list was asked for after the view had been stored; with the view that is wanted now. */
export function observed(state: MemberState & { kind: 'member' }, sentAt: number, target: readonly string[]): MemberState & { kind: 'member' } {
  const { next: _, ...rest } = state;
  const isConfirmed = state.isConfirmed || sentAt >= state.publishedAt;
  return { ...rest, isConfirmed, ...(!sameView(target, state.view) && { next: target }) };
}

/**
 * After a write of `view` that was answered: earlier writes carry an older version and can not be stored any more. Where one of them said something else the
 * others may have believed it until now, and what they claim by it is to be looked at anew, although our own view is the one of before.
 */
export function published(state: MemberState, view: readonly string[], sentAt: number, answeredAt: number): MemberState & { kind: 'member' } {
  const isSame = state.kind === 'member' && isUnbroken(state, view);
  const { next } = state.kind === 'member' ? state : {};
  return {
    kind: 'member', view, renewedAt: sentAt, pending: [],
    publishedAt: isSame ? state.publishedAt : answeredAt,
    isConfirmed: isSame && state.isConfirmed,
    ...(next && !sameView(next, view) && { next }),
  };
}

/** Whether `view` is what the others have seen all the time, whichever of our writes were stored. */
export function isUnbroken(state: MemberState & { kind: 'member' }, view: readonly string[]): boolean {
  return [state.view, ...state.pending].every((each) => sameView(each, view));
}

export function sameView(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((member, index) => member === other[index]);
}
