import {
  encodeJson, keyOf, resourceKind,
  type KindRef, type KubeList, type KubeObject, type NamespacedName, type ObjectOf, type ResourceKind, type Status, type UnstructuredObject,
} from '@kubewright/api';
import type { Transport, TransportRequest, TransportResponse } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { DeepReadonly } from '../event/entry.js';
import { publish } from '../tracing/stops.js';
import type { Applicable, Client, SubresourceClient, SubresourceWriter, Watcher, Writable } from './client.js';
import { acceptFor, isMetadataOnly, withMetadataOnly } from './metadata-only.js';
import type { ApplyOptions, DeleteOptions, GetOptions, ListOptions, ListResult, RawWatchOptions, WriteOptions } from './options.js';
import { encodePatch, type Patch } from './patch.js';
import { readObject, throwIfFailed, withType } from './response.js';
import { resourcePath, selectionQuery, type PathTarget, type Query } from './url.js';
import { readWatch, type WatchFrame } from './watch-stream.js';

type AnyKind = KindRef<never> | KindRef;
type Kind = ResourceKind<never>;

/** What a {@link DirectClient} adds to its requests. */
export interface DirectClientOptions {
  /** Under which name writes are booked in managedFields. @default the server's guess; server-side apply then needs one in each call */
  readonly fieldOwner?: string;
  /** Which connections to use: a client for lease renewals has its own. @default 'request' */
  readonly lane?: TransportRequest['lane'];
}

/** A client that asks the API server, always. It sends no more than what was asked for and changes none of its arguments. */
export class DirectClient implements Client, Watcher {
  readonly status: SubresourceWriter = this.subresource('status');

  constructor(private readonly transport: Transport, private readonly options: DirectClientOptions = {}) {}

  async get<K extends AnyKind>(ref: K, name: NamespacedName, { resourceVersion, signal }: GetOptions = {}): Promise<DeepReadonly<ObjectOf<K>>> {
    const kind = resourceKind(ref as KindRef<never>);
    const object = await this.#send<KubeObject>(kind, 'GET', named(kind, name), { resourceVersion }, { signal, accept: acceptFor(kind) });
    return withType(kind, withMetadataOnly(kind, object)) as DeepReadonly<ObjectOf<K>>;
  }

  async list<K extends AnyKind>(ref: K, options: ListOptions = {}): Promise<ListResult<DeepReadonly<ObjectOf<K>>>> {
    const kind = resourceKind(ref as KindRef<never>);
    const { namespace, signal } = options;
    const list = await this.#send<KubeList>(kind, 'GET', { namespace }, selectionQuery(options), { signal, accept: acceptFor(kind, true) });
    return { items: (list.items ?? []).map((item) => withType(kind, withMetadataOnly(kind, item))) as DeepReadonly<ObjectOf<K>>[], metadata: list.metadata ?? {} };
  }

  async *watch<K extends AnyKind>(ref: K, options: RawWatchOptions = {}): AsyncGenerator<WatchFrame<ObjectOf<K>>> {
    const kind = resourceKind(ref as KindRef<never>);
    const { bookmarks = true, namespace, sendInitialEvents, signal, timeoutSeconds } = options;
    const initial: Query = sendInitialEvents ? { sendInitialEvents, resourceVersionMatch: 'NotOlderThan' } : {};
    const query = { ...selectionQuery(options), ...initial, watch: true, allowWatchBookmarks: bookmarks || undefined, timeoutSeconds };
    const request: TransportRequest = { method: 'GET', path: resourcePath(kind, { namespace }, query), headers: { accept: acceptFor(kind) }, lane: 'watch' };
    const response = await this.raw(request, signal);
    for await (const frame of readWatch(response.body, { name: kind.plural })) {
      yield (frame.type === 'BOOKMARK' ? frame : { type: frame.type, object: withType(kind, withMetadataOnly(kind, frame.object)) }) as WatchFrame<ObjectOf<K>>;
    }
  }

  /** Any request, for what has no method here; the body of the answer is the caller's to read. @throws ApiError for a status of 400 and above */
  async raw(request: TransportRequest, signal?: AbortSignal): Promise<TransportResponse> {
    const response = await this.transport.dispatch(request, signal);
    await throwIfFailed(request, response);
    return response;
  }

