import type { Condition } from '../api/conditions.js';

/** What a condition says now, before it is merged with what it said. */
export type Finding = Omit<Condition, 'lastTransitionTime' | 'observedGeneration'>;

/** Conditions in a fixed order; the transition time of one whose status is as before is kept. */
export function mergeConditions(previous: readonly Condition[] | undefined, findings: readonly Finding[], observedGeneration: number, now: string): Condition[] {
  return findings.map((finding) => {
    const before = previous?.find(({ type }) => type === finding.type);
    return { ...finding, observedGeneration, lastTransitionTime: before?.status === finding.status ? before.lastTransitionTime : now };
  });
}
