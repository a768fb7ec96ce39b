/**
 * @module cost: what expressions may cost at most (static-cost.ts and call-cost.ts, by the sizes that schemas allow) and what calls really cost
 * (actual-cost.ts). The numbers decide which definitions a server accepts, so they are those of Kubernetes.
 */

/** From the fewest to the most. Numbers beyond 64 bits stay at {@link UNBOUNDED}. */
export interface Range {
  readonly min: bigint;
  readonly max: bigint;
}

/** The largest cost and the largest size: unknown, or too large to count. */
export const UNBOUNDED = 2n ** 64n - 1n;
export const UNKNOWN: Range = { min: 0n, max: UNBOUNDED };
export const NOTHING: Range = { min: 0n, max: 0n };

export function fixed(value: number | bigint): Range {
  return { min: BigInt(value), max: BigInt(value) };
}

export function plus(...ranges: readonly Range[]): Range {
  return ranges.reduce((sum, { min, max }) => ({ min: saturate(sum.min + min), max: saturate(sum.max + max) }), NOTHING);
}

export function times(a: Range, b: Range): Range {
  return { min: saturate(a.min * b.min), max: saturate(a.max * b.max) };
}

/** Each end times a factor, rounded up, in floating point as the server does it. */
export function scaled({ min, max }: Range, factor: number): Range {
  return { min: scale(min, factor), max: scale(max, factor) };
}

/** From the smaller minimum to the larger maximum. */
export function union(a: Range, b: Range): Range {
  return { min: a.min < b.min ? a.min : b.min, max: a.max > b.max ? a.max : b.max };
}

function scale(value: bigint, factor: number): bigint {
  const product = Number(value) * factor;
  return product >= 2 ** 64 ? UNBOUNDED : saturate(BigInt(Math.ceil(product)));
}

function saturate(value: bigint): bigint {
  return value > UNBOUNDED ? UNBOUNDED : value;
}
