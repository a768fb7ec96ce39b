import type { Clock } from '@kubewright/platform';

import { requestKey, type Request } from './request.js';

/** How an expectation stands. */
export type Expectation =
  /** It holds; it is forgotten. */
  | { readonly state: 'met'; readonly waited: number }
  /** It does not hold yet; look again when something happens, or after `remaining` milliseconds at the latest. */
  | { readonly state: 'waiting'; readonly remaining: number }
  /** It did not hold in time. It stays so until it holds, or is dropped. */
  | { readonly state: 'timed-out'; readonly waited: number };

/**
 * Things that a reconciler waits for with a time limit: a rollout that ends, a bucket that appears. Kept in memory and by key: after a restart
 * the time begins anew. The reconcile does not wait; it is called again by the next event, or by its own `requeueAfter`.
 *
 * @example
 * const rollout = this.expectations.check(request, 'rollout', isReady(deployment), 300_000);
 * if (rollout.state === 'waiting') return { requeueAfter: rollout.remaining };
 * if (rollout.state === 'timed-out') context.recorder.event(widget, 'Warning', 'RolloutStuck', 'Rollout', 'not ready after five minutes');
 */
export class Expectations<R = Request> {
  readonly #since = new Map<string, Map<string, number>>();

  /** @param keyOf tells requests apart. @default that of Request */
  constructor(private readonly clock: Clock, private readonly keyOf: (request: R) => string = requestKey as (request: unknown) => string) {}

  /**
   * Looks at an expectation; the first look that finds it not met starts its time.
   *
   * @param holds whether it holds now
   * @param timeout milliseconds
   */
  check(request: R, name: string, holds: boolean, timeout: number): Expectation {
    const key = this.keyOf(request);
    const now = this.clock.monotonic();
    const since = this.#since.get(key)?.get(name);
    if (holds) {
      this.drop(request, name);
      return { state: 'met', waited: since === undefined ? 0 : now - since };
    }
    if (since === undefined) this.#since.set(key, (this.#since.get(key) ?? new Map<string, number>()).set(name, now));
    const waited = now - (since ?? now);
    return waited < timeout ? { state: 'waiting', remaining: timeout - waited } : { state: 'timed-out', waited };
  }

  /** Forgets one expectation of a request, or all of them: when the object is gone, or wants something else now. */
  drop(request: R, name?: string): void {
    const key = this.keyOf(request);
    const names = this.#since.get(key);
    if (name !== undefined) names?.delete(name);
    if (name === undefined || names?.size === 0) this.#since.delete(key);
  }
}
