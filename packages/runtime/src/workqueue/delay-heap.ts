/** An item that waits for its time. */
interface Delayed<R> {
  readonly key: string;
  readonly item: R;
  due: number;
  /** Arrival; breaks ties. */
  readonly order: number;
  /** Where it stands in the heap. */
  index: number;
}

/** Items ordered by due time (a binary heap), each key once. */
export class DelayHeap<R> {
  readonly #byKey = new Map<string, Delayed<R>>();
  readonly #heap: Delayed<R>[] = [];
  #arrivals = 0;

  /** Puts an item in; a key that is there already keeps the earlier of its times. */
  push(key: string, item: R, due: number): void {
    const known = this.#byKey.get(key);
    if (known) {
      if (due >= known.due) return;
      known.due = due;
      this.#up(known);
      return;
    }
    const delayed = { key, item, due, order: this.#arrivals++, index: this.#heap.length };
    this.#byKey.set(key, delayed);
    this.#heap.push(delayed);
    this.#up(delayed);
  }

  /** When the first item is due. */
  get nextDue(): number | undefined {
    return this.#heap[0]?.due;
  }

  /** Takes the first item out if it is due at `now`. */
  pop(now: number): R | undefined {
    const first = this.#heap[0];
    if (!first || first.due > now) return undefined;
    this.#byKey.delete(first.key);
    const last = this.#heap.pop()!;
    if (last !== first) {
      this.#place(last, 0);
      this.#down(last);
    }
    return first.item;
  }

  clear(): void {
    this.#byKey.clear();
    this.#heap.length = 0;
  }

  #up(moved: Delayed<R>): void {
    while (moved.index > 0) {
      const parent = this.#heap[(moved.index - 1) >> 1]!;
      if (!isBefore(moved, parent)) return;
      this.#swap(moved, parent);
    }
  }

  #down(moved: Delayed<R>): void {
    for (;;) {
      const left = this.#heap[moved.index * 2 + 1];
      const right = this.#heap[moved.index * 2 + 2];
      const smaller = right && left && isBefore(right, left) ? right : left;
      if (!smaller || !isBefore(smaller, moved)) return;
      this.#swap(moved, smaller);
    }
  }

  #swap(one: Delayed<R>, other: Delayed<R>): void {
    const index = one.index;
    this.#place(one, other.index);
    this.#place(other, index);
  }

  #place(delayed: Delayed<R>, index: number): void {
    this.#heap[index] = delayed;
    delayed.index = index;
  }
}

function isBefore<R>(one: Delayed<R>, other: Delayed<R>): boolean {
  return one.due < other.due || (one.due === other.due && one.order < other.order);
}
