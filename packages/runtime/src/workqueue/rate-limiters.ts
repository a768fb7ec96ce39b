import type { Clock } from '@kubewright/platform';

/** Decides how long a key has to wait before it is tried again. */
export interface RateLimiter {
  /** The delay in milliseconds, counting one more failure. */
  when(key: string): number;
  forget(key: string): void;
  failures(key: string): number;
}

/** Doubles the delay with each failure of a key: `base`, 2 * `base`, 4 * `base`, … up to `max` milliseconds. */
export function itemExponential(base = 5, max = 1_000_000): RateLimiter {
  const failures = new Map<string, number>();
  return {
    when(key) {
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      return Math.min(base * 2 ** count, max); // a power that overflows is Infinity, and `max` is less
    },
    forget: (key) => void failures.delete(key),
    failures: (key) => failures.get(key) ?? 0,
  };
}

/** A token bucket over all keys: `burst` at once, then `perSecond`. It reserves: each call gets its own place in the future. */
export function bucket(clock: Clock, perSecond = 10, burst = 100): RateLimiter {
  let tokens = burst;
  let at = clock.monotonic();
  return {
    when() {
      const now = clock.monotonic();
      tokens = Math.min(burst, tokens + ((now - at) / 1000) * perSecond) - 1;
      at = now;
      return tokens >= 0 ? 0 : (-tokens / perSecond) * 1000;
    },
    forget: () => {},
    failures: () => 0,
  };
}

/** The longest of the delays that `limiters` ask for; each of them counts the failure. */
export function maxOf(...limiters: readonly RateLimiter[]): RateLimiter {
  return {
    when: (key) => Math.max(...limiters.map((limiter) => limiter.when(key))),
    forget: (key) => limiters.forEach((limiter) => limiter.forget(key)),
    failures: (key) => Math.max(...limiters.map((limiter) => limiter.failures(key))),
  };
}
