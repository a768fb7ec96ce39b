import { keyOf, type NamespacedName } from '@kubewright/api';
import type { Clock } from '@kubewright/platform';

import type { Entry } from '../event/entry.js';
import type { Informer } from './informer.js';
import { notOlder } from './resource-version.js';

/** What a write did to an object, until the watch tells it too. */
interface Written {
  /** The object as the server answered; undefined when a read from the cache would not find it (deleted, or no longer selected). */
  readonly entry: Entry | undefined;
  readonly namespace: string | undefined;
  readonly uid: string;
  /** The version that the watch must have reached; empty when the object had none that is known. */
  readonly version: string;
  readonly until: number;
}

/** Of kinds that nobody reads through the cache, only the newest are kept. */
const KEPT_UNWATCHED = 1_000;
/** By then a watch has caught up, or the server's storage was restored and versions began anew. */
const LIFETIME_MS = 300_000;

/**
 * Our own writes that the caches have not seen yet. Reads prefer them, so that a reconciler finds what it has just written; no read ever
 * waits. An item goes when the informer has reached its version, whether by an event, a bookmark or a list.
 */
export class WriteOverlay {
  readonly #kinds = new Map<string, Map<string, Written>>();

  constructor(private readonly clock: Clock) {}

  /** @param visible false when the cache's selection does not cover the object as it is now */
  wrote(kind: string, entry: Entry, informer: Informer | undefined, visible = true): void {
    // Versions that can not be compared would never be caught up with.
    if (notOlder(entry.resourceVersion, '0') === undefined) return;
    const { key, namespace, resourceVersion: version, uid } = entry;
    const known = this.#kinds.get(kind)?.get(key);
    // Answers may overtake each other.
    if (known?.uid === uid && notOlder(known.version, version)) return;
    this.#keep(kind, key, { entry: visible ? entry : undefined, namespace, uid, version, until: this.clock.monotonic() + LIFETIME_MS }, informer);
  }

  /** The server has deleted the object with this uid. */
  removed(kind: string, name: NamespacedName, uid: string, informer: Informer | undefined): void {
    const key = keyOf(name);
    const known = this.#kinds.get(kind)?.get(key);
    const version = known?.uid === uid ? known.version : (informer?.store.get(key)?.resourceVersion ?? '');
    this.#keep(kind, key, { entry: undefined, namespace: name.namespace, uid, version, until: this.clock.monotonic() + LIFETIME_MS }, informer);
  }

  /** What reads of a kind must prefer to the informer's store, by key; `entry: undefined` hides the object. */
  pending(kind: string, informer: Informer): ReadonlyMap<string, { readonly entry: Entry | undefined }> {
    const items = this.#kinds.get(kind);
    if (!items) return NOTHING;
    for (const [key, item] of items) if (this.#isOver(key, item, informer)) items.delete(key);
    if (items.size === 0) this.#kinds.delete(kind);
    return items;
  }

  #keep(kind: string, key: string, item: Written, informer: Informer | undefined): void {
    const items = this.#kinds.get(kind) ?? new Map<string, Written>();
    this.#kinds.set(kind, items);
    items.delete(key);
    items.set(key, item);
    // Oldest first: what is over stands at the front.
    for (const [oldKey, old] of items) {
      const over = informer ? this.#isOver(oldKey, old, informer) : items.size > KEPT_UNWATCHED;
      if (!over) break;
      items.delete(oldKey);
    }
  }

  #isOver(key: string, item: Written, informer: Informer): boolean {
    if (this.clock.monotonic() >= item.until || !informer.holds(item.namespace)) return true;
    const reached = informer.versionOf(item.namespace);
    if (reached === undefined || (item.version && !notOlder(reached, item.version))) return false;
    // A deletion's own version is not known: it is over when the object is gone.
    return item.entry !== undefined || informer.store.get(key)?.uid !== item.uid;
  }
}

const NOTHING: ReadonlyMap<string, never> = new Map<string, never>();
