import { KubewrightError } from '../errors/kubewright-error.js';
import type { Request } from '../reconcile/request.js';
import { itemExponential, type RateLimiter } from '../workqueue/rate-limiters.js';

/** How a controller works through its queue. */
export interface ControllerOptions<R = Request> {
  /** How many objects are reconciled at a time; one object never twice. Raise it where reconciles wait for something. @default 1 */
  readonly maxConcurrentReconciles?: number;
  /** Milliseconds until every source must have listed what exists. @default 120_000 */
  readonly cacheSyncTimeout?: number;
  /**
   * Milliseconds after which `context.signal` of one attempt aborts. A reconcile that ignores its signal keeps its object locked: a second one
   * beside it is never started, and `workqueue_longest_running_processor_seconds` shows it. @default none
   */
  readonly reconcileTimeout?: number;
  /**
   * Delays after failures. A function makes one for each controller: for options that several managers share, as those of a decorator do, since a rate
   * limiter remembers failures.
   * @default per object 5 ms, doubled each time, up to 1000 s
   */
  readonly rateLimiter?: RateLimiter | (() => RateLimiter);
  /** Whether it runs on the leader only. @default true */
  readonly needsLeaderElection?: boolean;
  /**
   * Whether the queue knows priorities: news first, then what was there at the start. False for the classic queue, which keeps the order of
   * arrival and lets a delayed request run beside an event's (see {@link PriorityQueue}). @default true
   */
  readonly usePriorityQueue?: boolean;
  /**
   * Lets tenants take turns, so that one with thousands of waiting requests does not hold up the others: by namespace, or by what a function
   * says. Needs the queue with priorities. @default in order of arrival
   */
  readonly fairness?: 'namespace' | ((request: R) => string);
  /**
   * Lists and watches on replicas that are not the leader, so that the next leader begins at once with what waits. Costs each replica its
   * cache. @default false
   */
  readonly enableWarmup?: boolean;
}

type Optional = 'fairness';
type Made = 'rateLimiter';

/** With the defaults filled in; `reconcileTimeout` is infinite where there is none. */
export type ResolvedControllerOptions<R = Request> = Required<Omit<ControllerOptions<R>, Optional | Made>> & Pick<ControllerOptions<R>, Optional> & { readonly rateLimiter: RateLimiter };

/** Fills in what was left out. @throws KubewrightError KW_INVALID_OPTIONS with every problem. */
export function resolveControllerOptions<R>(controller: string, given: ControllerOptions<R> = {}): ResolvedControllerOptions<R> {
  const options: ResolvedControllerOptions<R> = {
    maxConcurrentReconciles: given.maxConcurrentReconciles ?? 1,
    cacheSyncTimeout: given.cacheSyncTimeout ?? 120_000,
    reconcileTimeout: given.reconcileTimeout ?? Number.POSITIVE_INFINITY,
    rateLimiter: typeof given.rateLimiter === 'function' ? given.rateLimiter() : (given.rateLimiter ?? itemExponential()),
    needsLeaderElection: given.needsLeaderElection ?? true,
    usePriorityQueue: given.usePriorityQueue ?? true,
    enableWarmup: given.enableWarmup ?? false,
    ...(given.fairness !== undefined && { fairness: given.fairness }),
  };
  const { maxConcurrentReconciles, cacheSyncTimeout, reconcileTimeout, fairness, usePriorityQueue } = options;
  const problems = [
    // The name is a label of metrics and stands in the names of events and spans.
    !/^[a-z0-9]([-_.a-z0-9]*[a-z0-9])?$/.test(controller) && `the name "${controller}" must be lower-case letters, digits, "-", "_" and "."`,
    !(Number.isInteger(maxConcurrentReconciles) && maxConcurrentReconciles >= 1) &&
      `maxConcurrentReconciles (${maxConcurrentReconciles}) must be a whole number, at least 1`,
    !(cacheSyncTimeout > 0) && `cacheSyncTimeout (${cacheSyncTimeout} ms) must be more than 0`,
    !(reconcileTimeout > 0) && `reconcileTimeout (${reconcileTimeout} ms) must be more than 0`,
    fairness !== undefined && fairness !== 'namespace' && typeof fairness !== 'function' && `fairness (${String(fairness)}) must be 'namespace' or a function`,
    fairness !== undefined && !usePriorityQueue && 'fairness needs the queue with priorities: leave out usePriorityQueue: false',
  ].filter((problem) => typeof problem === 'string');
  if (problems.length > 0) throw new KubewrightError('KW_INVALID_OPTIONS', `controller ${controller || '(without name)'}: ${problems.join('; ')}`);
  return options;
}
