import { same, type Json, type Shape } from './shape.js';
import { both, compare, merge, minus, outside, placesOf, union, withDeclaredParents, without, type Difference, type Places } from './typed-merge.js';

/** Who writes: a name, and through which door. */
export interface Writer {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly subresource: '' | 'status';
}

/** What a writer owns. There is no time when the write that brought it changed nothing in the object. */
export interface Share extends Writer {
  readonly places: Places;
  readonly time: string | undefined;
}

/** All shares of one object, by {@link shareKey}. */
export type Shares = ReadonlyMap<string, Share>;

export interface Conflict {
  readonly writer: Writer;
  readonly place: string;
}

export interface Rules {
  readonly shape: Shape;
  /** Fields that this door leaves alone. */
  readonly ignored: readonly string[];
  readonly now: string;
}

export const shareKey = ({ manager, operation, subresource }: Writer): string => [operation, manager, subresource].join('|');

/** Nobody owns what the server writes or what names the object. */
const NOT_OWNED: Places = new Set(['f:apiVersion', 'f:kind', 'f:metadata', ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'].map((name) => `f:metadata\nf:${name}`)]);

/** Any write but an apply: the writer owns what it changed, beside what it owned; nobody else does. */
export function updateShares(shares: Shares, before: Json, after: Json, writer: Writer, { shape, ignored, now }: Rules): Shares {
  const difference = heed(compare(before, after, shape), ignored);
  const changed = union(difference.modified, difference.added);
  const result = takeAway(shares, difference);
  const own = outside(minus(changed, NOT_OWNED), ignored);
  if (own.size > 0) result.set(shareKey(writer), { ...writer, places: union(own, result.get(shareKey(writer))?.places ?? new Set()), time: now });
  return dropEmpty(result);
}

export type Applied =
  | { readonly conflicts: readonly Conflict[] }
  | { readonly conflicts?: undefined; readonly object: Json; readonly changed: boolean; readonly shares: Shares };

/** An apply: the writer owns exactly what it speaks of. What it no longer speaks of goes when nobody else owns it. */
export function applyConfiguration(shares: Shares, live: Json, configuration: Json, writer: Writer, force: boolean, { shape, ignored, now }: Rules): Applied {
  const key = shareKey(writer);
  const last = shares.get(key);
  const own = outside(placesOf(configuration, shape), ignored);
  const claimed = new Map(shares).set(key, { ...writer, places: own, time: last?.time });
  const object = prune(merge(live, configuration, shape), claimed, last?.places ?? new Set(), shape);
  const difference = heed(compare(live, object, shape), ignored);
  const others = new Map([...claimed].filter(([name]) => name !== key));
  const conflicts = [...others.values()].flatMap((share) => [...both(share.places, union(difference.modified, difference.added))].map((place) => ({ writer: share, place })));
  if (conflicts.length > 0 && !force) return { conflicts };
  const changed = !same(live, object);
  const next = takeAway(others, difference);
  next.set(key, { ...writer, places: minus(own, NOT_OWNED), time: changed ? now : last?.time });
  return { object, changed, shares: dropEmpty(next) };
}

/** The merged object without what the writer spoke of last time and nobody speaks of now. */
function prune(merged: Json, shares: Shares, last: Places, shape: Shape): Json {
  if (last.size === 0) return merged;
  const parents = (places: Places): Places => withDeclaredParents(places, shape);
  const everything = parents(placesOf(merged, shape));
  const bare = parents(placesOf(without(merged, parents(last), shape), shape));
  const owned = parents(union(...[...shares.values()].map(({ places }) => places)));
  const kept = parents(placesOf(without(merged, minus(everything, bare, owned), shape), shape));
  // Whatever went but was not the writer's comes back.
  return without(merged, both(minus(everything, kept), parents(last)), shape);
}

function takeAway(shares: Shares, difference: Difference): Map<string, Share> {
  return new Map([...shares].map(([key, share]) => [key, { ...share, places: minus(share.places, difference.added, difference.modified, difference.removed) }]));
}

function heed({ added, modified, removed }: Difference, ignored: readonly string[]): Difference {
  return { added: outside(added, ignored), modified: outside(modified, ignored), removed: outside(removed, ignored) };
}

function dropEmpty(shares: Shares): Shares {
  return new Map([...shares].filter(([, { places }]) => places.size > 0));
}
