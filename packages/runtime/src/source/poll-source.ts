import { deepEqual } from '@kubewright/api';
import { jitter, noopLogger, type Clock, type Logger, type Random } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { Cause } from '../workqueue/cause.js';
import { LOW_PRIORITY } from '../workqueue/work-queue.js';
import type { RequestSink, Source } from './source.js';

/** How a {@link PollSource} asks, and what it makes of the answers. */
export interface PollSourceOptions<R, T> {
  /** For logs and causes. */
  readonly name: string;
  /** Asks the other system for all its items. It must end when the signal aborts. */
  poll(signal: AbortSignal): Promise<readonly T[]>;
  /** Tells items apart. */
  readonly idOf: (item: T) => string;
  /** Who is to hear of an item that is new, has changed, or is gone. */
  readonly requestsFor: (item: T) => readonly R[];
  /** Milliseconds between the end of one poll and the next, or what says so: from the wall clock's time, for a schedule. */
  readonly every: number | ((now: number) => number);
  /** Share of the wait that is added at random, so that replicas do not ask in step. @default 0.1 for a number, 0 for a schedule */
  readonly jitter?: number;
  /** Milliseconds after which the signal of one poll aborts. @default 60_000 */
  readonly timeout?: number;
  /** Whether two states of an item are the same. @default deep equality */
  readonly isSame?: (before: T, after: T) => boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly log?: Logger;
}

/**
 * Another system that tells nothing by itself: asked from time to time, and what changed since the last time becomes requests. It has started when
 * the first poll succeeded, so that a reconciler finds in it what it needs. A poll that fails changes nothing and is made again at its next time.
 *
 * @example
 * const buckets = new PollSource({ name: 'buckets', poll: (signal) => api.listBuckets(signal), idOf: ({ id }) => id, requestsFor: ({ owner }) => [owner], every: 60_000, clock, random });
 * controllerFor(manager).for(Bucket).watchesSource(buckets)...; // in the reconciler: buckets.get(id)
 */
export class PollSource<R, T> implements Source<R> {
  readonly name: string;
  #items: ReadonlyMap<string, T> | undefined;
  #lastFailure: Error | undefined;

  /** @throws KubewrightError KW_INVALID_OPTIONS */
  constructor(private readonly options: PollSourceOptions<R, T>) {
    const { name, every, timeout = 60_000 } = options;
    this.name = `poll ${name}`;
    const problems = [
      typeof every === 'number' && !(every > 0) && `every (${every} ms) must be more than 0`,
      !(timeout > 0) && `timeout (${timeout} ms) must be more than 0`,
      options.jitter !== undefined && !(options.jitter >= 0) && `jitter (${options.jitter}) must not be negative`,
    ].filter((problem) => typeof problem === 'string');
    if (problems.length > 0) throw new KubewrightError('KW_INVALID_OPTIONS', `poll source ${name}: ${problems.join('; ')}`);
  }

  get lastFailure(): Error | undefined {
    return this.#lastFailure;
  }

  /** An item as the last successful poll had it. */
  get(id: string): T | undefined {
    return this.#items?.get(id);
  }

  /** All items of the last successful poll. */
  list(): readonly T[] {
    return [...(this.#items?.values() ?? [])];
  }

  async start(sink: RequestSink<R>, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#items = undefined;
    return new Promise((resolve, reject) => {
      const rejectAborted = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', rejectAborted, { once: true });
      void this.#run(sink, signal, resolve);
    });
  }

  async #run(sink: RequestSink<R>, signal: AbortSignal, started: () => void): Promise<void> {
    const { clock } = this.options;
    while (!signal.aborted) {
      if (await this.#poll(sink, signal)) started();
      await clock.sleep(this.#wait(), signal).catch(() => {});
    }
  }

  /** Whether the poll succeeded. */
  async #poll(sink: RequestSink<R>, signal: AbortSignal): Promise<boolean> {
    const { clock, name, timeout = 60_000, log = noopLogger } = this.options;
    const abort = new AbortController();
    const onAbort = (): void => abort.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const timer = clock.timer(timeout, () => abort.abort(new Error(`poll ${name}: no answer within ${timeout} ms`)));
    try {
      const items = await Promise.race([this.options.poll(abort.signal), rejected(abort.signal)]);
      if (signal.aborted) return false;
      this.#take(items, sink);
      this.#lastFailure = undefined;
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      this.#lastFailure = error instanceof Error ? error : new Error(String(error));
      log.warn('a poll failed', { source: this.name, error });
      return false;
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', onAbort);
    }
  }

  #take(items: readonly T[], sink: RequestSink<R>): void {
    const { idOf, isSame = deepEqual } = this.options;
    const before = this.#items;
    const now = new Map(items.map((item) => [idOf(item), item]));
    this.#items = now;
    for (const [id, item] of now) {
      const old = before?.get(id);
      if (old !== undefined && isSame(old, item)) continue;
      this.#tell(id, old === undefined ? [item] : [old, item], before === undefined ? 'initial' : old === undefined ? 'create' : 'update', sink);
    }
    for (const [id, item] of before ?? []) if (!now.has(id)) this.#tell(id, [item], 'delete', sink);
  }

  #tell(id: string, states: readonly T[], change: Cause['change'], sink: RequestSink<R>): void {
    const causes: readonly Cause[] = [{ source: this.name, change, object: id, count: 1 }];
    const news = { causes, ...(change === 'initial' && { priority: LOW_PRIORITY }) };
    for (const request of states.flatMap((state) => this.options.requestsFor(state))) sink.add(request, news);
  }

  #wait(): number {
    const { clock, every, random, jitter: share = typeof every === 'number' ? 0.1 : 0 } = this.options;
    return jitter(random, Math.max(typeof every === 'number' ? every : every(clock.now()), 1), share);
  }
}

function rejected(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    else signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
