/**
 * A count that may be a share of a whole, such as `maxUnavailable: 25%` (k8s.io/apimachinery/pkg/util/intstr).
 * @param total the whole
 * @param roundUp whether a share is rounded up or down to an integer
 * @throws RangeError for a text that is neither an integer percentage nor a number
 */
export function resolveIntOrString(value: number | string, total: number, roundUp: boolean): number {
  if (typeof value === 'number') return value;
  const match = /^([+-]?[0-9]+)%$/.exec(value);
  if (!match) throw new RangeError(`${JSON.stringify(value)} is neither an integer nor a percentage such as "25%"`);
  const share = Number(match[1]) * total;
  return roundUp ? Math.ceil(share / 100) : Math.floor(share / 100);
}

/** Whether a text is a percentage as the server accepts it: digits and a per cent sign. */
export function isPercentage(value: number | string): boolean {
  return typeof value === 'string' && /^[0-9]+%$/.test(value);
}
