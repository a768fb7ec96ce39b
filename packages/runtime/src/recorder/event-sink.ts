/**
 * @module recorder: Events that tell the users of an object what happened to it. event-series.ts finds repeats, event-budget.ts bounds what is new,
 * event-object.ts makes the object, event-sink.ts (this file) writes. Events are best effort: they wait in a bounded queue, a failure is logged and never reaches
 * the reconciler that reported them.
 */
import { ApiError, isAlreadyExists, isNotFound } from '@kubewright/api';
import { Event } from '@kubewright/api/events/v1';
import { jitter, type Clock, type Logger, type Random } from '@kubewright/platform';

import type { Writer } from '../client/client.js';
import { retryClassOf } from '../errors/retry-class.js';
import type { EventRecorder } from '../reconcile/event-recorder.js';
import { EventBudget } from './event-budget.js';
import { eventObject } from './event-object.js';
import { EventSeriesTable, type Series } from './event-series.js';

/** What an event sink works with. */
export interface EventSinkOptions {
  readonly writer: Pick<Writer, 'create' | 'patch'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Which process reports: the pod's name, at most 128 characters. */
  readonly instance: string;
}

const QUEUE_LIMIT = 1000;
const TRIES = 12;
const RETRY_AFTER = 10_000;
/** How long (ms) the end of a process waits for its last events. */
const FLUSH_LIMIT = 5_000;
/** How often (ms) series are looked through for those that are over, or due for a refresh. */
const SWEEP_EVERY = 60_000;

/** Writes the events of all recorders of a process, one at a time. */
export class EventSink {
  readonly name = 'event recorder';
  readonly needsLeaderElection = false;
  readonly #series = new EventSeriesTable();
  readonly #budget = new EventBudget();
  readonly #pending: Series[] = [];
  #sweptAt = Number.NEGATIVE_INFINITY;
  #wake = (): void => {};
  #isOver = false;

  constructor(private readonly options: EventSinkOptions) {}

  /** A recorder whose events name `controller` as their reporter. Events that come before the sink starts wait; after its end they are dropped. */
  recorder(controller: string): EventRecorder {
    const { clock, random, log, instance } = this.options;
    return {
      event: (regarding, type, reason, action, note, related) => {
        if (this.#isOver) return;
        try {
          const wall = clock.now();
          const event = eventObject({ regarding, type, reason, action, note, ...(related && { related }), controller, instance, wall, random });
          const { series, isDue } = this.#series.note(event, { monotonic: clock.monotonic(), wall });
          if (!isDue) return;
          const { uid, kind, namespace, name } = event.regarding!;
          const isNew = series.written === 0;
          if (isNew && !this.#budget.take(controller, uid ?? `${kind} ${namespace ?? ''}/${name}`, clock.monotonic())) this.#drop(series, 'too many about this object');
          else this.#enqueue(series);
        } catch (error) {
          log.warn('event not recorded', { controller, reason, error });
        }
      },
    };
  }

  /** Runs until the signal aborts, then writes what waits, for a few seconds at most. */
  async start(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#sweep();
      const series = this.#pending.shift();
      if (series) await this.#write(series, TRIES, signal);
      else await this.#idle(signal);
    }
    this.#isOver = true;
    await this.#flush();
  }

  #enqueue(series: Series): void {
    if (this.#pending.length >= QUEUE_LIMIT) {
      if (series.written === 0) this.#drop(series, 'too many wait');
      return;
    }
    this.#pending.push(series);
    this.#wake();
  }

  #drop(series: Series, why: string): void {
    this.#series.forget(series);
    this.options.log.debug('event dropped', { why, regarding: series.event.regarding?.name, reason: series.event.reason });
  }

  /** A steady stream of other events does not hold it up. */
  #sweep(): void {
    const now = this.options.clock.monotonic();
    if (now - this.#sweptAt < SWEEP_EVERY) return;
    this.#sweptAt = now;
    for (const series of this.#series.sweep(now)) this.#enqueue(series);
  }

  /** Waits for an event, or for the next sweep. */
  async #idle(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    await new Promise<void>((resolve) => {
      const timer = this.#series.size > 0 ? clock.timer(this.#sweptAt + SWEEP_EVERY - clock.monotonic(), resolve) : undefined;
      this.#wake = () => (timer?.cancel(), resolve());
      signal.addEventListener('abort', this.#wake, { once: true });
    }).finally(() => signal.removeEventListener('abort', this.#wake));
    this.#wake = () => {};
  }

  async #flush(): Promise<void> {
    const rest = new Set([...this.#pending.splice(0), ...this.#series.unwritten()]);
    if (rest.size === 0) return;
    const stop = new AbortController();
    const writeAll = async (): Promise<void> => {
      for (const series of rest) if (!stop.signal.aborted) await this.#write(series, 1, stop.signal);
    };
    const limit = this.options.clock.sleep(FLUSH_LIMIT, stop.signal).catch(() => {});
    await Promise.race([writeAll(), limit]);
    stop.abort();
  }

  async #write(series: Series, tries: number, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#send(series);
        return;
      } catch (error) {
        if (attempt >= tries || !isWorthRetrying(error)) {
          if (series.written === 0) this.#series.forget(series); // the next one of its kind gets a try of its own
          this.options.log.debug('event not written', { regarding: series.event.regarding?.name, reason: series.event.reason, error });
          return;
        }
      }
      await this.options.clock.sleep(jitter(this.options.random, RETRY_AFTER, 0.25), signal).catch(() => {});
      if (signal.aborted) tries = attempt + 1;
    }
  }

  async #send(series: Series): Promise<void> {
    const { writer } = this.options;
    const { event, count } = series;
    const repeats = count > 1 ? { series: { count, lastObservedTime: series.lastObserved } } : {};
    try {
      if (series.written === 0) await writer.create(Event, { ...event, ...repeats });
      else await writer.patch(Event, { namespace: event.metadata.namespace!, name: event.metadata.name! }, { type: 'merge', body: repeats });
    } catch (error) {
      if (series.written > 0 && isNotFound(error)) await writer.create(Event, { ...event, ...repeats }); // events live for an hour
      else if (!isAlreadyExists(error)) throw error;
    }
    const isFirst = series.written === 0;
    series.written = count;
    if (isFirst && count === 1 && series.count > 1) this.#enqueue(series); // the first repeat came while the event was on its way
  }
}

/** The server's refusals stay refusals; no answer, overload and its own failures may pass. */
function isWorthRetrying(error: unknown): boolean {
  return error instanceof ApiError ? error.httpStatus === 429 || error.httpStatus >= 500 : retryClassOf(error) !== 'never';
}
