import type { WatchedKind, WatchHandler, WatchOptions } from '../builder/controller-spec.js';
import { record, type AnyClass } from './metadata.js';

/**
 * Watches a kind beside the primary one. A function says which objects to reconcile when one of this kind changes; it must not wait, and reads
 * what the cache holds.
 *
 * @example
 * @Watches(Secret, (secret, reader) => reader.list(Widget, { namespace: secret.metadata.namespace }).map(nameOf))
 */
export function Watches<K extends WatchedKind>(kind: K, handler: WatchHandler<K>, options: WatchOptions = {}): (target: AnyClass) => void {
  return (target) => record(target, (metadata) => ({ ...metadata, watches: [{ kind, handler: handler as unknown as WatchHandler, options }, ...metadata.watches] }));
}
