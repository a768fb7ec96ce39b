import type { ListMeta } from '@kubewright/api';

/** What every call can say. */
export interface CallOptions {
  /** Ends the call by the signal's reason, wherever it waits: for credentials, a connection, an answer, a retry, or a cache that fills. */
  readonly signal?: AbortSignal;
}

/** What narrows a read. */
export interface GetOptions extends CallOptions {
  /** Reads not older than this version, or any (`0`). Only for reads that go to the API server. */
  readonly resourceVersion?: string;
}

/** What narrows a list. */
export interface ListOptions extends CallOptions {
  /** @default all namespaces */
  readonly namespace?: string;
  /** Equality labels, or a selector in its text form: `team in (a,b),!canary`. */
  readonly labels?: Readonly<Record<string, string>> | string;
  /** Field selectors: `{ 'spec.nodeName': 'n1' }`. From a cache each needs an index of its name. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Page size; a cache refuses to continue a page. */
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan';
}

/** What every write can say. */
export interface WriteOptions extends CallOptions {
  /** The server does everything but store. */
  readonly dryRun?: boolean;
  /** Name under which managedFields book the write. @default the client's field owner */
  readonly fieldOwner?: string;
  /** What becomes of fields that the server does not know. @default the server's: Warn */
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
}

/** Server-side apply. */
export interface ApplyOptions extends WriteOptions {
  /** Takes fields from other managers instead of failing with a conflict. @default false */
  readonly force?: boolean;
}

/** Deletion. */
export interface DeleteOptions extends CallOptions {
  readonly dryRun?: boolean;
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
}

/** What a raw watch asks for. */
export interface RawWatchOptions extends Pick<ListOptions, 'namespace' | 'labels' | 'fields' | 'resourceVersion' | 'signal'> {
  /** After this long the server ends the watch. @default the server's: 30 to 60 minutes */
  readonly timeoutSeconds?: number;
  /** Whether the server tells now and then how far it has come, although nothing happened. @default true */
  readonly bookmarks?: boolean;
  /** The server sends what there is first and marks its end by a bookmark (WatchList). @default false */
  readonly sendInitialEvents?: boolean;
}

/** A list as reads return it. */
export interface ListResult<T> {
  readonly items: readonly T[];
  readonly metadata: Readonly<ListMeta>;
}
