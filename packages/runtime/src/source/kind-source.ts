import type { KindRef } from '@kubewright/api';
import { noopLogger, type Logger } from '@kubewright/platform';

import type { Informer } from '../cache/informer.js';
import type { Selection } from '../cache/list-watcher.js';
import type { ObjectEvent } from '../event/event.js';
import type { EventHandler } from '../handler/event-handler.js';
import type { Counter } from '../metrics/metrics-registry.js';
import type { Predicate } from '../predicate/predicate.js';
import { publish } from '../tracing/stops.js';
import { newsOf } from './news.js';
import type { RequestSink, Source } from './source.js';

/** Where a {@link KindSource} finds its informer: the cache. */
export interface InformerProvider {
  informerFor(kind: KindRef<never> | KindRef, selection?: Selection): Informer;
}

/** What a {@link KindSource} listens to, and what it makes of it. */
export interface KindSourceOptions<R> {
  readonly cache: InformerProvider;
  readonly kind: KindRef<never> | KindRef;
  /** A part of the kind, with a watch of its own. @default what the cache holds of it */
  readonly selection?: Selection;
  readonly handler: EventHandler<R>;
  /** An event must pass them all. @default none */
  readonly predicates?: readonly Predicate[];
  readonly log?: Logger;
  /** Counts predicates and handlers that threw, by `kind`. */
  readonly failures?: Counter;
}

/** The objects of one kind: each event that passes the predicates becomes requests at once, in the order of the informer. */
export class KindSource<R> implements Source<R> {
  readonly name: string;
  readonly #kind: string;
  #informer: Informer | undefined;

  constructor(private readonly options: KindSourceOptions<R>) {
    this.#kind = nameOfKind(options.kind);
    this.name = `kind ${this.#kind}`;
  }

  get lastFailure(): Error | undefined {
    return this.#informer?.lastFailure;
  }

  async start(sink: RequestSink<R>, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#informer = this.options.cache.informerFor(this.options.kind, this.options.selection);
    const registration = this.#informer.addHandler((event) => this.#handle(event, sink));
    signal.addEventListener('abort', () => registration.remove(), { once: true });
    await registration.synced(signal);
  }

  #handle(event: ObjectEvent, sink: RequestSink<R>): void {
    const dropped = this.#dropReason(event);
    publish('source', { kind: this.#kind, key: event.entry.key, event: event.type, dropped }); // stop 5
    if (dropped !== undefined) return;

    const requests = this.options.handler.requestsFor(event);
    publish('handler', { kind: this.#kind, key: event.entry.key, requests }); // stop 6
    if (requests.length === 0) return;
    const news = newsOf(event, this.name);
    for (const request of requests) sink.add(request, news);
  }

  /** A predicate only saves work. One that fails must not lose events, so it keeps them. */
  #dropReason(event: ObjectEvent): string | undefined {
    for (const predicate of this.options.predicates ?? []) {
      try {
        const reason = predicate(event);
        if (reason !== undefined) return reason;
      } catch (error) {
        this.options.failures?.inc({ kind: this.#kind });
        (this.options.log ?? noopLogger).error('a predicate failed', { kind: this.#kind, key: event.entry.key, event: event.type, error });
      }
    }
    return undefined;
  }
}

function nameOfKind(ref: KindRef<never> | KindRef): string {
  return typeof ref === 'function' ? ref.name : ref.kind;
}
