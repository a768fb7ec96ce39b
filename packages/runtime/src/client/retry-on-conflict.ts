import { isConflict } from '@kubewright/api';
import { jitter, realClock, systemRandom, type Clock, type Random } from '@kubewright/platform';

/** How {@link retryOnConflict} goes about it. The defaults are client-go's retry.DefaultRetry. */
export interface RetryOnConflictOptions {
  /** Attempts, the first included. @default 5 */
  readonly attempts?: number;
  /** Milliseconds before the second attempt. @default 10 */
  readonly delay?: number;
  /** By how much each wait is longer than the one before. @default 1 */
  readonly factor?: number;
  /** Share of the wait that is added at random. @default 0.1 */
  readonly jitter?: number;
  readonly signal?: AbortSignal;
  /** @default the real one */
  readonly clock?: Clock;
  /** @default the system's */
  readonly random?: Random;
}

/**
 * Runs `attempt` again while the server says that the object was changed in the meantime (409 Conflict). Each attempt must read the object
 * anew, past the cache. Between reconciles there is a better way: let the conflict out, and the next run sees the change.
 *
 * @example
 * await retryOnConflict(async () => {
 *   const config = mutableCopy(await apiReader.get(ConfigMap, name));
 *   config.data = { ...config.data, seen: 'yes' };
 *   await client.update(ConfigMap, config);
 * });
 *
 * @throws what the last attempt threw; the signal's reason
 */
export async function retryOnConflict<T>(attempt: () => Promise<T>, options: RetryOnConflictOptions = {}): Promise<T> {
  const { attempts = 5, clock = realClock, delay = 10, factor = 1, jitter: share = 0.1, random = systemRandom, signal } = options;
  for (let count = 1, wait = delay; ; count++, wait *= factor) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (!isConflict(error) || count >= attempts) throw error;
    }
    await clock.sleep(jitter(random, wait, share), signal);
  }
}
