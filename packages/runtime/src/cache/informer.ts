import type { ResourceKind } from '@kubewright/api';
import { jitter, type Clock, type Logger, type Random } from '@kubewright/platform';

import type { Entry } from '../event/entry.js';
import type { ObjectEvent } from '../event/event.js';
import type { Counter } from '../metrics/metrics-registry.js';
import { publish } from '../tracing/stops.js';
import type { Delta } from './delta.js';
import { Indexer, type IndexerReader, type IndexFunction } from './indexer.js';
import type { ListWatcher } from './list-watcher.js';
import { Reflector } from './reflector.js';

/** Called for each change, in order. It must not wait; what it throws is counted and logged, and stops nobody. */
export type InformerListener = (event: ObjectEvent) => void;

/** A listener's place at an informer. */
export interface HandlerRegistration {
  /** Resolves when the listener has been called for everything that existed at the start. Rejects with the signal's reason. */
  synced(signal?: AbortSignal): Promise<void>;
  /** It is called no more. */
  remove(): void;
}

/** What an {@link Informer} works with. */
export interface InformerOptions {
  readonly kind: ResourceKind<never>;
  /** One list and watch for each namespace; the key is the empty string for all. */
  readonly scopes: ReadonlyMap<string, ListWatcher>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly streaming: boolean;
  /** How often every object is told again, in milliseconds, without asking the server. */
  readonly resyncPeriod: number;
  readonly watchFailures?: Counter;
  readonly handlerFailures?: Counter;
}

/**
 * Keeps the objects of one kind and tells its listeners what changes; any number of controllers share it. It writes the store first and
 * then tells, in one go: a listener finds in the store what it was told, or something newer. Listeners see each key's changes in order and
 * may miss intermediate states; one that comes late is told of everything there is, as creations.
 */
export class Informer {
  readonly #store = new Indexer();
  readonly #listeners = new Set<InformerListener>();
  readonly #versions = new Map<string, string>();
  readonly #reflectors: readonly Reflector[];
  #waiting: (() => void)[] = [];

  constructor(private readonly options: InformerOptions) {
    const { clock, kind, log, random, scopes, streaming, watchFailures } = options;
    this.#reflectors = Array.from(scopes, ([scope, listWatcher]) => {
      const name = scope ? `${kind.plural} in ${scope}` : kind.plural;
      const failures = watchFailures && { failures: watchFailures };
      return new Reflector({ name, listWatcher, sink: { apply: (delta) => this.#apply(scope, delta) }, clock, random, log, streaming, ...failures });
    });
  }

  get kind(): ResourceKind<never> {
    return this.options.kind;
  }

  get store(): IndexerReader {
    return this.#store;
  }

  /** Whether everything that existed at the start is in the store. */
  get hasSynced(): boolean {
    return this.#versions.size === this.options.scopes.size;
  }

  /** Why it has not synced or is not watching, as far as it is known. */
  get lastFailure(): Error | undefined {
    return this.#reflectors.find((reflector) => reflector.lastFailure)?.lastFailure;
  }

  /** Up to which version the store shows a namespace, by events, bookmarks and lists; undefined before its first list. */
  versionOf(namespace: string | undefined): string | undefined {
    return this.#versions.get(this.options.scopes.has('') ? '' : (namespace ?? ''));
  }

  /** Makes entries findable by more than key, namespace and owner. */
  addIndex(name: string, valuesOf: IndexFunction): void {
    this.#store.addIndex(name, valuesOf);
  }

  addHandler(listener: InformerListener): HandlerRegistration {
    this.#listeners.add(listener);
    for (const entry of this.#store.list()) this.#tell(listener, { type: 'create', entry, initial: true });
    return { synced: (signal) => this.waitForSync(signal), remove: () => void this.#listeners.delete(listener) };
  }

  waitForSync(signal?: AbortSignal): Promise<void> {
    if (this.hasSynced) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal!.reason as Error);
      if (signal?.aborted) return onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
    });
  }

  /** Runs until the signal aborts; resolves when its watches have ended. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#reflectors.map((reflector) => reflector.run(signal)), this.#resync(signal)]);
  }

  #apply(scope: string, delta: Delta): void {
    const began = this.#versions.has(scope);
    switch (delta.type) {
      case 'upsert':
        this.#versions.set(scope, delta.entry.resourceVersion);
        return this.#upsert(delta.entry, false);
      case 'delete':
        this.#versions.set(scope, delta.entry.resourceVersion);
        return this.#delete(delta.entry.key, delta.entry);
      case 'progress':
        this.#versions.set(scope, delta.resourceVersion);
        return;
      case 'replace': {
        this.#versions.set(scope, delta.resourceVersion);
        const present = new Set(delta.entries.map((entry) => entry.key));
        for (const { key } of this.#store.list(scope || undefined)) if (!present.has(key)) this.#delete(key);
        for (const entry of delta.entries) this.#upsert(entry, !began);
        if (!began && this.hasSynced) for (const synced of this.#waiting.splice(0)) synced();
      }
    }
  }

  #upsert(entry: Entry, initial: boolean): void {
    const old = this.#store.get(entry.key);
    if (old && old.uid === entry.uid) {
      if (old.resourceVersion === entry.resourceVersion) return;
      this.#store.set(entry);
      return this.#emit({ type: 'update', old, entry });
    }
    // Another object under the same name: the end of the first one was missed.
    if (old) this.#delete(old.key);
    this.#store.set(entry);
    this.#emit({ type: 'create', entry, initial });
  }

  /** @param last the object's last state; undefined when its end was missed */
  #delete(key: string, last?: Entry): void {
    const old = this.#store.delete(key);
    if (old) this.#emit({ type: 'delete', entry: last ?? old, stateUnknown: !last });
  }

  #emit(event: ObjectEvent): void {
    publish('informer', { kind: this.kind.kind, key: event.entry.key, event }); // stop 4
    for (const listener of this.#listeners) this.#tell(listener, event);
  }

  #tell(listener: InformerListener, event: ObjectEvent): void {
    try {
      listener(event);
    } catch (error) {
      this.options.handlerFailures?.inc({ kind: this.kind.kind });
      this.options.log.error('an event handler failed', { kind: this.kind.kind, key: event.entry.key, event: event.type, error });
    }
  }

  /** Tells every object again, for reconcilers that look after something that sends no events. */
  async #resync(signal: AbortSignal): Promise<void> {
    const { clock, random, resyncPeriod } = this.options;
    while (!signal.aborted && Number.isFinite(resyncPeriod)) {
      await clock.sleep(jitter(random, resyncPeriod, 0.1), signal).catch(() => {});
      if (!signal.aborted) for (const entry of this.#store.list()) this.#emit({ type: 'update', old: entry, entry });
    }
  }
}
