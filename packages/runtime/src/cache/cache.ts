/**
 * @module cache: the server's state, mirrored. list-watcher.ts asks, reflector.ts keeps asking, informer.ts stores and tells, indexer.ts is
 * the store, cached-reader.ts reads it, delegating-client.ts adds writes. cache.ts makes one informer for each kind and selection, shared
 * by all who want it.
 */
import { setMaxListeners } from 'node:events';

import { formatApiVersion, resourceKind, type KindRef, type KubeObject, type ObjectOf, type ResourceKind } from '@kubewright/api';
import { noopLogger, realClock, systemRandom, type Clock, type Logger, type Random, type Transport } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import { isMetadataOnly } from '../client/metadata-only.js';
import type { DeepReadonly, Entry } from '../event/entry.js';
import type { Counter, MetricsRegistry } from '../metrics/metrics-registry.js';
import { noopRegistry } from '../metrics/noop-registry.js';
import { parsedObjects } from './bytes-entry.js';
import { entryCodec, type EntryCodec, type EntryCodecOptions } from './entry-codec.js';
import { Informer } from './informer.js';
import { TransportListWatcher, type ListWatcher, type Selection } from './list-watcher.js';
import { SlabSpace } from './slab.js';

/** What a cache holds of one kind. */
export interface KindCacheOptions extends Pick<Selection, 'labels' | 'fields'>, Omit<EntryCodecOptions, 'freeze'> {
  /** `metadataOnly(Secret)` is another kind than `Secret` here, with a watch of its own. */
  readonly kind: KindRef<never> | KindRef;
  /** @default the cache's */
  readonly namespaces?: readonly string[];
}

/** What a {@link Cache} holds, and how. */
export interface CacheOptions extends EntryCodecOptions {
  readonly transport: Transport;
  /** @default the real one */
  readonly clock?: Clock;
  /** @default the system's */
  readonly random?: Random;
  /** @default nobody */
  readonly log?: Logger;
  /** @default none */
  readonly metrics?: MetricsRegistry;
  /** The namespaces that are held, each with a watch of its own. @default all, in one watch */
  readonly namespaces?: readonly string[];
  /** Kinds of which less, or something else, is held. */
  readonly kinds?: readonly KindCacheOptions[];
  /** Asks for initial lists as a stream of events (WatchList): flat in memory, dearer for the server than a gzipped list. @default false */
  readonly streamInitialList?: boolean;
  /** Milliseconds after which every object is told to the handlers again. @default 36_000_000 (10 h) */
  readonly resyncPeriod?: number;
  /** Milliseconds that a read waits for the cache of its kind to fill. @default 120_000 */
  readonly syncTimeout?: number;
  /** A read of a kind that nobody watches fails instead of starting a watch of the whole kind. @default false */
  readonly failOnMissingInformer?: boolean;
}

/** Informers by kind and selection, begun when somebody asks. As a runnable of a manager it runs on every replica. */
export class Cache {
  readonly name = 'cache';
  readonly needsLeaderElection = false;
  readonly #informers = new Map<string, Informer>();
  readonly #stops = new Map<Informer, AbortController>();
  readonly #selections = new WeakMap<Informer, Selection>();
  readonly #namespaces = new Map<string, readonly string[] | undefined>();
  readonly #codecs = new Map<string, EntryCodec>();
  readonly #memory = { parsed: parsedObjects(), space: new SlabSpace() };
  readonly #withManagedFields = new Set<string>();
  readonly #indexes = new Map<string, Map<string, (object: DeepReadonly<KubeObject>) => readonly string[]>>();
  readonly #perKind: ReadonlyMap<string, KindCacheOptions>;
  readonly #clock: Clock;
  readonly #watchFailures: Counter;
  readonly #handlerFailures: Counter;
  readonly #ended = new Map<Informer, Promise<void>>();
  #running: { readonly signal: AbortSignal } | undefined;

