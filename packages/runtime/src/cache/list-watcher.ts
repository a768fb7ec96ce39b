import { isExpired, type KubeObject, type ResourceKind } from '@kubewright/api';
import type { Clock, Transport, TransportRequest } from '@kubewright/platform';

import { readList, type ListEnvelope } from '../client/list-stream.js';
import { acceptFor } from '../client/metadata-only.js';
import type { ListOptions } from '../client/options.js';
import { throwIfFailed, withType } from '../client/response.js';
import { resourcePath, selectionQuery, type Query } from '../client/url.js';
import { readWatchBatches, type WatchFrame } from '../client/watch-stream.js';
import type { Entry } from '../event/entry.js';

/** Which objects of a kind; without members, all. */
export type Selection = Pick<ListOptions, 'namespace' | 'labels' | 'fields'>;

/** Everything that a list told. */
export interface ListedEntries {
  readonly entries: readonly Entry[];
  readonly resourceVersion: string;
}

/** How a watch is to be opened. */
export interface WatchParameters {
  readonly resourceVersion: string;
  /** After this long the server ends the watch. */
  readonly timeoutSeconds: number;
  /** The server sends what there is first, and marks its end by a bookmark (WatchList). */
  readonly sendInitialEvents: boolean;
}

/** Where a reflector gets objects from. Everything that goes wrong rejects or throws. */
export interface ListWatcher {
  list(resourceVersion: string, signal: AbortSignal): Promise<ListedEntries>;
  /** Frames in order; those that came together, together. */
  watch(parameters: WatchParameters, signal: AbortSignal): AsyncIterable<readonly WatchFrame<Entry>[]>;
}

/** Where a {@link TransportListWatcher} asks, and for what. */
export interface TransportListWatcherOptions {
  readonly transport: Transport;
  readonly kind: ResourceKind<never>;
  readonly selection: Selection;
  readonly toEntry: (object: KubeObject) => Entry;
  /** Reads one object; the bytes live until it returns. @default decodeJson */
  readonly decode?: (bytes: Uint8Array) => KubeObject;
  readonly clock: Clock;
}

/** client-go's page size. */
const PAGE = 500;

/** Lists and watches one kind of objects over a transport. */
export class TransportListWatcher implements ListWatcher {
  constructor(private readonly options: TransportListWatcherOptions) {}

  /** All pages; they show one moment, that of the version returned. When the server forgets it half-way the list is taken in one piece. */
  async list(resourceVersion: string, signal: AbortSignal): Promise<ListedEntries> {
    const entries: Entry[] = [];
    // A limit beside a version other than "0" would mean "exactly that version".
    let limit = resourceVersion === '' || resourceVersion === '0' ? PAGE : undefined;
    let query: Query = { limit, resourceVersion };
    for (;;) {
      const page = await this.#page(query, entries, signal).catch((error: unknown) => {
        if (!isExpired(error) || entries.length === 0 || limit === undefined) throw error;
        return undefined;
      });
      if (!page) {
        entries.length = 0;
        limit = undefined;
        query = { resourceVersion };
        continue;
      }
      if (!page.metadata?.continue) return { entries, resourceVersion: page.metadata?.resourceVersion ?? '' };
      query = { limit, continue: page.metadata.continue };
    }
  }

  async *watch({ resourceVersion, timeoutSeconds, sendInitialEvents }: WatchParameters, signal: AbortSignal): AsyncGenerator<readonly WatchFrame<Entry>[]> {
    const { decode, kind, toEntry, transport } = this.options;
    const initial: Query = sendInitialEvents ? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' } : {};
    const request = this.#request({ watch: true, allowWatchBookmarks: true, resourceVersion, timeoutSeconds, ...initial }, 'watch');
    const response = await transport.dispatch(request, signal);
    await throwIfFailed(request, response);
    for await (const frames of readWatchBatches(response.body, { name: kind.plural, ...(decode && { decode }) })) {
      const read: WatchFrame<Entry>[] = [];
      try {
        for (const frame of frames) read.push(frame.type === 'BOOKMARK' ? frame : { type: frame.type, object: toEntry(withType(kind, frame.object)) });
      } finally {
        if (read.length > 0) yield read; // an object that can not be stored holds up none before it
      }
    }
  }

  /** A server may send ten thousand items in one page: other work gets its turn in between. */
  async #page(query: Query, entries: Entry[], signal: AbortSignal): Promise<ListEnvelope> {
    const { clock, decode, kind, toEntry, transport } = this.options;
    const request = this.#request(query, 'request');
    const take = (item: KubeObject): Promise<void> | undefined => (entries.push(toEntry(withType(kind, item))) % PAGE === 0 ? clock.yield() : undefined);
    return readList(request, await transport.dispatch(request, signal), take, decode);
  }

  #request(query: Query, lane: 'request' | 'watch'): TransportRequest {
    const { kind, selection } = this.options;
    const path = resourcePath(kind, { namespace: selection.namespace }, { ...selectionQuery(selection), ...query });
    return { method: 'GET', path, headers: { accept: acceptFor(kind, lane === 'request') }, lane };
  }
}
