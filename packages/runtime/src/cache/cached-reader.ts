import {
  keyOf, matchesLabels, notFound, parseLabelSelector, requirementsOf, resourceKind,
  type KindRef, type LabelRequirement, type NamespacedName, type ObjectOf, type ResourceKind,
} from '@kubewright/api';

import type { Reader } from '../client/client.js';
import type { GetOptions, ListOptions, ListResult } from '../client/options.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import type { DeepReadonly, Entry } from '../event/entry.js';
import { kindId, type Cache } from './cache.js';
import type { Informer } from './informer.js';
import type { WriteOverlay } from './overlay.js';

/**
 * Reads from a cache: what the server had a moment ago, and what was just written through the same client. Nothing is sent; the first read
 * of a kind may wait until its cache has filled.
 */
export class CachedReader implements Reader {
  constructor(private readonly cache: Pick<Cache, 'readyInformer'>, private readonly overlay: WriteOverlay) {}

  async get<K extends KindRef<never> | KindRef>(ref: K, name: NamespacedName, options: GetOptions = {}): Promise<DeepReadonly<ObjectOf<K>>> {
    const kind = resourceKind(ref as KindRef<never>);
    const informer = await this.cache.readyInformer(kind, name.namespace, options.signal);
    const entry = this.find(kind, informer, name);
    if (!entry) throw notFound({ group: kind.group, resource: kind.plural }, name.name);
    return entry.object() as DeepReadonly<ObjectOf<K>>;
  }

  async list<K extends KindRef<never> | KindRef>(ref: K, options: ListOptions = {}): Promise<ListResult<DeepReadonly<ObjectOf<K>>>> {
    const kind = resourceKind(ref as KindRef<never>);
    if (options.continue) throw new KubewrightError('KW_CONTINUE_NOT_SUPPORTED', `list of ${kind.plural} from the cache: a page can not be continued`);
    const informer = await this.cache.readyInformer(kind, options.namespace, options.signal);
    const entries = this.#select(kind, informer, options);
    const { limit = entries.length } = options;
    const items = entries.slice(0, limit || entries.length).map((entry) => entry.object() as DeepReadonly<ObjectOf<K>>);
    const resourceVersion = informer.versionOf(options.namespace);
    return { items, metadata: { ...(resourceVersion && { resourceVersion }), ...(items.length < entries.length && { continue: 'continue-not-supported' }) } };
  }

  /** The entry as a read sees it. */
  find(kind: ResourceKind<never>, informer: Informer, name: NamespacedName): Entry | undefined {
    const key = keyOf(kind.scope === 'Cluster' ? { name: name.name } : name);
    const written = this.overlay.pending(kindId(kind), informer).get(key);
    return written ? written.entry : informer.store.get(key);
  }

  /** The narrowest index first, then everything that was asked for on each of its entries: a write may have changed what the index knows. */
  #select(kind: ResourceKind<never>, informer: Informer, options: ListOptions): Entry[] {
    const { store } = informer;
    const fields = Object.entries(options.fields ?? {});
    for (const [field] of fields) {
      if (field !== 'metadata.name' && field !== 'metadata.namespace' && !store.hasIndex(field)) {
        throw new KubewrightError('KW_INDEX_MISSING', `list of ${kind.plural} from the cache by ${field}: there is no index of that name`);
      }
    }
    const namespace = kind.scope === 'Cluster' ? undefined : options.namespace;
    const indexed = fields.find(([field]) => store.hasIndex(field));
    const stored = indexed ? store.byIndex(indexed[0], indexed[1], namespace) : store.list(namespace);
    const written = this.overlay.pending(kindId(kind), informer);
    const candidates = written.size === 0 ? stored : [...stored.filter((entry) => !written.has(entry.key)), ...Array.from(written.values(), ({ entry }) => entry)];

    const labels = labelRequirements(options.labels);
    const valuesOf = (field: string, entry: Entry): readonly (string | undefined)[] =>
      field === 'metadata.name' ? [entry.name] : field === 'metadata.namespace' ? [entry.namespace] : store.indexValues(field, entry);
    return candidates.filter(
      (entry): entry is Entry =>
        entry !== undefined &&
        (namespace === undefined || entry.namespace === namespace) &&
        matchesLabels(labels, entry.labels) &&
        fields.every(([field, value]) => valuesOf(field, entry).includes(value)),
    );
  }
}

/** What the `labels` of a list ask for. */
export function labelRequirements(labels: ListOptions['labels']): readonly LabelRequirement[] {
  if (labels === undefined) return [];
  return typeof labels === 'string' ? parseLabelSelector(labels) : requirementsOf({ matchLabels: { ...labels } });
}
