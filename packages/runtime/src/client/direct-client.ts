import {
  encodeJson, keyOf, resourceKind,
  type KindRef, type KubeList, type KubeObject, type NamespacedName, type ObjectOf, type ResourceKind, type Status,
} from '@kubewright/api';
import type { Transport, TransportRequest } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { DeepReadonly } from '../event/entry.js';
import { publish } from '../tracing/stops.js';
import type { Applicable, Client, SubresourceWriter, Writable } from './client.js';
import type { ApplyOptions, DeleteOptions, GetOptions, ListOptions, ListResult, WriteOptions } from './options.js';
import { encodePatch, type Patch } from './patch.js';
import { readObject, withType } from './response.js';
import { resourcePath, selectionQuery, type PathTarget, type Query } from './url.js';

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
export class DirectClient implements Client {
  readonly status: SubresourceWriter = this.subresource('status');

  constructor(private readonly transport: Transport, private readonly options: DirectClientOptions = {}) {}

  async get<K extends AnyKind>(ref: K, name: NamespacedName, options: GetOptions = {}): Promise<DeepReadonly<ObjectOf<K>>> {
    const kind = resourceKind(ref as KindRef<never>);
    return withType(kind, await this.#send(kind, 'GET', named(kind, name), { resourceVersion: options.resourceVersion })) as DeepReadonly<ObjectOf<K>>;
  }

  async list<K extends AnyKind>(ref: K, options: ListOptions = {}): Promise<ListResult<DeepReadonly<ObjectOf<K>>>> {
    const kind = resourceKind(ref as KindRef<never>);
    const list = await this.#send<KubeList>(kind, 'GET', { namespace: options.namespace }, selectionQuery(options));
    return { items: (list.items ?? []).map((item) => withType(kind, item)) as DeepReadonly<ObjectOf<K>>[], metadata: list.metadata ?? {} };
  }

  async create<K extends AnyKind>(ref: K, object: Writable<K>, options: WriteOptions = {}): Promise<ObjectOf<K>> {
    const kind = resourceKind(ref as KindRef<never>);
    const { name: _, ...target } = targetOf(kind, object as KubeObject, 'generateName');
    return this.#send(kind, 'POST', target, this.#writeQuery(options), { body: bodyOf(kind, object as KubeObject) });
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
    return this.#send(kind, 'DELETE', named(kind, name), {}, { body: deletion(options) });
  }

  async deleteAllOf<K extends AnyKind>(ref: K, selection: ListOptions, options: DeleteOptions = {}): Promise<void> {
    const kind = resourceKind(ref as KindRef<never>);
    if (kind.scope === 'Namespaced' && !selection.namespace) throw namespaceMissing(kind, 'deleteAllOf');
    await this.#send(kind, 'DELETE', { namespace: selection.namespace }, selectionQuery(selection), { body: deletion(options) });
  }

  subresource(subresource: string): SubresourceWriter {
    return {
      update: (ref, object, options = {}) => this.#update(ref, object, options, subresource),
      patch: (ref, name, patch, options = {}) => this.#patch(ref, name, patch, options, subresource),
      apply: (ref, object, options = {}) => this.#apply(ref, object, options, subresource),
    };
  }

  async #update<K extends AnyKind>(ref: K, object: Writable<K>, options: WriteOptions, subresource?: string): Promise<ObjectOf<K>> {
    const kind = resourceKind(ref as KindRef<never>);
    const target = { ...targetOf(kind, object as KubeObject), subresource };
    return this.#send(kind, 'PUT', target, this.#writeQuery(options), { body: bodyOf(kind, object as KubeObject) });
  }

  async #patch<K extends AnyKind>(ref: K, name: NamespacedName, patch: Patch, options: WriteOptions, subresource?: string): Promise<ObjectOf<K>> {
    const kind = resourceKind(ref as KindRef<never>);
    const encoded = encodePatch(patch);
    if (!encoded) return structuredClone((patch as { readonly base: object }).base) as ObjectOf<K>;
    return this.#send(kind, 'PATCH', { ...named(kind, name), subresource }, this.#writeQuery(options), encoded);
  }

  async #apply<K extends AnyKind>(ref: K, object: Applicable<K>, options: ApplyOptions, subresource?: string): Promise<ObjectOf<K>> {
    const kind = resourceKind(ref as KindRef<never>);
    const target = { ...targetOf(kind, object), subresource };
    const query: Query = { ...this.#writeQuery(options), force: options.force };
    if (!query['fieldManager']) throw new KubewrightError('KW_FIELD_OWNER_MISSING', `apply ${describe(kind, target)}: server-side apply needs a field owner`);
    return this.#send(kind, 'PATCH', target, query, { body: bodyOf(kind, object as KubeObject), contentType: 'application/apply-patch+yaml' });
  }

  #writeQuery(options: WriteOptions): Query {
    return { dryRun: options.dryRun ? 'All' : undefined, fieldManager: options.fieldOwner ?? this.options.fieldOwner, fieldValidation: options.fieldValidation };
  }

  async #send<T extends object>(kind: Kind, method: string, target: PathTarget, query: Query, content?: { readonly body: Uint8Array; readonly contentType?: string }): Promise<T> {
    const request: TransportRequest = {
      method,
      path: resourcePath(kind, target, query),
      headers: { accept: 'application/json', ...(content && { 'content-type': content.contentType ?? 'application/json' }) },
      ...(content && { body: content.body }),
      ...(this.options.lane && { lane: this.options.lane }),
    };
    publish('direct-client', { kind: kind.kind, method, path: request.path, body: content?.body }); // stop 11
    return readObject<T>(request, await this.transport.dispatch(request));
  }
}

function bodyOf(kind: Kind, object: KubeObject): Uint8Array {
  return Buffer.from(encodeJson(withType(kind, object)));
}

function deletion({ dryRun, ...options }: DeleteOptions): Uint8Array {
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
