/** What can lead to a reconcile. */
export type CauseChange =
  /** An object appeared, changed, or is gone. */
  | 'create' | 'update' | 'delete'
  /** It was there when the controller began, or nothing changed and a resync told of it again. */
  | 'initial' | 'resync'
  /** News from outside the cluster. */
  | 'generic'
  /** Another replica had the object until now (see `Shard`). */
  | 'takeover'
  /** The reconcile before asked for another look (`requeueAfter`), or failed. */
  | 'requeue' | 'retry'
  /** Stands for all that were not kept: see {@link MAX_CAUSES}. */
  | 'more';

/** One reason for a reconcile. Equal ones (source, change and object) are merged while the request waits. */
export interface Cause {
  /** Who told of it: `kind Deployment`, `channel payments`, `controller`. */
  readonly source: string;
  readonly change: CauseChange;
  /** Key of the object that changed, `namespace/name`; not always the one that is reconciled. */
  readonly object?: string;
  /** The version that the newest of the merged changes led to. */
  readonly resourceVersion?: string;
  /** How many were merged. */
  readonly count: number;
}

/** How many causes a request keeps; what comes on top is counted in one that says `more`. A request with a thousand children stays small. */
export const MAX_CAUSES = 10;

/** The causes of both lists, equal ones merged, in order of their first mention. Neither list is changed. */
export function mergeCauses(known: readonly Cause[], more: readonly Cause[]): readonly Cause[] {
  if (known.length === 0 && more.length <= MAX_CAUSES) return more;
  if (more.length === 0) return known;
  const merged = [...known];
  for (const cause of more) {
    const index = merged.findIndex((other) => other.source === cause.source && other.change === cause.change && other.object === cause.object);
    const old = merged[index];
    if (old) merged[index] = { ...cause, count: old.count + cause.count };
    else if (cause.change !== 'more' && merged.filter(({ change }) => change !== 'more').length < MAX_CAUSES) merged.push(cause);
    else countAnother(merged, cause.count);
  }
  return merged;
}

/** A cause in one line, for logs: `update of kind Deployment shop/web at 812 (3 times)`. */
export function describeCause({ source, change, object, resourceVersion, count }: Cause): string {
  if (change === 'more') return `${count} more`;
  const what = `${change} of ${source}${object ? ` ${object}` : ''}${resourceVersion ? ` at ${resourceVersion}` : ''}`;
  return count > 1 ? `${what} (${count} times)` : what;
}

function countAnother(causes: Cause[], count: number): void {
  const index = causes.findIndex(({ change }) => change === 'more');
  if (index < 0) causes.push({ source: 'queue', change: 'more', count });
  else causes[index] = { ...causes[index]!, count: causes[index]!.count + count };
}
