/**
 * @module leaderelection: who may act: the holder of one Lease. elector-state.ts (this file, pure) decides, lease-lock.ts reads and writes the
 * Lease, leader-elector.ts joins the two. What it does not promise: that never two processes believe to be leader at one instant. A leader
 * stops believing it `renewDeadline` after its last renewal began, and others wait `leaseDuration`; clocks may differ in what they show, but
 * must not differ in speed by more than the ratio of the two.
 */
import { formatMicroTime } from '@kubewright/api';
import type { Lease, LeaseSpec } from '@kubewright/api/coordination/v1';

/** The part of the options that decisions depend on; milliseconds. */
export interface ElectorRules {
  readonly identity: string;
  readonly leaseDuration: number;
  readonly renewDeadline: number;
  readonly retryPeriod: number;
}

/** A Lease as it was seen. `at` is when its record last changed, on our own monotonic clock: times inside the record are never compared. */
export interface Sighting {
  readonly lease: Lease;
  readonly at: number;
}

export type ElectorState =
  | { readonly kind: 'follower'; readonly seen?: Sighting }
  /** `renewedAt` is when the last successful write was sent. `isUnsure`: a renewal failed, and the Lease must be read before the next one. */
  | { readonly kind: 'leader'; readonly seen: Sighting; readonly renewedAt: number; readonly isUnsure: boolean }
  | { readonly kind: 'lost'; readonly reason: string };

/** What happened. */
export type ElectorEvent =
  | { readonly kind: 'due' }
  | { readonly kind: 'read'; readonly lease: Lease | undefined }
  | { readonly kind: 'stored'; readonly lease: Lease; readonly sentAt: number }
  | { readonly kind: 'failed'; readonly what: string };

/** What to do next; its end is the next event. */
export type ElectorEffect =
  | { readonly kind: 'read' }
  | { readonly kind: 'create'; readonly spec: LeaseSpec }
  | { readonly kind: 'update'; readonly lease: Lease }
  /** A jittered wait is stretched at random, so that candidates do not all try in the same moment. */
  | { readonly kind: 'wait'; readonly duration: number; readonly isJittered: boolean }
  | { readonly kind: 'stop' };

/** The time, twice: `monotonic` for decisions, `wall` for what the Lease shows to people. */
export interface Instant {
  readonly monotonic: number;
  readonly wall: number;
}

export interface ElectorStep {
  readonly state: ElectorState;
  readonly effect: ElectorEffect;
}

/** The next state and what to do. A leader that has not renewed for `renewDeadline` is lost, whatever the event says. */
export function step(state: ElectorState, event: ElectorEvent, now: Instant, rules: ElectorRules): ElectorStep {
  switch (state.kind) {
    case 'lost':
      return { state, effect: { kind: 'stop' } };
    case 'follower':
      return followerStep(state, event, now, rules);
    case 'leader':
      if (event.kind !== 'stored' && !isInTime(state, now.monotonic, rules)) return lose(`it could not be renewed for ${rules.renewDeadline} ms`);
      return leaderStep(state, event, now, rules);
  }
}

/** Whether a leader's last renewal is recent enough to act on. */
export function isInTime(state: ElectorState & { kind: 'leader' }, monotonic: number, rules: Pick<ElectorRules, 'renewDeadline'>): boolean {
  return monotonic - state.renewedAt < rules.renewDeadline;
}

function followerStep(state: ElectorState & { kind: 'follower' }, event: ElectorEvent, now: Instant, rules: ElectorRules): ElectorStep {
  switch (event.kind) {
    case 'due':
      return { state, effect: { kind: 'read' } };
    case 'failed':
      return { state, effect: { kind: 'wait', duration: rules.retryPeriod, isJittered: true } };
    case 'stored':
      return lead(event.lease, event.sentAt, now, rules);
    case 'read': {
      if (!event.lease) return { state: { kind: 'follower' }, effect: { kind: 'create', spec: claim(undefined, now, rules) } };
      const seen = sight(state.seen, event.lease, now);
      const isClaimable = isFree(event.lease) || isMine(event.lease, rules) || isExpired(seen, now, rules);
      if (isClaimable) return { state: { kind: 'follower', seen }, effect: { kind: 'update', lease: claimed(event.lease, now, rules) } };
      return { state: { kind: 'follower', seen }, effect: { kind: 'wait', duration: rules.retryPeriod, isJittered: true } };
    }
  }
}

