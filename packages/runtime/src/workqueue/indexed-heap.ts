/** Something that stands in an {@link IndexedHeap}: it knows its place, so that it can be moved or taken out from the middle. */
export interface HeapNode {
  /** Kept by the heap; -1 outside of it. */
  place: number;
}

/** A binary heap whose members may change their rank, or leave, at any time: each operation costs log n. */
export class IndexedHeap<N extends HeapNode> {
  readonly #nodes: N[] = [];

  /** @param isBefore a strict order; what decides it may change only together with a call of {@link moved} */
  constructor(private readonly isBefore: (one: N, other: N) => boolean) {}

  get size(): number {
    return this.#nodes.length;
  }

  /** The member that is before all others. */
  get first(): N | undefined {
    return this.#nodes[0];
  }

  add(node: N): void {
    this.#put(node, this.#nodes.length);
    this.#up(node);
  }

  /** Finds the right place for a member whose rank has changed. */
  moved(node: N): void {
    this.#up(node);
    this.#down(node);
  }

  /** Takes a member out. */
  remove(node: N): void {
    const { place } = node;
    if (this.#nodes[place] !== node) return;
    const last = this.#nodes.pop()!;
    node.place = -1;
    if (last === node) return;
    this.#put(last, place);
    this.moved(last);
  }

  clear(): void {
    for (const node of this.#nodes) node.place = -1;
    this.#nodes.length = 0;
  }

  #up(node: N): void {
    while (node.place > 0) {
      const parent = this.#nodes[(node.place - 1) >> 1]!;
      if (!this.isBefore(node, parent)) return;
      this.#swap(node, parent);
    }
  }

  #down(node: N): void {
    for (;;) {
      const left = this.#nodes[node.place * 2 + 1];
      const right = this.#nodes[node.place * 2 + 2];
      const smaller = right && left && this.isBefore(right, left) ? right : left;
      if (!smaller || !this.isBefore(smaller, node)) return;
      this.#swap(node, smaller);
    }
  }

  #swap(one: N, other: N): void {
    const { place } = one;
    this.#put(one, other.place);
    this.#put(other, place);
  }

  #put(node: N, place: number): void {
    this.#nodes[place] = node;
    node.place = place;
  }
}
