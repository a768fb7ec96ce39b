import { isForbidden, type ResourceKind } from '@kubewright/api';
import { jitter, type Clock, type Logger, type Random } from '@kubewright/platform';

import { onAbort } from '../client/on-abort.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import type { Entry } from '../event/entry.js';
import type { ObjectEvent } from '../event/event.js';
import type { Counter } from '../metrics/metrics-registry.js';
import { isObserved, publish } from '../tracing/stops.js';
import type { Delta } from './delta.js';
import { Indexer, type IndexerReader, type IndexFunction } from './indexer.js';
import type { ListWatcher } from './list-watcher.js';
import { ListenerQueue } from './listener-queue.js';
import { Reflector } from './reflector.js';
import { notOlder } from './resource-version.js';
import { Scope } from './scope.js';

/** Called for each change, in order. It must not wait; what it throws is counted and logged, and stops nobody. */
export type InformerListener = (event: ObjectEvent) => void;

/** A listener's place at an informer. */
export interface HandlerRegistration {
  /** Resolves when the listener has been called for everything that existed at the start. Rejects with the signal's reason, or when the informer is removed. */
  synced(signal?: AbortSignal): Promise<void>;
  /** It is called no more. */
  remove(): void;
}

/** What an {@link Informer} works with. */
export interface InformerOptions {
  readonly kind: ResourceKind<never>;
  /** One list and watch for each namespace; the key is the empty string for all. {@link Informer.setScopes} changes them. */
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
 * then tells: a listener finds in the store what it was told, or something newer. A list replaces the store in one go, no reader ever sees
 * half of it. Listeners see each key's changes in order and may miss intermediate states; one that comes late is told of everything there
 * is, as creations. Of several namespaces, one that may not be listed (403) holds up no other.
 */
export class Informer {
  readonly #store = new Indexer();
  readonly #listeners = new Map<InformerListener, ListenerQueue>();
  readonly #scopes = new Map<string, Scope>();
  readonly #ending = new Set<Promise<void>>();
  readonly #waiting = new Set<{ readonly resolve: () => void; readonly reject: (reason: Error) => void }>();
  #signal: AbortSignal | undefined;

  constructor(private readonly options: InformerOptions) {
    for (const [name, listWatcher] of options.scopes) this.#scopes.set(name, this.#scopeOf(name, listWatcher));
  }

  get kind(): ResourceKind<never> {
    return this.options.kind;
  }

  get store(): IndexerReader {
    return this.#store;
  }