function leaderStep(state: ElectorState & { kind: 'leader' }, event: ElectorEvent, now: Instant, rules: ElectorRules): ElectorStep {
  switch (event.kind) {
    case 'due': // the usual renewal is one write of the version that we wrote last: nobody else may have written since
      return { state, effect: state.isUnsure ? { kind: 'read' } : { kind: 'update', lease: claimed(state.seen.lease, now, rules) } };
    case 'failed':
      if (state.isUnsure) return { state, effect: untilRetry(state, now, rules) };
      return { state: { ...state, isUnsure: true }, effect: { kind: 'read' } };
    case 'stored':
      return lead(event.lease, event.sentAt, now, rules);
    case 'read': {
      if (!event.lease) return { state, effect: { kind: 'create', spec: claim(state.seen.lease.spec, now, rules) } };
      if (!isMine(event.lease, rules) && !isFree(event.lease)) return lose(`it is held by ${event.lease.spec.holderIdentity}`);
      return { state: { ...state, seen: sight(state.seen, event.lease, now) }, effect: { kind: 'update', lease: claimed(event.lease, now, rules) } };
    }
  }
}

function lead(lease: Lease, sentAt: number, now: Instant, rules: ElectorRules): ElectorStep {
  const state: ElectorState = { kind: 'leader', seen: { lease, at: now.monotonic }, renewedAt: sentAt, isUnsure: false };
  if (!isInTime(state, now.monotonic, rules)) return lose(`an answer took more than ${rules.renewDeadline} ms`);
  return { state, effect: { kind: 'wait', duration: rules.retryPeriod, isJittered: false } };
}

function lose(reason: string): ElectorStep {
  return { state: { kind: 'lost', reason }, effect: { kind: 'stop' } };
}

/**
 * A leader that fails to renew tries every retry period, more often when its time runs out (an outage that ends just before the deadline is then
 * survived), and never waits past the moment at which it has to know.
 */
function untilRetry(state: ElectorState & { kind: 'leader' }, now: Instant, rules: ElectorRules): ElectorEffect {
  const left = state.renewedAt + rules.renewDeadline - now.monotonic;
  return { kind: 'wait', duration: Math.min(rules.retryPeriod, Math.max(left / 2, rules.retryPeriod / 20), left), isJittered: false };
}

/** Keeps the time at which the record was first seen as it is; a change of mere metadata is no sign of life. */
function sight(before: Sighting | undefined, lease: Lease, now: Instant): Sighting {
  return { lease, at: before && recordOf(before.lease) === recordOf(lease) ? before.at : now.monotonic };
}

function recordOf({ spec }: Lease): string {
  return JSON.stringify([spec?.holderIdentity, spec?.leaseDurationSeconds, spec?.acquireTime, spec?.renewTime, spec?.leaseTransitions]);
}

function isFree(lease: Lease): boolean {
  return !lease.spec?.holderIdentity;
}

function isMine(lease: Lease, rules: ElectorRules): boolean {
  return lease.spec?.holderIdentity === rules.identity;
}

function isExpired(seen: Sighting, now: Instant, rules: ElectorRules): boolean {
  const seconds = seen.lease.spec?.leaseDurationSeconds;
  return seen.at + (seconds === undefined ? rules.leaseDuration : seconds * 1000) <= now.monotonic;
}

/** The Lease with our claim in it; everything else of it (labels, owners, fields we do not know, the version to compare with) stays. */
function claimed(lease: Lease, now: Instant, rules: ElectorRules): Lease {
  return { ...lease, spec: { ...lease.spec, ...claim(lease.spec, now, rules) } };
}

function claim(before: LeaseSpec | undefined, now: Instant, rules: ElectorRules): LeaseSpec {
  const time = formatMicroTime(new Date(now.wall));
  const isRenewal = before?.holderIdentity === rules.identity;
  const transitions = before?.leaseTransitions ?? 0;
  return {
    holderIdentity: rules.identity,
    leaseDurationSeconds: Math.ceil(rules.leaseDuration / 1000),
    acquireTime: isRenewal ? (before.acquireTime ?? time) : time,
    renewTime: time,
    leaseTransitions: before && !isRenewal ? transitions + 1 : transitions,
  };
}
