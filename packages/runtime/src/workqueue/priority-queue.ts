import type { Timer } from '@kubewright/platform';

import { publish } from '../tracing/stops.js';
import { mergeCauses } from './cause.js';
import { IndexedHeap } from './indexed-heap.js';
import type { QueueOptions } from './queue.js';
import type { RateLimiter } from './rate-limiters.js';
import { ReadySet, type QueuedItem } from './ready-set.js';
import type { AddOptions, Taken, WorkQueue } from './work-queue.js';

/** What a {@link PriorityQueue} is made of. */
export interface PriorityQueueOptions<R> extends QueueOptions<R> {
  /** Who an item belongs to: tenants with waiting items of equal priority take turns. It must not throw. @default no turns: in order of arrival */
  readonly tenantOf?: (item: R) => string;
}

/**
 * The queue of a controller: higher priority first, then in order of arrival; each key once, never twice at a time. It behaves as
 * controller-runtime's (pkg/controller/priorityqueue, the default there since 0.23), which differs from the classic queue:
 *
 * - An add for a key that waits for its time (back-off, `requeueAfter`) makes it run now, and the time is forgotten: it does not run again then.
 * - Adds of one key merge: the highest priority and the earliest time count. An immediate add keeps the key's place among its equals; one whose
 *   time comes, or whose priority rises, goes to the end of its level.
 * - A key that is added while it is processed waits aside and holds nobody up.
 * - A shutdown drops what waits, whatever it is asked.
 */
export class PriorityQueue<R> implements WorkQueue<R> {
  /** Every key that is to run: ready, waiting for its time, or aside. */
  readonly #items = new Map<string, QueuedItem<R>>();
  readonly #ready: ReadySet<R>;
  readonly #waiting = new IndexedHeap<QueuedItem<R>>(isDueBefore);
  /** Keys that could run if they were not being processed. */
  readonly #aside = new Set<string>();
  /** Keys that were handed out, with the moment at which that happened. */
  readonly #processing = new Map<string, number>();
  readonly #takers: ((taken: Taken<R> | undefined) => void)[] = [];
  readonly #endWatch: (() => void) | undefined;
  #timer: { readonly due: number; readonly timer: Timer } | undefined;
  #arrivals = 0;
  #isOpen = true;

  constructor(
    private readonly options: PriorityQueueOptions<R>,
    private readonly limiter: RateLimiter,
  ) {
    this.#ready = new ReadySet(options.tenantOf);
    this.#endWatch = options.metrics?.watchRunning(() => [...this.#processing.values()].map((since) => this.#now() - since));
  }

