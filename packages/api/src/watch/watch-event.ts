/** @module watch: the frames of a watch. */
import type { KubeObject } from '../meta/object-meta.js';
import type { Status } from '../status/status.js';

/** The annotation of the bookmark that ends the initial events of a streamed list (WatchList, KEP-3157). */
export const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/** One frame of a watch. A bookmark carries an object of which only `metadata.resourceVersion` (and annotations) are set. */
export type WatchEvent<T = KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly object: KubeObject }
  | { readonly type: 'ERROR'; readonly object: Status };
