import { keyOf, matchesLabels, type KindRef, type NamespacedName, type ObjectOf } from '@kubewright/api';

import { labelRequirements } from '../cache/cached-reader.js';
import type { ListOptions } from '../client/options.js';
import type { DeepReadonly } from '../event/entry.js';
import type { InformerProvider } from '../source/kind-source.js';

/**
 * Reads what the cache holds at this moment, without waiting: for functions that map an event to requests. It promises less than a client: a
 * kind that has not been listed yet looks empty, and asking for a kind that nobody watches begins to watch it.
 */
export interface CacheReader {
  get<K extends KindRef<never> | KindRef>(kind: K, name: NamespacedName): DeepReadonly<ObjectOf<K>> | undefined;
  /** By namespace, labels, and fields that have an index. */
  list<K extends KindRef<never> | KindRef>(kind: K, options?: Pick<ListOptions, 'namespace' | 'labels' | 'fields'>): readonly DeepReadonly<ObjectOf<K>>[];
}

/** A reader of the informers that a cache shares. */
export function cacheReader(cache: InformerProvider): CacheReader {
  return {
    get<K extends KindRef<never> | KindRef>(kind: K, name: NamespacedName) {
      return cache.informerFor(kind).store.get(keyOf(name))?.object() as DeepReadonly<ObjectOf<K>> | undefined;
    },
    list<K extends KindRef<never> | KindRef>(kind: K, options: Pick<ListOptions, 'namespace' | 'labels' | 'fields'> = {}) {
      const { store } = cache.informerFor(kind);
      const labels = labelRequirements(options.labels);
      const [first, ...rest] = Object.entries(options.fields ?? {});
      const candidates = first ? store.byIndex(first[0], first[1], options.namespace) : store.list(options.namespace);
      return candidates
        .filter((entry) => matchesLabels(labels, entry.labels) && rest.every(([field, value]) => store.indexValues(field, entry).includes(value)))
        .map((entry) => entry.object() as DeepReadonly<ObjectOf<K>>);
    },
  };
}
