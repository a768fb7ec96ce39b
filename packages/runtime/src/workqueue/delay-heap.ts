import { IndexedHeap, type HeapNode } from './indexed-heap.js';

/** An item that waits for its time. */
interface Delayed<T> extends HeapNode {
  readonly key: string;
  item: T;
  due: number;
  /** Arrival; breaks ties. */
  readonly order: number;
}

/** Items ordered by due time, each key once. */
export class DelayHeap<T> {
  readonly #byKey = new Map<string, Delayed<T>>();
  readonly #heap = new IndexedHeap<Delayed<T>>((one, other) => one.due < other.due || (one.due === other.due && one.order < other.order));
  #arrivals = 0;

  /** Puts an item in; a key that is there already keeps the earlier of its times, and what `merge` makes of both items. */
  push(key: string, item: T, due: number, merge: (known: T, given: T) => T = (known) => known): void {
    const known = this.#byKey.get(key);
    if (known) {
      known.item = merge(known.item, item);
      if (due >= known.due) return;
      known.due = due;
      this.#heap.moved(known);
      return;
    }
    const delayed = { key, item, due, order: this.#arrivals++, place: -1 };
    this.#byKey.set(key, delayed);
    this.#heap.add(delayed);
  }

  /** When the first item is due. */
  get nextDue(): number | undefined {
    return this.#heap.first?.due;
  }

  /** Takes the first item out if it is due at `now`. */
  pop(now: number): T | undefined {
    const { first } = this.#heap;
    if (!first || first.due > now) return undefined;
    this.#byKey.delete(first.key);
    this.#heap.remove(first);
    return first.item;
  }

  clear(): void {
    this.#byKey.clear();
    this.#heap.clear();
  }
}
