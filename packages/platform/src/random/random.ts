/**
 * @module random: jitter and identifiers. Whatever is random in kubewright comes from a {@link Random}, so that a run can be repeated.
 * The real one is in system-random.ts, the repeatable one in seeded-random.ts.
 */

/** A source of randomness. */
export interface Random {
  /** A number in [0, 1). */
  float(): number;

  /** A version 4 UUID in its usual text form. */
  uuid(): string;

  /** `length` random bytes. Only the system's source is fit for keys and tokens. */
  bytes(length: number): Uint8Array;
}

/** `duration` stretched by a random share of up to `factor`: the result lies in [duration, duration * (1 + factor)). */
export function jitter(random: Random, duration: number, factor: number): number {
  return duration * (1 + random.float() * factor);
}
