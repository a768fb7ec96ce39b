const DECIMAL = /^\d+$/;

/**
 * Whether version `a` is not older than `b`; undefined when one of them is no decimal number and nothing can be said. Kubernetes promises
 * comparable versions since 1.35 (KEP-5504), within one resource; servers have always kept to it.
 */
export function notOlder(a: string, b: string): boolean | undefined {
  if (a === b) return true;
  if (!DECIMAL.test(a) || !DECIMAL.test(b)) return undefined;
  return a.length === b.length ? a >= b : BigInt(a) >= BigInt(b);
}
