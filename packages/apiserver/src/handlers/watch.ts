import { ApiError, encodeJson, formatApiVersion, INITIAL_EVENTS_END, invalid, type FieldError, type KubeObject, type Status } from '@kubewright/api';

import { encodeProtobufFrame } from '../protobuf/envelope.js';
import { convertObject, requestApiVersion } from '../registry/conversion.js';
import { parseRevision } from '../registry/reading.js';
import { storedAs, type RequestScope } from '../registry/request-scope.js';
import type { Selection } from '../registry/selection.js';
import type { Query } from '../request/query.js';
import { headerOf } from '../request/server-request.js';
import { eventType, type Version } from '../storage/version.js';
import { Watcher, type WatchItem } from '../storage/watcher.js';
import type { ApiContext, Handler } from './api-context.js';
import { noProtobuf } from './encode.js';
import { selectionOf } from './list.js';
import { negotiateStream, PROTOBUF, type Encoding, type OutputFormat } from './media-types.js';
import type { IncludeObject } from '../table/build-table.js';
import { includeObjectOf, partialMetadata, tableOf } from './view.js';

/** Seconds after which the server ends a watch that names no time of its own; a random share more spreads the clients out. */
const SHORTEST_TIMEOUT = 1800;

/** GET of a collection with `watch=true`: a stream of frames, one JSON document a line, or protobuf with a length before each. */
export const handleWatch: Handler = async (context, { http, info, scope }) => {
  const { query } = info;
  const format = negotiateStream(headerOf(http, 'accept'), !scope.resource.custom);
  const selection = selectionOf(scope.resource, query);
  const start = startOf(context, query);
  const seconds = query.integer('timeoutSeconds');
  const timeout = seconds !== undefined && seconds > 0 ? seconds : SHORTEST_TIMEOUT * (1 + context.random.float());
  const headers = { 'content-type': format.encoding === 'protobuf' ? `${PROTOBUF};stream=watch` : 'application/json' };
  if (start.kind === 'expired') return { status: 200, headers, body: oneFrame(start.status, format) };
  const namespace = scope.namespace || selection.namespace;
  const task = `watch:${scope.resource.plural}.${scope.resource.group}`;
  const watcher = new Watcher(context.storage, context.clock, context.scheduler, task, {
    ...storedAs(scope.resource),
    ...(namespace && { namespace }),
    // Over all namespaces there may be several of a name.
    ...(selection.name !== undefined && (namespace || !scope.resource.namespaced) && { name: selection.name }),
    since: start.since,
    marksInitialEnd: start.marksInitialEnd,
    bookmarks: query.flag('allowWatchBookmarks') ?? false,
    timeout: timeout * 1000,
  });
  context.watches.add(watcher, scope.resource, { namespace: namespace ?? '', userAgent: headerOf(http, 'user-agent') });
  const encoder = new FrameEncoder(context, scope, selection, format, includeObjectOf(query));
  return { status: 200, headers, body: frames(context, watcher, encoder, http.signal) };
};

type Start = { readonly kind: 'from'; readonly since: number | undefined; readonly marksInitialEnd: boolean } | { readonly kind: 'expired'; readonly status: Status };

function startOf(context: ApiContext, query: Query): Start {
  const sendInitialEvents = query.flag('sendInitialEvents');
  validateWatchQuery(query, sendInitialEvents);
  const resourceVersion = query.text('resourceVersion');
  const revision = resourceVersion === '' ? 0 : parseRevision(resourceVersion, (message) => new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 }));
  const wantsState = sendInitialEvents ?? revision === 0;
  if (wantsState) return { kind: 'from', since: undefined, marksInitialEnd: sendInitialEvents === true && (query.flag('allowWatchBookmarks') ?? false) };
  if (revision === 0) return { kind: 'from', since: context.storage.revision, marksInitialEnd: false };
  const oldest = Math.max(context.storage.compactedRevision, context.watches.oldestStart);
  if (revision < oldest) {
    // The head of the answer is long sent on a real server, so that this too comes as a frame.
    return { kind: 'expired', status: expiredStatus(`too old resource version: ${revision} (${oldest})`) };
  }
  return { kind: 'from', since: revision, marksInitialEnd: false };
}

function expiredStatus(message: string): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'Expired', code: 410 };
}

