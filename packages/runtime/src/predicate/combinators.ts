import type { DropReason, Predicate } from './predicate.js';

/** Keeps what all keep; the reason is that of the first that drops. */
export function and(...predicates: readonly Predicate[]): Predicate {
  return (event) => {
    for (const predicate of predicates) {
      const reason = predicate(event);
      if (reason !== undefined) return reason;
    }
    return undefined;
  };
}

/** Keeps what one of them keeps; the reason names them all. Without predicates it keeps everything. */
export function or(...predicates: readonly Predicate[]): Predicate {
  return (event) => {
    const reasons: DropReason[] = [];
    for (const predicate of predicates) {
      const reason = predicate(event);
      if (reason === undefined) return undefined;
      reasons.push(reason);
    }
    return reasons.length > 0 ? reasons.join(' and ') : undefined;
  };
}

/** Keeps what the other drops. */
export function not(predicate: Predicate, reason: DropReason = 'excluded'): Predicate {
  return (event) => (predicate(event) === undefined ? reason : undefined);
}
