/** @module expect: expectations that wait. A cluster converges; a test says what must hold in the end and for how long it may take. */
import { realClock, type Clock } from '@kubewright/platform';

/** How long and how often {@link eventually} looks. */
export interface EventuallyOptions {
  /** Milliseconds after which it gives up. @default 10_000 */
  readonly timeout?: number;
  /** Milliseconds between two looks. @default 20 */
  readonly interval?: number;
  /** @default the machine's clock */
  readonly clock?: Clock;
}

/**
 * Calls `check` until it neither throws nor rejects, and resolves to what it returned.
 *
 * @throws Error after `timeout`, with the last failure as its cause and in its message
 * @example
 * await eventually(async () => expect((await client.get(Pod, name)).status?.phase).toBe('Running'));
 */
export async function eventually<T>(check: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const { timeout = 10_000, interval = 20, clock = realClock } = options;
  const deadline = clock.monotonic() + timeout;
  for (;;) {
    try {
      return await check();
    } catch (cause) {
      if (clock.monotonic() >= deadline) throw new Error(`did not hold within ${timeout} ms: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
      await clock.sleep(interval);
    }
  }
}
