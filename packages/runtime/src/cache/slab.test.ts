import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SlabSpace, type Placed, type Slab } from './slab.js';

interface Tenant extends Placed {
  slab: Slab;
  start: number;
  isHeld: boolean;
}

function place(space: SlabSpace, text: string): Tenant {
  const { slab, start } = space.allocate(text.length);
  slab.bytes.write(text, start);
  return { slab, start, length: text.length, isHeld: false };
}

const textOf = ({ slab, start, length }: Placed): string => slab.bytes.toString('utf8', start, start + length);

describe('SlabSpace', () => {
  it('keeps every text whatever is held and let go, and never much more memory than twice of what is held', () => {
    const step = fc.record({ what: fc.constantFrom('add', 'add', 'remove', 'unheld'), size: fc.integer({ min: 1, max: 40_000 }), pick: fc.nat() });
    fc.assert(
      fc.property(fc.array(step, { minLength: 50, maxLength: 400 }), (steps) => {
        const space = new SlabSpace();
        const held = new Map<Tenant, string>();
        const loose = new Map<Tenant, string>();
        for (const [index, { what, size, pick }] of steps.entries()) {
          const text = `${index}:`.padEnd(size, 'x');
          if (what === 'remove') {
            const tenant = [...held.keys()][pick % Math.max(held.size, 1)];
            if (!tenant) continue;
            tenant.isHeld = false;
            space.release(tenant);
            loose.set(tenant, held.get(tenant)!);
            held.delete(tenant);
          } else {
            const tenant = place(space, text);
            if (what === 'unheld') loose.set(tenant, text);
            else {
              tenant.isHeld = true;
              space.hold(tenant);
              held.set(tenant, text);
            }
          }
        }
        for (const [tenant, text] of [...held, ...loose]) expect(textOf(tenant)).toBe(text);
        const slabs = new Set([...held.keys()].map(({ slab }) => slab));
        const used = [...slabs].reduce((sum, { bytes }) => sum + bytes.length, 0);
        const wanted = [...held.values()].reduce((sum, { length }) => sum + length, 0);
        // A slab that is not quite half empty, the one being filled, and the ends that an object did not fit into.
        expect(used).toBeLessThanOrEqual(2 * wanted + 2 * 1024 * 1024);
      }),
      { numRuns: 60 },
    );
  });

  it('gives an object that is larger than a slab one of its own, and small caches small slabs', () => {
    const space = new SlabSpace();
    expect(place(space, 'x').slab.bytes.length).toBe(64 * 1024);
    expect(textOf(place(space, 'y'.repeat(3_000_000)))).toHaveLength(3_000_000);
  });

  it('leaves what nobody holds where it is', () => {
    const space = new SlabSpace();
    const held = [place(space, 'a'.repeat(40_000)), place(space, 'b'.repeat(20_000))];
    const loose = place(space, 'c'.repeat(3_000));
    for (const tenant of held) {
      tenant.isHeld = true;
      space.hold(tenant);
    }
    place(space, 'd'.repeat(40_000)); // begins the next slab
    const { slab } = loose;
    held[0]!.isHeld = false;
    space.release(held[0]!);
    expect([held[1]!.slab === slab, loose.slab === slab, textOf(held[1]!)]).toEqual([false, true, 'b'.repeat(20_000)]);
  });
});
