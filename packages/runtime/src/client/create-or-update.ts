import { isAlreadyExists, isNotFound, keyOf, nameOf, resourceKind, type KindRef, type KubeObject, type NamespacedName, type ObjectOf } from '@kubewright/api';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { DeepReadonly } from '../event/entry.js';
import type { Client, Writable } from './client.js';
import type { WriteOptions } from './options.js';
import { mergeFrom } from './patch.js';
import { semanticEqual, type SemanticEqualOptions } from './semantic-equal.js';

type AnyKind = KindRef<never> | KindRef;

/** What became of an object. */
export interface UpsertResult<T> {
  readonly operation: 'unchanged' | 'created' | 'updated' | 'updated-status' | 'updated-status-only';
  /** As the server has it. */
  readonly object: DeepReadonly<T>;
}

/** How {@link createOrUpdate} and {@link createOrPatch} write, and what they take for a difference. */
export interface UpsertOptions extends WriteOptions, SemanticEqualOptions {}

/** Brings an object, of which the name is set and, where it exists, everything that the server has, into the wanted state. */
export type Mutate<T> = (object: T) => void | Promise<void>;

/**
 * Makes the object, or updates it when `mutate` changes something. `mutate` gets a copy of what exists, so that what the server filled in
 * stays: set the fields that you decide on. What means the same (`1000m` and `1`) is no change. The update fails with a conflict when the
 * object was changed since it was read (controller-runtime pkg/controller/controllerutil CreateOrUpdate).
 */
export async function createOrUpdate<K extends AnyKind>(client: Client, kind: K, name: NamespacedName, mutate: Mutate<ObjectOf<K>>, options: UpsertOptions = {}): Promise<UpsertResult<ObjectOf<K>>> {
  const { before, after, created } = await begin(client, kind, name, mutate, options);
  if (created) return created;
  if (semanticEqual(before, after, options)) return { operation: 'unchanged', object: before };
  return { operation: 'updated', object: (await client.update(kind, after as Writable<K>, options)) as DeepReadonly<ObjectOf<K>> };
}

/** Like {@link createOrUpdate}, but sends the difference, and what changed of the status to the status subresource. It never conflicts: the last writer wins. */
export async function createOrPatch<K extends AnyKind>(client: Client, kind: K, name: NamespacedName, mutate: Mutate<ObjectOf<K>>, options: UpsertOptions = {}): Promise<UpsertResult<ObjectOf<K>>> {
  const { before, after, created, status } = await begin(client, kind, name, mutate, options);
  if (created) {
    if (isNothing(status)) return created;
    const object = await client.status.patch(kind, name, mergeFrom(created.object as KubeObject, { ...created.object, status } as KubeObject), options);
    return { operation: 'created', object: object as DeepReadonly<ObjectOf<K>> };
  }
  const [was, is] = [parts(before), parts(after)];
  const isSame = semanticEqual(was.main, is.main, options);
  const isSameStatus = semanticEqual(was.status, is.status, options);
  let object = before as unknown;
  if (!isSame) object = await client.patch(kind, name, mergeFrom(was.main as KubeObject, is.main as KubeObject), options);
  if (!isSameStatus) {
    const wrap = (part: unknown): KubeObject => ({ metadata: (before as KubeObject).metadata, ...(part !== undefined && { status: part }) });
    object = await client.status.patch(kind, name, mergeFrom(wrap(was.status), wrap(is.status)), options);
  }
  const operation = isSame ? (isSameStatus ? 'unchanged' : 'updated-status-only') : isSameStatus ? 'updated' : 'updated-status';
  return { operation, object: object as DeepReadonly<ObjectOf<K>> };
}

async function begin<K extends AnyKind>(client: Client, kind: K, name: NamespacedName, mutate: Mutate<ObjectOf<K>>, options: UpsertOptions) {
  const before = await client.get(kind, name, signalOf(options)).catch(ifMissing);
  if (before) return { before, ...(await mutated(kind, name, before, mutate)), created: undefined };
  const { after } = await mutated(kind, name, { metadata: { ...name } } as unknown as DeepReadonly<ObjectOf<K>>, mutate);
  const { status } = parts(after);
  try {
    const object = (await client.create(kind, after as Writable<K>, options)) as DeepReadonly<ObjectOf<K>>;
    return { before: object, after, status, created: { operation: 'created', object } as const };
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    // The cache did not know it yet: the empty version asks the server.
    const found = await client.get(kind, name, { resourceVersion: '', ...signalOf(options) });
    return { before: found, ...(await mutated(kind, name, found, mutate)), created: undefined };
  }
}

async function mutated<K extends AnyKind>(kind: K, name: NamespacedName, from: DeepReadonly<ObjectOf<K>>, mutate: Mutate<ObjectOf<K>>) {
  const after = structuredClone(from) as ObjectOf<K>;
  await mutate(after);
  if (keyOf(nameOf(after as KubeObject)) === keyOf(name)) return { after, status: parts(after).status };
  throw new KubewrightError('KW_INVALID_ARGUMENT', `${resourceKind(kind as KindRef<never>).kind} ${keyOf(name)}: mutate changed name or namespace`, { hint: 'Change neither; use another call for another object.' });
}

function parts(object: unknown): { main: object; status: unknown } {
  const { status, ...main } = object as { status?: unknown };
  return { main, status };
}

function isNothing(status: unknown): boolean {
  return semanticEqual(status, undefined);
}

function ifMissing(error: unknown): undefined {
  if (!isNotFound(error)) throw error;
}

function signalOf({ signal }: UpsertOptions): { readonly signal?: AbortSignal } {
  return signal ? { signal } : {};
}