  add(item: R, options: AddOptions = {}): void {
    if (!this.#isOpen) return;
    const { name, keyOf, metrics } = this.options;
    const { causes = [] } = options;
    const key = keyOf(item);
    const priority = Number.isFinite(options.priority) ? options.priority! : 0;
    const delay = this.#delayOf(key, options);
    if (delay > 0) metrics?.retried();
    const readyAt = delay > 0 ? this.#now() + delay : undefined;
    const known = this.#items.get(key);
    if (known) this.#merge(known, priority, readyAt);
    else this.#insert({ key, item, priority, order: this.#arrivals++, readyAt, since: 0, causes, place: -1 });
    if (known) known.causes = mergeCauses(known.causes, causes);
    const state = known ? 'collapsed' : delay > 0 ? 'delayed' : this.#processing.has(key) ? 'marked' : 'added';
    publish('queue', { queue: name, key, state, priority, causes }); // stop 7
    this.#arm();
  }

  addAfter(item: R, delay: number, options?: AddOptions): void {
    this.add(item, { ...options, after: delay });
  }

  addRateLimited(item: R, options?: AddOptions): void {
    this.add(item, { ...options, rateLimited: true });
  }

  forget(item: R): void {
    this.limiter.forget(this.options.keyOf(item));
  }

  failures(item: R): number {
    return this.limiter.failures(this.options.keyOf(item));
  }

  get(): Promise<Taken<R> | undefined> {
    return new Promise((resolve) => {
      if (!this.#isOpen) return resolve(undefined);
      this.#takers.push(resolve);
      if (this.#ready.size > 0) this.#wake();
    });
  }

  done(item: R): void {
    const key = this.options.keyOf(item);
    const since = this.#processing.get(key);
    if (since === undefined) return;
    this.#processing.delete(key);
    this.options.metrics?.finished(this.#now() - since);
    if (this.#aside.delete(key)) this.#offer(this.#items.get(key)!);
    this.#endWatchIfOver();
  }

  get length(): number {
    return this.#ready.size + this.#aside.size;
  }

  /** Whether adds are still taken. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  shutDown(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const held of [this.#items, this.#ready, this.#waiting, this.#aside]) held.clear();
    this.#arm();
    this.options.metrics?.dropped();
    for (const take of this.#takers.splice(0)) take(undefined);
    this.#endWatchIfOver();
  }

  #delayOf(key: string, { after = 0, rateLimited = false }: AddOptions): number {
    const limited = rateLimited ? this.limiter.when(key) : 0;
    return after > 0 && (!rateLimited || after < limited) ? after : limited;
  }

  #insert(node: QueuedItem<R>): void {
    this.#items.set(node.key, node);
    if (node.readyAt === undefined) this.#makeReady(node);
    else this.#waiting.add(node);
  }

  #merge(node: QueuedItem<R>, priority: number, readyAt: number | undefined): void {
    const isReady = node.readyAt === undefined;
    if (priority > node.priority) {
      if (isReady) this.options.metrics?.raised(node.priority, priority);
      node.priority = priority;
      node.order = this.#arrivals++;
      if (!isReady) this.#waiting.moved(node);
      else if (!this.#aside.has(node.key)) this.#ready.moved(node);
    }
    if (isReady || (readyAt !== undefined && readyAt >= node.readyAt!)) return;
    node.readyAt = readyAt;
    if (readyAt !== undefined) return this.#waiting.moved(node);
    this.#waiting.remove(node);
    this.#makeReady(node);
  }

  /** The item can run from now on, as soon as its key is not being processed any more. */
  #makeReady(node: QueuedItem<R>): void {
    node.readyAt = undefined;
    node.since = this.#now();
    this.options.metrics?.added(node.priority);
    if (this.#processing.has(node.key)) this.#aside.add(node.key);
    else this.#offer(node);
  }

  #offer(node: QueuedItem<R>): void {
    this.#ready.add(node);
    if (this.#takers.length > 0) this.#wake();
  }

  /** One task for each pair of item and taker that became possible; a task that finds nothing left does nothing. */
  #wake(): void {
    this.options.scheduler.schedule(`queue ${this.options.name}`, () => this.#handOver());
  }

  #handOver(): void {
    if (this.#takers.length === 0) return;
    const node = this.#ready.take();
    if (!node) return;
    const { key, item, priority, causes, since } = node;
    this.#items.delete(key);
    this.#processing.set(key, this.#now());
    this.options.metrics?.taken(this.#now() - since, priority);
    this.#takers.shift()!({ item, priority, causes });
  }

  /** Makes the one timer fit the first item that waits. */
  #arm(): void {
    const due = this.#waiting.first?.readyAt;
    if (due === this.#timer?.due) return;
    this.#timer?.timer.cancel();
    this.#timer = due === undefined ? undefined : { due, timer: this.options.clock.timer(due - this.#now(), () => this.#release()) };
  }

  #release(): void {
    this.#timer = undefined;
    const now = this.#now();
    for (let node = this.#waiting.first; node && node.readyAt! <= now; node = this.#waiting.first) {
      this.#waiting.remove(node);
      node.order = this.#arrivals++;
      this.#makeReady(node);
    }
    this.#arm();
  }

  #endWatchIfOver(): void {
    if (!this.#isOpen && this.#processing.size === 0) this.#endWatch?.();
  }

  #now(): number {
    return this.options.clock.monotonic();
  }
}

function isDueBefore<R>(one: QueuedItem<R>, other: QueuedItem<R>): boolean {
  if (one.readyAt !== other.readyAt) return one.readyAt! < other.readyAt!;
  return one.priority !== other.priority ? one.priority > other.priority : one.order < other.order;
}
