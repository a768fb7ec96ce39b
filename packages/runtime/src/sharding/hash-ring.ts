/** Points of each member on the ring: with 128 the largest share is about a fifth above the mean. */
const POINTS = 128;

/**
 * Consistent hashing: every process that knows the same members finds the same owner for a key, and when a member comes or goes only the
 * keys that it gains or had move.
 */
export class HashRing {
  readonly members: readonly string[];
  readonly #points: readonly { readonly at: number; readonly member: string }[];

  /** @param members in any order; twice is once */
  constructor(members: readonly string[]) {
    this.members = [...new Set(members)].sort();
    this.#points = this.members
      .flatMap((member) => Array.from({ length: POINTS }, (_none, index) => ({ at: hash(`${member}#${index}`), member })))
      .sort((one, other) => one.at - other.at || (one.member < other.member ? -1 : 1));
  }

  /** The member at the first point at or after the key's; undefined without members. */
  ownerOf(key: string): string | undefined {
    const points = this.#points;
    const target = hash(key);
    let [low, high] = [0, points.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (points[middle]!.at < target) low = middle + 1;
      else high = middle;
    }
    return (points[low] ?? points[0])?.member;
  }
}

/** FNV-1a with the last mix of MurmurHash3, so that names that differ in one digit lie far apart. Replicas of all versions must agree on it. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
