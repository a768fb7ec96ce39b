import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { HashRing } from './hash-ring.js';

const keys = Array.from({ length: 2_000 }, (_none, index) => `default/widget-${index}`);
const names = fc.uniqueArray(fc.stringMatching(/^[a-z][-a-z0-9]{0,20}$/), { minLength: 1, maxLength: 8 });

describe('HashRing', () => {
  it('finds the same owner whatever the order of the members', () => {
    fc.assert(fc.property(names, fc.string(), (members, key) => {
      expect(new HashRing([...members].reverse()).ownerOf(key)).toBe(new HashRing([...members, members[0]!]).ownerOf(key));
    }));
  });

  it('moves only keys that the newcomer takes, or that the lost member had', () => {
    fc.assert(fc.property(names, fc.uuid(), (members, newcomer) => {
      const [before, after] = [new HashRing(members), new HashRing([...members, newcomer])];
      for (const key of keys.slice(0, 200)) if (before.ownerOf(key) !== after.ownerOf(key)) expect(after.ownerOf(key)).toBe(newcomer);
    }), { numRuns: 30 });
  });

  it('divides keys evenly enough', () => {
    const ring = new HashRing(['operator-7d9f-aaaaa', 'operator-7d9f-bbbbb', 'operator-7d9f-ccccc', 'operator-7d9f-ddddd']);
    const shares = Object.values(group(keys, (key) => ring.ownerOf(key)!)).map((share) => share.length);
    expect(shares).toHaveLength(4);
    expect(Math.max(...shares)).toBeLessThan((keys.length / 4) * 1.5);
    expect(Math.min(...shares)).toBeGreaterThan((keys.length / 4) * 0.5);
  });

  it('has no owner without members', () => expect(new HashRing([]).ownerOf('x')).toBeUndefined());

  it('agrees with replicas of other versions: these owners never change', () => {
    const ring = new HashRing(['a', 'b', 'c']);
    expect(['default/one', 'default/two', 'default/three', 'kube-system/dns', 'node-1'].map((key) => ring.ownerOf(key))).toMatchInlineSnapshot(`
      [
        "b",
        "b",
        "b",
        "a",
        "b",
      ]
    `);
  });
});

function group(items: readonly string[], by: (item: string) => string): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const item of items) (groups[by(item)] ??= []).push(item);
  return groups;
}
