/**
 * @module scheduler: work that crosses a component border (a request handed to the in-memory server, a watch frame handed to a client)
 * is a named task of a {@link Scheduler} instead of a direct call. In production that only keeps call stacks short; in simulation the
 * order of ready tasks is the thing that is explored. See real-scheduler.ts and seeded-scheduler.ts.
 */

/** Runs tasks, one at a time, after the caller has returned. */
export interface Scheduler {
  /**
   * Queues `task`. Tasks of equal `name` run in the order in which they were queued; between names no order is promised.
   * A task must not throw.
   */
  schedule(name: string, task: () => void): void;
}
