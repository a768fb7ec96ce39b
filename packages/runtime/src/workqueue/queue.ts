import type { Clock, Scheduler } from '@kubewright/platform';

import { publish } from '../tracing/stops.js';
import { mergeCauses, type Cause } from './cause.js';
import type { QueueMetrics } from './queue-metrics.js';
import type { AddOptions, ShutDownOptions, Taken } from './work-queue.js';

/** What a queue is made of. */
export interface QueueOptions<R> {
  /** For metrics and diagnostics; the controller's name. */
  readonly name: string;
  readonly keyOf: (item: R) => string;
  readonly clock: Clock;
  /** Wakes takers. Every hand-over is a task of its own, so that a long queue of quick items does not starve I/O. */
  readonly scheduler: Scheduler;
  /** @default none */
  readonly metrics?: QueueMetrics;
}

interface Waiting<R> {
  readonly item: R;
  readonly since: number;
  causes: readonly Cause[];
}

const NO_CAUSES: readonly Cause[] = [];

/**
 * The first ring: hands out each key once, in order of arrival, to any number of takers. A key that is added while it waits stays where it
 * is; one that is added while it is processed is marked, and queued when it is done.
 */
export class Queue<R> {
  protected readonly options: QueueOptions<R>;
  /** Everything that is to run: in #ready, or marked while it is processed. */
  readonly #waiting = new Map<string, Waiting<R>>();
  /** Keys in order of arrival, from #head on; the slots before it are used up. */
  #ready: string[] = [];
  #head = 0;
  /** Keys that were handed out, with the moment at which that happened. */
  readonly #processing = new Map<string, number>();
  readonly #takers: ((taken: Taken<R> | undefined) => void)[] = [];
  readonly #endWatch: (() => void) | undefined;
  #isOpen = true;

  constructor(options: QueueOptions<R>) {
    this.options = options;
    this.#endWatch = options.metrics?.watchRunning(() => [...this.#processing.values()].map((since) => this.#now() - since));
  }

  add(item: R, { causes = NO_CAUSES }: AddOptions = {}): void {
    if (!this.#isOpen) return;
    const { name, keyOf, metrics } = this.options;
    const key = keyOf(item);
    const known = this.#waiting.get(key);
    publish('queue', { queue: name, key, state: known ? 'collapsed' : this.#processing.has(key) ? 'marked' : 'added', causes }); // stop 7
    if (known) {
      known.causes = mergeCauses(known.causes, causes);
      return;
    }
    this.#waiting.set(key, { item, since: this.#now(), causes });
    metrics?.added();
    if (!this.#processing.has(key)) this.#enqueue(key);
  }

  get(): Promise<Taken<R> | undefined> {
    return new Promise((resolve) => {
      this.#takers.push(resolve);
      if (this.#head < this.#ready.length) this.#wake();
      this.#endIfOver();
    });
  }

  done(item: R): void {
    const key = this.options.keyOf(item);
    const since = this.#processing.get(key);
    if (since === undefined) return;
    this.#processing.delete(key);
    this.options.metrics?.finished(this.#now() - since);
    if (this.#waiting.has(key)) this.#enqueue(key);
    this.#endIfOver();
  }

  get length(): number {
    return this.#waiting.size;
  }

  /** Whether adds are still taken. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  shutDown(options: ShutDownOptions = {}): void {
    this.#isOpen = false;
    if (!options.drain) {
      this.#waiting.clear();
      this.#ready = [];
      this.#head = 0;
      this.options.metrics?.dropped();
    }
    this.#endIfOver();
  }

  #enqueue(key: string): void {
    this.#ready.push(key);
    if (this.#takers.length > 0) this.#wake();
  }

  /** One task for each pair of item and taker that became possible; a task that finds nothing left does nothing. */
  #wake(): void {
    this.options.scheduler.schedule(`queue ${this.options.name}`, () => this.#handOver());
  }

  #handOver(): void {
    const key = this.#ready[this.#head];
    const take = this.#takers[0];
    if (key === undefined || !take) return;
    this.#takers.shift();
    this.#head += 1;
    this.#reclaim();
    const { item, since, causes } = this.#waiting.get(key)!;
    this.#waiting.delete(key);
    this.#processing.set(key, this.#now());
    this.options.metrics?.taken(this.#now() - since);
    take({ item, priority: 0, causes });
    this.#endIfOver();
  }

  /** Cuts the used slots off once they are the larger part: shift() on each take would copy a long queue again and again. */
  #reclaim(): void {
    if (this.#head < 512 || this.#head * 2 < this.#ready.length) return;
    this.#ready = this.#ready.slice(this.#head);
    this.#head = 0;
  }

  #endIfOver(): void {
    if (this.#isOpen || this.#waiting.size > 0) return;
    for (const take of this.#takers.splice(0)) take(undefined);
    if (this.#processing.size === 0) this.#endWatch?.();
  }

  #now(): number {
    return this.options.clock.monotonic();
  }
}