  async create<K extends AnyKind>(ref: K, object: Writable<K>, options: WriteOptions = {}): Promise<ObjectOf<K>> {
    const kind = resourceKind(ref as KindRef<never>);
    const { name: _, ...target } = targetOf(wholeKind(kind, 'create'), object as KubeObject, 'generateName');
    return this.#send(kind, 'POST', target, this.#writeQuery(options), { body: bodyOf(kind, object as KubeObject), signal: options.signal });
  }

  update<K extends AnyKind>(ref: K, object: Writable<K>, options: WriteOptions = {}): Promise<ObjectOf<K>> {
    return this.#update(ref, object, options);
  }

  patch<K extends AnyKind>(ref: K, name: NamespacedName, patch: Patch, options: WriteOptions = {}): Promise<ObjectOf<K>> {
    return this.#patch(ref, name, patch, options);
  }

  apply<K extends AnyKind>(ref: K, object: Applicable<K>, options: ApplyOptions = {}): Promise<ObjectOf<K>> {
    return this.#apply(ref, object, options);
  }

  async delete<K extends AnyKind>(ref: K, name: NamespacedName, options: DeleteOptions = {}): Promise<void> {
    await this.remove(ref, name, options);
  }

  /** Deletes, and tells what the server answered: the object where it stays for a while (finalizers, grace), else a Status. */
  async remove<K extends AnyKind>(ref: K, name: NamespacedName, options: DeleteOptions = {}): Promise<ObjectOf<K> | Status> {
    const kind = resourceKind(ref as KindRef<never>);
    return this.#send(kind, 'DELETE', named(kind, name), {}, { body: deletion(options), signal: options.signal });
  }

  async deleteAllOf<K extends AnyKind>(ref: K, selection: ListOptions, options: DeleteOptions = {}): Promise<void> {
    const kind = resourceKind(ref as KindRef<never>);
    if (kind.scope === 'Namespaced' && !selection.namespace) throw namespaceMissing(kind, 'deleteAllOf');
    const signal = options.signal ?? selection.signal;
    await this.#send(kind, 'DELETE', { namespace: selection.namespace }, selectionQuery(selection), { body: deletion(options), signal });
  }

  subresource(subresource: string): SubresourceClient {
    return {
      get: <K extends AnyKind, T extends object = UnstructuredObject>(ref: K, name: NamespacedName, { resourceVersion, signal }: GetOptions = {}) => {
        const kind = resourceKind(ref as KindRef<never>);
        return this.#send<T>(kind, 'GET', { ...named(kind, name), subresource }, { resourceVersion }, { signal });
      },
      create: async <K extends AnyKind, B extends object>(ref: K, name: NamespacedName, body: B, options: WriteOptions = {}) => {
        const kind = resourceKind(ref as KindRef<never>);
        const content = { body: Buffer.from(encodeJson(body)), signal: options.signal };
        return this.#send<B & UnstructuredObject>(kind, 'POST', { ...named(kind, name), subresource }, this.#writeQuery(options), content);
      },
      update: (ref, object, options = {}) => this.#update(ref, object, options, subresource),
      patch: (ref, name, patch, options = {}) => this.#patch(ref, name, patch, options, subresource),
      apply: (ref, object, options = {}) => this.#apply(ref, object, options, subresource),
    };
  }

