import { KubewrightError } from '../errors/kubewright-error.js';
import { itemExponential, type RateLimiter } from '../workqueue/rate-limiters.js';

/** How a controller works through its queue. */
export interface ControllerOptions {
  /** How many objects are reconciled at a time; one object never twice. Raise it where reconciles wait for something. @default 1 */
  readonly maxConcurrentReconciles?: number;
  /** Milliseconds until every source must have listed what exists. @default 120_000 */
  readonly cacheSyncTimeout?: number;
  /** Milliseconds after which `context.signal` of one attempt aborts. A reconcile that ignores its signal keeps its object locked. @default none */
  readonly reconcileTimeout?: number;
  /** Delays after failures. @default per object 5 ms, doubled each time, up to 1000 s */
  readonly rateLimiter?: RateLimiter;
  /** Whether it runs on the leader only. @default true */
  readonly needsLeaderElection?: boolean;
}

/** With the defaults filled in; `reconcileTimeout` is infinite where there is none. */
export type ResolvedControllerOptions = Required<ControllerOptions>;

/** Fills in what was left out. @throws KubewrightError KW_INVALID_OPTIONS with every problem. */
export function resolveControllerOptions(controller: string, given: ControllerOptions = {}): ResolvedControllerOptions {
  const options: ResolvedControllerOptions = {
    maxConcurrentReconciles: given.maxConcurrentReconciles ?? 1,
    cacheSyncTimeout: given.cacheSyncTimeout ?? 120_000,
    reconcileTimeout: given.reconcileTimeout ?? Number.POSITIVE_INFINITY,
    rateLimiter: given.rateLimiter ?? itemExponential(),
    needsLeaderElection: given.needsLeaderElection ?? true,
  };
  const { maxConcurrentReconciles, cacheSyncTimeout, reconcileTimeout } = options;
  const problems = [
    // The name is a label of metrics and stands in the names of events and spans.
    !/^[a-z0-9]([-_.a-z0-9]*[a-z0-9])?$/.test(controller) && `the name "${controller}" must be lower-case letters, digits, "-", "_" and "."`,
    !(Number.isInteger(maxConcurrentReconciles) && maxConcurrentReconciles >= 1) &&
      `maxConcurrentReconciles (${maxConcurrentReconciles}) must be a whole number, at least 1`,
    !(cacheSyncTimeout > 0) && `cacheSyncTimeout (${cacheSyncTimeout} ms) must be more than 0`,
    !(reconcileTimeout > 0) && `reconcileTimeout (${reconcileTimeout} ms) must be more than 0`,
  ].filter((problem) => typeof problem === 'string');
  if (problems.length > 0) throw new KubewrightError('KW_INVALID_OPTIONS', `controller ${controller || '(without name)'}: ${problems.join('; ')}`);
  return options;
}
