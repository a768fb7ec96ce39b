import { record, type AnyClass, type SourceProvider } from './metadata.js';

/**
 * News from elsewhere: a source that several managers may share, the token of one in the manager's container (a class is its own token and is made
 * there), or `{ use: (container) => source }`.
 *
 * @example
 * @WatchesSource({ use: (container) => new PollSource({ ..., clock: container.resolve(Clock) }) })
 */
export function WatchesSource(source: SourceProvider): (target: AnyClass) => void {
  return (target) => record(target, (metadata) => ({ ...metadata, sources: [source, ...metadata.sources] }));
}