  constructor(private readonly options: CacheOptions) {
    this.#perKind = new Map((options.kinds ?? []).map((each) => [kindId(resourceKind(each.kind as KindRef<never>)), each]));
    this.#clock = options.clock ?? realClock;
    const metrics = options.metrics ?? noopRegistry;
    this.#watchFailures = metrics.counter({ name: 'kubewright_watch_failures_total', help: 'Lists and watches that failed, by reason.', labelNames: ['reason'] });
    this.#handlerFailures = metrics.counter({ name: 'kubewright_handler_failures_total', help: 'Event handlers and predicates that threw, by kind.', labelNames: ['kind'] });
    for (const { kind, namespaces } of this.#perKind.values()) {
      if (namespaces && resourceKind(kind as KindRef<never>).scope === 'Cluster') {
        throw new KubewrightError('KW_INVALID_OPTIONS', `cache: ${resourceKind(kind as KindRef<never>).kind} is cluster-scoped and can not be held by namespace`);
      }
    }
  }

  /**
   * The informer of a kind, or of a part of it; equal questions get the same one. While the cache runs a new informer begins at once,
   * otherwise with the cache.
   */
  informerFor(ref: KindRef<never> | KindRef, selection?: Selection): Informer {
    const kind = resourceKind(ref as KindRef<never>);
    const id = informerId(kind, selection);
    let informer = this.#informers.get(id);
    if (!informer) {
      this.#informers.set(id, (informer = this.#create(kind, selection)));
      if (this.#running) this.#run(informer, this.#running);
    }
    return informer;
  }

  /**
   * Ends the watch of a kind, or of a part of it, and forgets its objects; listeners hear no more. The next question for it starts a new one.
   * Resolves when the watch has ended, at once when there is none.
   */
  async removeInformer(ref: KindRef<never> | KindRef, selection?: Selection): Promise<void> {
    const id = informerId(resourceKind(ref as KindRef<never>), selection);
    const informer = this.#informers.get(id);
    if (!informer) return;
    this.#informers.delete(id);
    informer.remove();
    const stop = this.#stops.get(informer);
    stop?.abort(new KubewrightError('KW_INFORMER_REMOVED', `the cache of ${informer.kind.plural} was removed`));
    await this.#ended.get(informer);
  }

  /**
   * Holds a kind in these namespaces from now on, instead of those of the options: in none for an empty list, in all for `undefined`. Handlers and
   * controllers are told deletions (`stateUnknown`) of what is held no more, and creations of what is held now; what is held before and after keeps its
   * watch. Of `metadataOnly(kind)` nothing changes: it is another kind here. Resolves when all of it is there, at once before the start; a namespace that
   * may not be listed is not waited for.
   *
   * @example
   * await manager.cache.setNamespaces(Widget, ['shop', 'billing']);
   *
   * @throws KubewrightError KW_INVALID_ARGUMENT for a cluster-scoped kind, KW_CACHE_SYNC_TIMEOUT; the signal's reason. The namespaces are set then all the same
   */
  async setNamespaces(ref: KindRef<never> | KindRef, namespaces: readonly string[] | undefined, signal?: AbortSignal): Promise<void> {
    const kind = resourceKind(ref as KindRef<never>);
    if (kind.scope === 'Cluster') throw new KubewrightError('KW_INVALID_ARGUMENT', `cache: ${kind.kind} is cluster-scoped and can not be held by namespace`);
    this.#namespaces.set(kindId(kind), namespaces && [...new Set(namespaces)]);
    const concerned = [...this.#informers.values()].filter((informer) => kindId(informer.kind) === kindId(kind) && !this.#selections.get(informer)?.namespace);
    await Promise.all(concerned.map(async (informer) => {
      await informer.setScopes(this.#scopesOf(kind, this.#selections.get(informer)!));
      if (this.#running && !informer.hasSynced) await this.#filled(informer, this.options.syncTimeout ?? 120_000, signal);
    }));
  }

  /** The informer that reads of the kind use, if there is one already. */
  existingInformer(ref: KindRef<never> | KindRef): Informer | undefined {
    return this.#informers.get(kindId(resourceKind(ref as KindRef<never>)));
  }

  /** The entry that the cache would hold of an object; it owns the object from now on. */
  entryFor(kind: ResourceKind<never>, object: KubeObject): Entry {
    return this.#codecOf(kind).toEntry(object);
  }

  /** What the informer that reads use holds of a kind. */
  selectionOf(kind: ResourceKind<never>): Selection {
    const { labels, fields } = this.#perKind.get(kindId(kind)) ?? {};
    return { ...(labels !== undefined && { labels }), ...(fields && { fields }) };
  }

  /** Keeps managedFields of a kind, for whoever compares them, unless the options say otherwise. Before somebody asks for the kind; no effect after. */
  keepManagedFields(ref: KindRef<never> | KindRef): void {
    this.#withManagedFields.add(kindId(resourceKind(ref as KindRef<never>)));
  }

  /**
   * Makes lists by `fields: { [field]: value }` possible for a kind.
   *
   * @param valuesOf the values under which an object is found; what it throws counts as none
   */
  indexField<K extends KindRef<never> | KindRef>(ref: K, field: string, valuesOf: (object: DeepReadonly<ObjectOf<K>>) => readonly string[]): void {
    const kind = resourceKind(ref as KindRef<never>);
    const id = kindId(kind);
    const indexes = this.#indexes.get(id) ?? new Map<string, (object: DeepReadonly<KubeObject>) => readonly string[]>();
    this.#indexes.set(id, indexes.set(field, valuesOf as (object: DeepReadonly<KubeObject>) => readonly string[]));
    const informer = this.#informers.get(id);
    if (informer) this.#addIndex(informer, field, indexes.get(field)!);
  }

  /** Runs every informer until the signal aborts; resolves when their watches have ended. */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#running) throw new KubewrightError('KW_INVALID_ARGUMENT', 'the cache runs already', { hint: 'Start a cache once.' });
    setMaxListeners(0, signal); // every watch listens to it; ten is where Node begins to suspect a leak
    this.#running = { signal };
    for (const informer of this.#informers.values()) this.#run(informer, this.#running);
    if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.all(this.#ended.values());
  }

  /** Resolves when every informer that exists now has filled. */
  async waitForSync(signal?: AbortSignal): Promise<void> {
    await Promise.all(Array.from(this.#informers.values(), (informer) => informer.waitForSync(signal)));
  }

  /**
   * The informer that reads of a kind use, filled.
   *
   * @throws KubewrightError KW_CACHE_NOT_STARTED, KW_NAMESPACE_NOT_CACHED, KW_CACHE_SYNC_TIMEOUT with the last failure as its cause; ApiError
   * for a namespace that may not be listed; the signal's reason
   */
  async readyInformer(kind: ResourceKind<never>, namespace?: string, signal?: AbortSignal): Promise<Informer> {
    const { failOnMissingInformer, syncTimeout = 120_000 } = this.options;
    if (!this.#running) throw new KubewrightError('KW_CACHE_NOT_STARTED', `read of ${kind.plural} from a cache that has not been started`);
    this.#checkHeld(kind, namespace);
    if (failOnMissingInformer && !this.existingInformer(kind)) {
      throw new KubewrightError('KW_INVALID_ARGUMENT', `read of ${kind.plural}: nobody watches this kind`, { hint: 'Watch it, or read with the uncached client.' });
    }
    signal?.throwIfAborted();
    const informer = this.informerFor(kind);
    if (!informer.hasSynced && !(namespace && informer.versionOf(namespace))) {
      await this.#filled(informer, syncTimeout, signal);
      this.#checkHeld(kind, namespace);
    }
    const refusal = namespace ? informer.refusalOf(namespace) : undefined;
    if (refusal) throw refusal;
    return informer;
  }

  #checkHeld(kind: ResourceKind<never>, namespace: string | undefined): void {
    const held = this.#namespacesOf(kind);
    if (!held || !namespace || kind.scope !== 'Namespaced' || held.includes(namespace)) return;
    throw new KubewrightError('KW_NAMESPACE_NOT_CACHED', `read of ${kind.plural} in namespace ${namespace}: the cache holds ${held.join(', ') || 'none'}`);
  }

  async #filled(informer: Informer, timeout: number, caller?: AbortSignal): Promise<void> {
    const patience = new AbortController();
    const signals = caller ? [this.#running!.signal, caller] : [this.#running!.signal];
    const onAbort = (): void => patience.abort(signals.find(({ aborted }) => aborted)!.reason);
    const timer = this.#clock.timer(timeout, () => {
      const cause = informer.lastFailure;
      patience.abort(new KubewrightError('KW_CACHE_SYNC_TIMEOUT', `the cache of ${informer.kind.plural} did not fill within ${timeout} ms${cause ? `: ${cause.message}` : ''}`, { cause }));
    });
    for (const signal of signals) signal.addEventListener('abort', onAbort, { once: true });
    if (signals.some(({ aborted }) => aborted)) onAbort();
    try {
      await informer.waitForSync(patience.signal);
    } finally {
      timer.cancel();
      for (const signal of signals) signal.removeEventListener('abort', onAbort);
    }
  }

  #run(informer: Informer, { signal }: { readonly signal: AbortSignal }): void {
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    const onAbort = (): void => stop.abort(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    this.#stops.set(informer, stop);
    const ended = informer.run(stop.signal).finally(() => {
      signal.removeEventListener('abort', onAbort);
      this.#stops.delete(informer);
      this.#ended.delete(informer);
    });
    this.#ended.set(informer, ended);
  }

  /** How entries of a kind are made. */
  #codecOf(kind: ResourceKind<never>): EntryCodec {
    const id = kindId(kind);
    const known = this.#codecs.get(id);
    if (known) return known;
    const { freeze, keepManagedFields, store, transform } = this.options;
    const own = this.#perKind.get(id);
    const options: EntryCodecOptions = {
      freeze: freeze ?? true,
      keepManagedFields: own?.keepManagedFields ?? keepManagedFields ?? this.#withManagedFields.has(id),
      store: own?.store ?? store ?? 'objects',
      transform: own?.transform ?? transform,
    };
    const codec = entryCodec(kind, options, this.#memory);
    this.#codecs.set(id, codec);
    return codec;
  }

  #create(kind: ResourceKind<never>, selection?: Selection): Informer {
    const { log = noopLogger, random = systemRandom, resyncPeriod = 36_000_000, streamInitialList = false } = this.options;
    const clock = this.#clock;
    const held = selection ?? this.selectionOf(kind);
    const scopes = this.#scopesOf(kind, held);
    const informer = new Informer({
      kind, scopes, clock, random, log, resyncPeriod, streaming: streamInitialList, watchFailures: this.#watchFailures, handlerFailures: this.#handlerFailures,
    });
    this.#selections.set(informer, held);
    for (const [field, valuesOf] of this.#indexes.get(kindId(kind)) ?? []) this.#addIndex(informer, field, valuesOf);
    return informer;
  }

  #scopesOf(kind: ResourceKind<never>, { namespace, ...rest }: Selection): Map<string, ListWatcher> {
    const { transport } = this.options;
    const scopes = new Map<string, ListWatcher>();
    for (const each of namespace ? [namespace] : (this.#namespacesOf(kind) ?? [''])) {
      scopes.set(each, new TransportListWatcher({ transport, kind, selection: { ...rest, ...(each && { namespace: each }) }, ...this.#codecOf(kind), clock: this.#clock }));
    }
    return scopes;
  }

  #addIndex(informer: Informer, field: string, valuesOf: (object: DeepReadonly<KubeObject>) => readonly string[]): void {
    const { log = noopLogger } = this.options;
    informer.addIndex(field, (entry) => {
      try {
        return valuesOf(entry.object());
      } catch (error) {
        log.error('an index function failed', { kind: informer.kind.kind, field, key: entry.key, error });
        return [];
      }
    });
  }

  #namespacesOf(kind: ResourceKind<never>): readonly string[] | undefined {
    if (kind.scope === 'Cluster') return undefined;
    if (this.#namespaces.has(kindId(kind))) return this.#namespaces.get(kindId(kind));
    const namespaces = this.#perKind.get(kindId(kind))?.namespaces ?? this.options.namespaces;
    return namespaces?.length ? namespaces : undefined;
  }
}

/** Tells kinds apart: two versions of a kind are two caches. */
export function kindId(kind: ResourceKind<never>): string {
  let id = kindIds.get(kind);
  if (id === undefined) kindIds.set(kind, (id = `${kind.plural} ${formatApiVersion(kind.group, kind.version)}${isMetadataOnly(kind) ? ' metadata' : ''}`));
  return id;
}

/** Asked for with every read and write. */
const kindIds = new WeakMap<ResourceKind<never>, string>();

function informerId(kind: ResourceKind<never>, selection: Selection | undefined): string {
  return selection ? `${kindId(kind)} ${JSON.stringify([selection.namespace, selection.labels, selection.fields])}` : kindId(kind);
}
