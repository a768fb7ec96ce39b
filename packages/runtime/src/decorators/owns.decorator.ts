import type { OwnsOptions, WatchedKind } from '../builder/controller-spec.js';
import { record, type AnyClass } from './metadata.js';

/** Says that the controller's objects control objects of this kind, whose events then lead to their owner. Once for each kind. */
export function Owns(kind: WatchedKind, options: OwnsOptions = {}): (target: AnyClass) => void {
  return (target) => record(target, (metadata) => ({ ...metadata, owns: [{ kind, options }, ...metadata.owns] }));
}
