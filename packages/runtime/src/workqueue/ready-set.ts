import type { Cause } from './cause.js';
import { IndexedHeap, type HeapNode } from './indexed-heap.js';

/** An item of a priority queue, from its add until it is handed out. */
export interface QueuedItem<R> extends HeapNode {
  readonly key: string;
  readonly item: R;
  priority: number;
  /** Its place among those of equal priority: growing. */
  order: number;
  /** When it can be handed out; undefined: now. */
  readyAt: number | undefined;
  /** Since when it can be handed out. */
  since: number;
  causes: readonly Cause[];
}

/** Whose items these are: all of one namespace, where the queue is fair. */
interface Tenant<R> extends HeapNode {
  readonly name: string;
  readonly items: IndexedHeap<QueuedItem<R>>;
  /** Its next turn on a virtual clock that moves by one with each round. */
  turn: number;
}

/** How many tenants without items are remembered before those whose turn is long past are looked for. */
const IDLE_TENANTS = 1024;

/**
 * Items that can be handed out now: higher priority first, then in order of arrival. With `tenantOf`, tenants with items of equal priority take
 * turns (start-time fair queueing): one that has ten thousand items waiting delays another's single item by one item, not by ten thousand.
 */
export class ReadySet<R> {
  readonly #tenants = new Map<string, Tenant<R>>();
  readonly #active = new IndexedHeap<Tenant<R>>((one, other) => {
    const [first, second] = [one.items.first!, other.items.first!];
    if (first.priority !== second.priority) return first.priority > second.priority;
    return one.turn !== other.turn ? one.turn < other.turn : first.order < second.order;
  });
  /** The turn of the tenant that was served last. */
  #now = 0;
  #size = 0;

  /** @param tenantOf who an item belongs to. @default one tenant, which has every item */
  constructor(private readonly tenantOf: (item: R) => string = () => '') {}

  get size(): number {
    return this.#size;
  }

  add(node: QueuedItem<R>): void {
    const tenant = this.#tenantOf(node);
    tenant.items.add(node);
    this.#size += 1;
    if (tenant.items.size > 1) return this.#active.moved(tenant);
    // Whoever was away starts with this round: what it did not use is not saved up, and what it used is not forgiven.
    tenant.turn = Math.max(tenant.turn, this.#now);
    this.#active.add(tenant);
  }

  /** Finds the new place of an item whose priority or order has changed. */
  moved(node: QueuedItem<R>): void {
    const tenant = this.#tenantOf(node);
    tenant.items.moved(node);
    this.#active.moved(tenant);
  }

  /** Takes out the item whose turn it is. */
  take(): QueuedItem<R> | undefined {
    const tenant = this.#active.first;
    const node = tenant?.items.first;
    if (!tenant || !node) return undefined;
    tenant.items.remove(node);
    this.#size -= 1;
    this.#now = tenant.turn;
    tenant.turn += 1;
    if (tenant.items.size > 0) this.#active.moved(tenant);
    else this.#rest(tenant);
    return node;
  }

  clear(): void {
    this.#tenants.clear();
    this.#active.clear();
    this.#size = 0;
  }

  #tenantOf(node: QueuedItem<R>): Tenant<R> {
    const name = this.tenantOf(node.item);
    const known = this.#tenants.get(name);
    if (known) return known;
    const tenant: Tenant<R> = { name, items: new IndexedHeap<QueuedItem<R>>(isBefore), turn: this.#now, place: -1 };
    this.#tenants.set(name, tenant);
    return tenant;
  }

  #rest(tenant: Tenant<R>): void {
    // Its items' heap is empty, and the order of tenants looks at the first item: out it goes before anything is compared.
    this.#active.remove(tenant);
    if (this.#tenants.size - this.#active.size <= IDLE_TENANTS) return;
    for (const { name, items, turn } of this.#tenants.values()) if (items.size === 0 && turn <= this.#now) this.#tenants.delete(name);
  }
}

function isBefore<R>(one: QueuedItem<R>, other: QueuedItem<R>): boolean {
  return one.priority !== other.priority ? one.priority > other.priority : one.order < other.order;
}