  async #update<K extends AnyKind>(ref: K, object: Writable<K>, options: WriteOptions, subresource?: string): Promise<ObjectOf<K>> {
    const kind = resourceKind(ref as KindRef<never>);
    const target = { ...targetOf(wholeKind(kind, 'update'), object as KubeObject), subresource };
    return this.#send(kind, 'PUT', target, this.#writeQuery(options), { body: bodyOf(kind, object as KubeObject), signal: options.signal });
  }

  async #patch<K extends AnyKind>(ref: K, name: NamespacedName, patch: Patch, options: WriteOptions, subresource?: string): Promise<ObjectOf<K>> {
    const kind = resourceKind(ref as KindRef<never>);
    const encoded = encodePatch(patch);
    if (!encoded) return structuredClone((patch as { readonly base: object }).base) as ObjectOf<K>;
    const stored = await this.#send<KubeObject>(kind, 'PATCH', { ...named(kind, name), subresource }, this.#writeQuery(options), { ...encoded, signal: options.signal });
    return stored as ObjectOf<K>;
  }

  async #apply<K extends AnyKind>(ref: K, object: Applicable<K>, options: ApplyOptions, subresource?: string): Promise<ObjectOf<K>> {
    const kind = resourceKind(ref as KindRef<never>);
    const target = { ...targetOf(kind, object), subresource };
    const query: Query = { ...this.#writeQuery(options), force: options.force };
    if (!query['fieldManager']) throw new KubewrightError('KW_FIELD_OWNER_MISSING', `apply ${describe(kind, target)}: server-side apply needs a field owner`);
    if ((object as KubeObject).metadata.managedFields) {
      throw new KubewrightError('KW_INVALID_ARGUMENT', `apply ${describe(kind, target)}: the object carries metadata.managedFields`, { hint: 'Apply the fields that you decide on and nothing else, not an object that was read.' });
    }
    return this.#send(kind, 'PATCH', target, query, { body: bodyOf(wholeKind(kind, 'apply'), object as KubeObject), contentType: 'application/apply-patch+yaml', signal: options.signal });
  }

  #writeQuery(options: WriteOptions): Query {
    return { dryRun: options.dryRun ? 'All' : undefined, fieldManager: options.fieldOwner ?? this.options.fieldOwner, fieldValidation: options.fieldValidation };
  }

  async #send<T extends object>(kind: Kind, method: string, target: PathTarget, query: Query, call: Call): Promise<T> {
    const { accept = 'application/json', body, contentType = 'application/json', signal } = call;
    const request: TransportRequest = {
      method,
      path: resourcePath(kind, target, query),
      headers: { accept, ...(body && { 'content-type': contentType }) },
      ...(body && { body }),
      ...(this.options.lane && { lane: this.options.lane }),
    };
    publish('direct-client', { kind: kind.kind, method, path: request.path, body }); // stop 11
    return readObject<T>(request, await this.transport.dispatch(request, signal));
  }
}

/** What a request carries beside its target. */
interface Call {
  readonly accept?: string;
  readonly body?: Uint8Array;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** A part of an object must not replace the whole. */
function wholeKind(kind: Kind, verb: string): Kind {
  if (!isMetadataOnly(kind)) return kind;
  throw new KubewrightError('KW_INVALID_ARGUMENT', `${verb} of a ${kind.kind} by its metadata alone`, { hint: 'Patch it, or use the kind itself instead of metadataOnly(kind).' });
}

function bodyOf(kind: Kind, object: KubeObject): Uint8Array {
  return Buffer.from(encodeJson(withType(kind, object)));
}

function deletion({ dryRun, signal: _, ...options }: DeleteOptions): Uint8Array {
  return Buffer.from(encodeJson({ kind: 'DeleteOptions', apiVersion: 'v1', ...options, ...(dryRun && { dryRun: ['All'] }) }));
}

function targetOf(kind: Kind, { metadata }: KubeObject, instead?: 'generateName'): PathTarget {
  if (metadata.name) return named(kind, metadata as NamespacedName);
  if (instead && metadata.generateName) return named(kind, { namespace: metadata.namespace, name: metadata.generateName });
  throw new KubewrightError('KW_INVALID_ARGUMENT', `write of a ${kind.kind} without metadata.name`, { hint: 'Set metadata.name, or metadata.generateName on create.' });
}

function named(kind: Kind, { namespace, name }: NamespacedName): PathTarget {
  if (!name) throw new KubewrightError('KW_INVALID_ARGUMENT', `request on a ${kind.kind} without a name`, { hint: 'Pass { namespace, name }.' });
  if (kind.scope === 'Namespaced' && !namespace) throw namespaceMissing(kind, name);
  return { namespace, name };
}

function namespaceMissing(kind: Kind, what: string): KubewrightError {
  return new KubewrightError('KW_INVALID_ARGUMENT', `${kind.kind} ${what}: the kind is namespaced, but no namespace was given`, { hint: 'Pass the namespace beside the name.' });
}

function describe(kind: Kind, target: PathTarget): string {
  return `${kind.kind} ${target.name ? keyOf(target as NamespacedName) : ''}`;
}
