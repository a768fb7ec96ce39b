/** Something whose bytes lie in a slab; {@link SlabSpace} may move them. */
export interface Placed {
  slab: Slab;
  /** Where the bytes begin in the slab. */
  start: number;
  readonly length: number;
  /** Whether a store holds it. What no store holds is never moved, and lives as long as somebody refers to it. */
  readonly isHeld: boolean;
}

/** A piece of memory that many objects share: an allocation for each of them would cost more than small objects themselves do. */
export interface Slab {
  readonly bytes: Buffer;
  /** Bytes of what stores hold. */
  held: number;
  tenants: Placed[];
}

const FIRST_SLAB = 64 * 1024;
const LARGEST_SLAB = 1024 * 1024;

/**
 * Memory for the bytes of objects, outside of the heap, so that the garbage collector has nothing to walk. Slabs grow from 64 KiB to 1 MiB.
 * What stores let go of leaves holes; when more than half of a slab is holes what is left moves on and the slab is free. At most twice the
 * bytes of what is held are in use, beside the slab being filled.
 */
export class SlabSpace {
  #current: Slab = newSlab(0);
  #used = 0;
  #nextSize = FIRST_SLAB;

  /** Room for `length` bytes at `start` of `slab`, for the caller to fill. */
  allocate(length: number): { readonly slab: Slab; readonly start: number } {
    if (this.#used + length > this.#current.bytes.length) {
      this.#current = newSlab(Math.max(this.#nextSize, length));
      this.#nextSize = Math.min(this.#nextSize * 2, LARGEST_SLAB);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += length;
    return { slab: this.#current, start };
  }

  /** A store holds it from now on. */
  hold(placed: Placed): void {
    placed.slab.held += placed.length;
    placed.slab.tenants.push(placed);
  }

  /** The store that held it let it go; `isHeld` is false by now. */
  release(placed: Placed): void {
    const { slab } = placed;
    slab.held -= placed.length;
    if (slab !== this.#current && slab.held * 2 < slab.bytes.length) this.#vacate(slab);
  }

  #vacate(old: Slab): void {
    const { bytes, tenants } = old;
    old.tenants = [];
    old.held = 0;
    for (const tenant of tenants) {
      if (tenant.slab !== old || !tenant.isHeld) continue;
      const { slab, start } = this.allocate(tenant.length);
      bytes.copy(slab.bytes, start, tenant.start, tenant.start + tenant.length);
      tenant.slab = slab;
      tenant.start = start;
      this.hold(tenant);
    }
  }
}

function newSlab(size: number): Slab {
  return { bytes: Buffer.allocUnsafeSlow(size), held: 0, tenants: [] };
}
