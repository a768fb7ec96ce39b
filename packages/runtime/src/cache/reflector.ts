import { ApiError, isExpired } from '@kubewright/api';
import type { Clock, Logger, Random } from '@kubewright/platform';

import { isConnectionError } from '../client/connection-error.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import type { Counter } from '../metrics/metrics-registry.js';
import { publish } from '../tracing/stops.js';
import { Backoff } from './backoff.js';
import type { DeltaSink } from './delta.js';
import type { ListWatcher } from './list-watcher.js';
import { initialState, step, type ReflectorEffect, type ReflectorSignal, type ReflectorState } from './reflector-state.js';
import { WatchGuard } from './watch-guard.js';

/** What a {@link Reflector} works with. */
export interface ReflectorOptions {
  /** For logs and errors: `prometheuses in default`. */
  readonly name: string;
  readonly listWatcher: ListWatcher;
  readonly sink: DeltaSink;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Whether initial lists are asked for as a stream of events. */
  readonly streaming: boolean;
  /** Lists show this version or a newer one: what is known already. @default whatever the server has at hand */
  readonly since?: string;
  /** Counts what goes wrong, by `reason`. */
  readonly failures?: Counter;
  /** Told what goes wrong, each time. */
  readonly onFailure?: (error: Error) => void;
}

/** A watch that ends sooner, without an event, is a failure: opening it again at once would be a tight loop. */
const SHORT_WATCH_MS = 1_000;

/**
 * Mirrors one kind of objects: lists, watches, and starts over as far as it must (reflector-state.ts decides). Deltas reach the sink in
 * order. Whatever goes wrong is retried with back-off, for ever; the failures of one reflector hold up no other.
 */
export class Reflector {
  readonly #backoff: Backoff;
  #state: ReflectorState;
  #lastFailure: Error | undefined;

  constructor(private readonly options: ReflectorOptions) {
    this.#backoff = new Backoff(options.clock, options.random);
    this.#state = initialState(options.streaming, options.since);
  }

  /** Why it is not watching; undefined when all is well. */
  get lastFailure(): Error | undefined {
    return this.#state.kind === 'watching' ? undefined : this.#lastFailure;
  }

  /** Runs until the signal aborts, then resolves. */
  async run(signal: AbortSignal): Promise<void> {
    for (let next: ReflectorSignal = { kind: 'start' }; !signal.aborted; ) {
      const effect = this.#advance(next);
      next = await this.#perform(effect!, signal);
    }
  }

  #advance(signal: ReflectorSignal): ReflectorEffect | undefined {
    if (signal.kind === 'failed') this.#report(signal.error);
    const { state, delta, effect } = step(this.#state, signal);
    this.#state = state;
    if (delta) {
      publish('reflector', { name: this.options.name, delta }); // stop 3
      this.options.sink.apply(delta);
    }
    return effect;
  }

  async #perform(effect: ReflectorEffect, signal: AbortSignal): Promise<ReflectorSignal> {
    try {
      switch (effect.kind) {
        case 'list':
          return { kind: 'listed', ...(await this.options.listWatcher.list(effect.resourceVersion, signal)) };
        case 'stream':
        case 'watch':
          return await this.#watch(effect.resourceVersion, effect.kind === 'stream', signal);
        case 'sleep':
          await this.options.clock.sleep(Math.min(Math.max(this.#backoff.next(), effect.atLeast), effect.atMost ?? Infinity), signal);
          return { kind: 'slept' };
      }
    } catch (error) {
      return { kind: 'failed', error };
    }
  }

  async #watch(resourceVersion: string, initialEvents: boolean, signal: AbortSignal): Promise<ReflectorSignal> {
    const { clock, listWatcher, name, random } = this.options;
    // Random, so that the watches of a restarted operator do not all end in the same second.
    const timeoutSeconds = Math.floor(300 + random.float() * 300);
    const guard = new WatchGuard(clock, name, { timeoutSeconds, initialEvents }, signal);
    const began = clock.monotonic();
    let events = 0;
    try {
      for await (const batch of listWatcher.watch({ resourceVersion, timeoutSeconds, sendInitialEvents: initialEvents }, guard.signal)) {
        for (const event of batch) {
          if (guard.signal.aborted) break;
          events++;
          this.#advance({ kind: 'event', event });
        }
        guard.saw(batch, this.#state.kind === 'listing');
      }
      guard.signal.throwIfAborted();
      return { kind: 'ended', short: events === 0 && clock.monotonic() - began < SHORT_WATCH_MS };
    } catch (error) {
      if (guard.signal.aborted) throw guard.signal.reason;
      // A watch that had worked and is cut off goes on at once, as client-go's does: its server was well a moment ago.
      const worked = this.#state.kind === 'watching' && (events > 0 || clock.monotonic() - began >= SHORT_WATCH_MS);
      if (!worked || !isConnectionError(error)) throw error;
      this.#report(error, 'debug');
      return { kind: 'ended', short: false };
    } finally {
      guard.end();
    }
  }

  /** Failures that belong to the life of a watch are debug lines; the others are for whoever is on call. */
  #report(error: unknown, level?: 'debug'): void {
    if (error instanceof Error && error.name === 'AbortError') return;
    this.#lastFailure = error as Error;
    const { failures, log, name } = this.options;
    const reason = error instanceof ApiError ? error.reason : error instanceof KubewrightError ? error.code : 'Unknown';
    failures?.inc({ reason });
    this.options.onFailure?.(this.#lastFailure);
    const usual = isExpired(error) || reason === 'KW_WATCH_SILENT';
    log[level ?? (usual ? 'debug' : 'warn')]('list or watch failed', { name, reason, error, ...HINTS[reason] });
  }
}

const HINTS: Readonly<Record<string, { readonly hint: string }>> = {
  NotFound: { hint: 'is its CustomResourceDefinition installed?' },
  Forbidden: { hint: 'may the service account list and watch it?' },
};
