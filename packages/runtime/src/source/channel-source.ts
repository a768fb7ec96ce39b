import type { KubeObject } from '@kubewright/api';
import { noopLogger, type Logger } from '@kubewright/platform';

import { entryOf } from '../cache/entry.js';
import type { DeepReadonly } from '../event/entry.js';
import type { GenericEvent } from '../event/event.js';
import type { EventHandler } from '../handler/event-handler.js';
import type { Predicate } from '../predicate/predicate.js';
import { publish } from '../tracing/stops.js';
import { newsOf } from './news.js';
import type { RequestSink, Source } from './source.js';

/** How a {@link ChannelSource} turns news into requests. */
export interface ChannelSourceOptions<R> {
  /** For logs. @default 'channel' */
  readonly name?: string;
  readonly handler: EventHandler<R>;
  /** @default none */
  readonly predicates?: readonly Predicate[];
  readonly log?: Logger;
}

/**
 * News from outside the cluster (a webhook, a poller, another system) about objects in it. What is sent before the controller starts is
 * kept for it; what is sent after it stopped is dropped.
 *
 * @example
 * const payments = new ChannelSource({ handler: enqueueObject() });
 * server.on('paid', (order) => payments.send({ metadata: { namespace: 'shop', name: order } }));
 */
export class ChannelSource<R> implements Source<R> {
  readonly name: string;
  #state: { readonly kind: 'waiting'; readonly events: GenericEvent[] } | { readonly kind: 'open'; readonly sink: RequestSink<R> } | { readonly kind: 'closed' } = { kind: 'waiting', events: [] };

  constructor(private readonly options: ChannelSourceOptions<R>) {
    this.name = options.name ?? 'channel';
  }

  /** Says that something happened that concerns `object`; its name is enough for most handlers. */
  send(object: DeepReadonly<KubeObject>): void {
    const event: GenericEvent = { type: 'generic', entry: entryOf(structuredClone(object) as KubeObject) };
    if (this.#state.kind === 'waiting') this.#state.events.push(event);
    else if (this.#state.kind === 'open') this.#handle(event, this.#state.sink);
  }

  async start(sink: RequestSink<R>, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const early = this.#state.kind === 'waiting' ? this.#state.events : [];
    this.#state = { kind: 'open', sink };
    signal.addEventListener('abort', () => (this.#state = { kind: 'closed' }), { once: true });
    for (const event of early) this.#handle(event, sink);
  }

  #handle(event: GenericEvent, sink: RequestSink<R>): void {
    const { handler, log = noopLogger, predicates = [] } = this.options;
    try {
      const dropped = predicates.map((predicate) => predicate(event)).find((reason) => reason !== undefined);
      publish('source', { source: this.name, key: event.entry.key, event: event.type, dropped }); // stop 5
      if (dropped !== undefined) return;
      const requests = handler.requestsFor(event);
      publish('handler', { source: this.name, key: event.entry.key, requests }); // stop 6
      for (const request of requests) sink.add(request, newsOf(event, this.name === 'channel' ? this.name : `channel ${this.name}`));
    } catch (error) {
      log.error('an event handler failed', { source: this.name, key: event.entry.key, error });
    }
  }
}
