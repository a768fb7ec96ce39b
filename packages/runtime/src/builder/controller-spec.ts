import { resourceKind, type KindRef, type ObjectOf, type UnstructuredObject } from '@kubewright/api';

import type { Selection } from '../cache/list-watcher.js';
import type { KindName } from '../client/rest-mapper.js';
import type { ControllerOptions } from '../controller/options.js';
import type { Dependent } from '../dependents/dependent.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import type { DeepReadonly } from '../event/entry.js';
import type { EventHandler } from '../handler/event-handler.js';
import type { Predicate } from '../predicate/predicate.js';
import type { Request } from '../reconcile/request.js';
import type { Source } from '../source/source.js';
import type { CacheReader } from './cache-reader.js';

export type AnyKind = KindRef<never> | KindRef;

/** A kind that is watched beside the primary one: a reference, or its group and name, for which the server is asked at the start. */
export type WatchedKind = AnyKind | KindName;

/** Whether a kind is given by its name only, so that the server has to say where its objects are. */
export function isKindName(kind: WatchedKind): kind is KindName {
  return typeof kind !== 'function' && !('plural' in kind);
}

/** The objects of a watched kind: of one that is known by name only, objects of any shape. */
export type WatchedObject<K extends WatchedKind> = K extends AnyKind ? ObjectOf<K> : UnstructuredObject;

/** Which events of a watched kind count. */
export interface WatchOptions {
  /** An event must pass all of them. @default every event counts */
  readonly predicates?: readonly Predicate[];
  /** Watches a part of the kind only, beside what the cache holds of it. @default what the cache holds */
  readonly selection?: Selection;
}

/** Which owned objects count. */
export interface OwnsOptions extends WatchOptions {
  /** Also objects that name the primary object as an owner that does not control them. @default false */
  readonly allOwners?: boolean;
}

/** Finds the requests that an object of a watched kind leads to. It is asked for the state before and after a change, and must not wait. */
export type RequestMapper<K extends WatchedKind = AnyKind> = (object: DeepReadonly<WatchedObject<K>>, reader: CacheReader) => readonly Request[];

/** What a watched object leads to: a function, or a handler of events. */
export type WatchHandler<K extends WatchedKind = AnyKind> = RequestMapper<K> | EventHandler<Request>;

/** A controller in the form of data: what builder, `defineController` and decorators all lead to. */
export interface ControllerSpec {
  readonly name?: string;
  readonly for?: { readonly kind: AnyKind; readonly options: WatchOptions };
  readonly owns: readonly { readonly kind: WatchedKind; readonly options: OwnsOptions }[];
  readonly watches: readonly { readonly kind: WatchedKind; readonly handler: WatchHandler; readonly options: WatchOptions }[];
  readonly sources: readonly Source<Request>[];
  /** Asked before those of each watch. */
  readonly predicates: readonly Predicate[];
  /** Children that the framework looks after, before the reconciler is called. */
  readonly dependents: readonly Dependent[];
  /** The finalizer behind which `cleanup` stands. @default `<group of the primary kind>/<name of the controller>` */
  readonly finalizer?: string;
  /** Whether dependents are taken down in reverse order before the object goes. @default false: all at once, by the garbage collector */
  readonly orderedDeletion?: boolean;
  /** Divides the objects among all replicas. @default the leader has them all */
  readonly sharding?: { readonly shardKeyOf?: (request: Request) => string };
  readonly options: ControllerOptions;
}

/** Nothing said yet. */
export const EMPTY_SPEC: ControllerSpec = { owns: [], watches: [], sources: [], predicates: [], dependents: [], options: {} };

/** The name of a controller: the one given, else its kind in lower case. @throws KubewrightError KW_INVALID_OPTIONS with all that is wrong */
export function checkedName(spec: ControllerSpec): string {
  const name = spec.name ?? (spec.for ? resourceKind(spec.for.kind as KindRef<never>).kind.toLowerCase() : undefined);
  const problems = [
    !spec.for && spec.owns.length > 0 && 'owns() needs for(): whose children would they be?',
    !spec.for && spec.dependents.length > 0 && 'dependents need for(): whose children would they be?',
    spec.orderedDeletion && spec.dependents.length === 0 && 'orderedDeletion is about dependents, and there are none',
    !spec.for && spec.watches.length + spec.sources.length === 0 && 'there is nothing to watch: call for(), watches() or watchesSource()',
    name === undefined && 'a controller without for() needs a name: call named()',
  ].filter((problem) => typeof problem === 'string');
  if (problems.length > 0) throw new KubewrightError('KW_INVALID_OPTIONS', `controller ${name ?? '(without name)'}: ${problems.join('; ')}`);
  return name!;
}