function validateWatchQuery(query: Query, sendInitialEvents: boolean | undefined): void {
  const match = query.text('resourceVersionMatch');
  const field = 'resourceVersionMatch';
  const forbidden = (text: string): FieldError => ({ type: 'FieldValueForbidden', field, message: `Forbidden: ${text}` });
  const errors: FieldError[] = [];
  const fits = match === 'NotOlderThan';
  if (sendInitialEvents !== undefined && !fits) errors.push(forbidden('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  if (match !== '' && sendInitialEvents === undefined) errors.push(forbidden('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
  if (match !== '' && !fits) errors.push({ type: 'FieldValueNotSupported', field, message: `Unsupported value: ${JSON.stringify(match)}: supported values: "NotOlderThan"` });
  if (match !== '' && query.text('continue') !== '') errors.push(forbidden('resourceVersionMatch is forbidden when continue is provided'));
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
}

async function* oneFrame(object: Status, { encoding }: OutputFormat): AsyncGenerator<Uint8Array> {
  yield frame('ERROR', object, encoding);
}

async function* frames(context: ApiContext, watcher: Watcher, encoder: FrameEncoder, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const stop = (): void => watcher.stop();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    for (let item = await watcher.next(); item && !signal.aborted; item = await watcher.next()) {
      const bytes = await encoder.encode(item).catch((error: unknown) => {
        if (error instanceof ApiError) return encoder.encodeError(error);
        throw error;
      });
      if (bytes instanceof Uint8Array) yield bytes;
      else if (bytes) {
        yield bytes.last;
        break;
      }
    }
  } finally {
    signal.removeEventListener('abort', stop);
    watcher.stop();
    context.watches.delete(watcher);
  }
}

/** Turns what a watcher saw into frames: selection, version, view. Frames of plain events are made once for all who watch alike. */
class FrameEncoder {
  readonly #apiVersion: string;
  #hasSentColumns = false;

  constructor(
    private readonly context: ApiContext,
    private readonly scope: RequestScope,
    private readonly selection: Selection,
    private readonly format: OutputFormat,
    private readonly include: IncludeObject,
  ) {
    this.#apiVersion = requestApiVersion(scope.resource);
  }

  /** The last frame of a watch whose objects can not be converted. */
  encodeError({ message }: ApiError): { readonly last: Uint8Array } {
    const status: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'InternalError', code: 500 };
    return { last: frame('ERROR', status, this.format.encoding) };
  }

  /** Undefined for an event that this watch does not see. */
  async encode(item: WatchItem): Promise<Uint8Array | { readonly last: Uint8Array } | undefined> {
    const { encoding, view } = this.format;
    if (item.kind === 'expired') return { last: frame('ERROR', expiredStatus('The resourceVersion for the provided watch is too old.'), encoding) };
    if (item.kind === 'bookmark') return frame('BOOKMARK', this.#show(this.#bookmark(item.revision, item.initialEventsEnd)), encoding);
    const { version, previous } = item;
    let object = await convertObject(this.scope.resource, version.object, this.#apiVersion);
    const before = this.selection.isEverything || !previous ? undefined : await convertObject(this.scope.resource, previous, this.#apiVersion);
    const type = this.selection.isEverything ? eventType(version) : this.#selectedType(version, object, before);
    if (!type) return undefined;
    // What leaves the selection is shown as it was while it belonged.
    const isLeaving = type === 'DELETED' && !version.deleted && before !== undefined;
    if (isLeaving) object = { ...before, metadata: { ...before.metadata, resourceVersion: String(version.revision) } };
    if (view?.kind === 'Table') return frame(type, this.#show(object), encoding);
    const form = `${isLeaving ? 'LEFT' : type} ${encoding} ${this.#apiVersion} ${view?.kind ?? ''} ${view?.version ?? ''}`;
    version.frames ??= new Map();
    let bytes = version.frames.get(form);
    if (!bytes) version.frames.set(form, (bytes = frame(type, this.#show(object), encoding)));
    return bytes;
  }

  /** An object that comes into the selection or leaves it is added or deleted to those who watch it. */
  #selectedType(version: Version, object: KubeObject, before: KubeObject | undefined): 'ADDED' | 'MODIFIED' | 'DELETED' | undefined {
    const was = before !== undefined && this.selection.matches(before);
    if (version.deleted) return was || (before === undefined && this.selection.matches(object)) ? 'DELETED' : undefined;
    const is = this.selection.matches(object);
    if (is) return was ? 'MODIFIED' : 'ADDED';
    return was ? 'DELETED' : undefined;
  }

  #show(object: KubeObject): unknown {
    const { view } = this.format;
    switch (view?.kind) {
      case undefined:
        return object;
      case 'PartialObjectMetadata':
      case 'PartialObjectMetadataList':
        return partialMetadata(object, view);
      case 'Table': {
        const isBookmark = object.metadata.uid === undefined;
        const withColumns = !this.#hasSentColumns && !isBookmark;
        if (withColumns) this.#hasSentColumns = true;
        const { resourceVersion = '' } = object.metadata;
        return tableOf([object], this.scope.resource, view, this.include, this.context.clock.now(), { resourceVersion }, withColumns);
      }
    }
  }

  #bookmark(revision: number, initialEventsEnd: boolean): KubeObject {
    const { resource } = this.scope;
    const annotations = initialEventsEnd ? { annotations: { [INITIAL_EVENTS_END]: 'true' } } : {};
    return { kind: resource.kind, apiVersion: formatApiVersion(resource.group, resource.version), metadata: { resourceVersion: String(revision), ...annotations } };
  }
}

function frame(type: string, object: unknown, encoding: Encoding): Uint8Array {
  if (encoding === 'protobuf') {
    const bytes = encodeProtobufFrame(type, object);
    if (bytes === undefined) throw noProtobuf(object);
    return bytes;
  }
  return Buffer.from(`{"type":"${type}","object":${encodeJson(object)}}\n`);
}