  /** Whether everything that existed at the start is in the store, but for namespaces that may not be listed. */
  get hasSynced(): boolean {
    const scopes = [...this.#scopes.values()];
    return scopes.length === 0 || (scopes.some(({ version }) => version !== undefined) && scopes.every(({ version, refusal }) => version !== undefined || refusal !== undefined));
  }

  /** Whether it is to hold a namespace. */
  holds(namespace: string | undefined): boolean {
    return this.#scopeFor(namespace) !== undefined;
  }

  /** Why a namespace is not held although it should be: the server's 403. */
  refusalOf(namespace: string | undefined): Error | undefined {
    return this.#scopes.get(namespace ?? '')?.refusal;
  }

  /** Why it has not synced or is not watching, as far as it is known. */
  get lastFailure(): Error | undefined {
    for (const { reflector } of this.#scopes.values()) if (reflector.lastFailure) return reflector.lastFailure;
    return undefined;
  }

  /** Up to which version the store shows a namespace, by events, bookmarks and lists; undefined before its first list. */
  versionOf(namespace: string | undefined): string | undefined {
    return this.#scopeFor(namespace)?.version;
  }

  /** Makes entries findable by more than key, namespace and owner. */
  addIndex(name: string, valuesOf: IndexFunction): void {
    this.#store.addIndex(name, valuesOf);
  }

  addHandler(listener: InformerListener): HandlerRegistration {
    const queue = new ListenerQueue((event) => this.#tell(listener, event), this.options.clock);
    this.#listeners.set(listener, queue);
    queue.push(this.#store.list().map((entry) => ({ type: 'create', entry, initial: true })));
    return {
      synced: async (signal) => {
        await this.waitForSync(signal);
        await queue.idle();
        signal?.throwIfAborted();
      },
      remove: () => {
        this.#listeners.delete(listener);
        queue.clear();
      },
    };
  }

  waitForSync(signal?: AbortSignal): Promise<void> {
    if (this.hasSynced) return Promise.resolve();
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const settled = (): void => {
        signal?.removeEventListener('abort', onAbort);
        this.#waiting.delete(waiter);
      };
      const onAbort = (): void => waiter.reject(signal!.reason as Error);
      const waiter = { resolve: () => (settled(), resolve()), reject: (reason: Error) => (settled(), reject(reason)) };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.add(waiter);
    });
  }

  /** Runs until the signal aborts; resolves when its watches have ended. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    for (const scope of this.#scopes.values()) scope.start(signal);
    await Promise.all([new Promise<void>((resolve) => onAbort(signal, resolve)), this.#resync(signal)]);
    await Promise.all([...Array.from(this.#scopes.values(), ({ ended }) => ended), ...this.#ending]);
    for (const queue of this.#listeners.values()) queue.clear();
  }

  /**
   * Holds these namespaces from now on. Those that stay keep their watch; of those that go every object leaves the store and is told as a deletion
   * (`stateUnknown`: the server has it still); those that come are listed and told as at the start. What is held before and after, when all namespaces
   * become some or the other way round, stays and never goes back in time. Resolves when the watches that are not needed any more have ended.
   */
  async setScopes(scopes: ReadonlyMap<string, ListWatcher>): Promise<void> {
    const gone = Array.from(this.#scopes.values()).filter(({ name }) => !scopes.has(name));
    for (const { name } of gone) this.#scopes.delete(name);
    const come = Array.from(scopes).filter(([name]) => !this.#scopes.has(name)).map(([name, listWatcher]) => this.#successor(name, listWatcher, gone));
    for (const scope of come) this.#scopes.set(scope.name, scope);
    this.#emit(this.#store.list().filter(({ namespace }) => !this.holds(namespace)).flatMap(({ key }) => this.#delete(key)));
    if (this.#signal) for (const scope of come) scope.start(this.#signal);
    this.#settle();
    for (const scope of gone) scope.end(new KubewrightError('KW_INFORMER_REMOVED', `the cache holds ${this.kind.plural} in ${scope.name || 'all namespaces'} no more`));
    const ended = Promise.all(gone.map((scope) => scope.ended)).then(() => {});
    this.#ending.add(ended);
    await ended.finally(() => this.#ending.delete(ended));
  }

  /** Its listeners hear no more, and who waits for it does so in vain. The run is ended by its signal. */
  remove(): void {
    for (const queue of this.#listeners.values()) queue.clear();
    this.#listeners.clear();
    for (const { reject } of this.#waiting) reject(new KubewrightError('KW_INFORMER_REMOVED', `the cache of ${this.kind.plural} was removed`));
  }

  #scopeFor(namespace: string | undefined): Scope | undefined {
    return this.#scopes.get('') ?? this.#scopes.get(namespace ?? '');
  }

  #scopeOf(name: string, listWatcher: ListWatcher, since?: string): Scope {
    const { clock, kind, log, random, streaming, watchFailures } = this.options;
    const sink = { apply: (delta: Delta) => this.#apply(scope, delta) };
    const onFailure = (error: Error): void => this.#failed(scope, error);
    const more = { ...(watchFailures && { failures: watchFailures }), ...(since !== undefined && { since }) };
    const scope: Scope = new Scope(name, new Reflector({ name: name ? `${kind.plural} in ${name}` : kind.plural, listWatcher, sink, clock, random, log, streaming, onFailure, ...more }));
    return scope;
  }

  /** A scope that takes over what others held. */
  #successor(name: string, listWatcher: ListWatcher, gone: readonly Scope[]): Scope {
    const covering = gone.find((scope) => scope.name === '')?.version;
    const known = name === '' ? gone.flatMap(({ version }) => version ?? []) : [covering ?? []].flat();
    const scope = this.#scopeOf(name, listWatcher, known.reduce<string | undefined>((newest, version) => (newest !== undefined && notOlder(newest, version) ? newest : version), undefined));
    scope.version = covering;
    return scope;
  }

  #apply(scope: Scope, delta: Delta): void {
    const began = scope.version !== undefined;
    switch (delta.type) {
      case 'upsert':
        scope.version = delta.entry.resourceVersion;
        return this.#emit(this.#upsert(delta.entry, false));
      case 'delete':
        scope.version = delta.entry.resourceVersion;
        return this.#emit(this.#delete(delta.entry.key, delta.entry));
      case 'progress':
        scope.version = delta.resourceVersion;
        return;
      case 'replace': {
        scope.version = delta.resourceVersion;
        scope.refusal = undefined;
        const events = this.#missing(scope.name, delta.entries).flatMap(({ key }) => this.#delete(key));
        for (const entry of delta.entries) for (const event of this.#upsert(entry, !began)) events.push(event);
        this.#emit(events);
        this.#settle();
      }
    }
  }

  /** What the store has and a list has not. */
  #missing(scope: string, entries: readonly Entry[]): readonly Entry[] {
    const stored = this.#store.list(scope || undefined);
    if (stored.length === 0) return stored;
    const present = new Set(entries.map(({ key }) => key));
    return stored.filter(({ key }) => !present.has(key));
  }

  #upsert(entry: Entry, initial: boolean): ObjectEvent[] {
    const old = this.#store.get(entry.key);
    if (old && old.uid === entry.uid) {
      if (old.resourceVersion === entry.resourceVersion) return [];
      this.#store.set(entry);
      return [{ type: 'update', old, entry }];
    }
    // Another object under the same name: the end of the first one was missed.
    const missed = old ? this.#delete(old.key) : [];
    this.#store.set(entry);
    return [...missed, { type: 'create', entry, initial }];
  }

  /** @param last the object's last state; undefined when its end was missed */
  #delete(key: string, last?: Entry): ObjectEvent[] {
    const old = this.#store.delete(key);
    return old ? [{ type: 'delete', entry: last ?? old, stateUnknown: !last }] : [];
  }

  /** A namespace that may not be listed must not hold up the others. */
  #failed(scope: Scope, error: Error): void {
    if (this.#scopes.size < 2 || scope.version !== undefined || !isForbidden(error)) return;
    scope.refusal = error;
    this.#settle();
  }

  #settle(): void {
    if (this.hasSynced) for (const { resolve } of this.#waiting) resolve();
  }

  #emit(events: readonly ObjectEvent[]): void {
    if (isObserved('informer')) for (const event of events) publish('informer', { kind: this.kind.kind, key: event.entry.key, event }); // stop 4
    // A copy: a listener may add another one, which is told of what is stored anyway.
    for (const queue of [...this.#listeners.values()]) queue.push(events);
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
      if (!signal.aborted) this.#emit(this.#store.list().map((entry) => ({ type: 'update', old: entry, entry })));
    }
  }
}
