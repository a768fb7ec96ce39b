import type { Entry } from '../event/entry.js';

/** One step of a cache towards the server's state. */
export type Delta =
  | { readonly type: 'upsert'; readonly entry: Entry }
  /** `entry` is the object's last state. */
  | { readonly type: 'delete'; readonly entry: Entry }
  /** All there is: what the cache has and this has not is gone. */
  | { readonly type: 'replace'; readonly entries: readonly Entry[]; readonly resourceVersion: string }
  /** Nothing happened until this version. */
  | { readonly type: 'progress'; readonly resourceVersion: string };

/** What a reflector feeds: the informer. It is called in order, must not wait and must not throw. */
export interface DeltaSink {
  apply(delta: Delta): void;
}
