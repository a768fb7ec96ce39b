import { alreadyExists, applyJsonPatch, applyMergePatch, conflict, decodeJson, deepEqual, encodeJson, keyOf, notFound, type KubeObject, type NamespacedName, type ResourceKind } from '@kubewright/api';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { DeepReadonly } from '../event/entry.js';
import type { DeleteOptions } from './options.js';
import { encodePatch, type Patch } from './patch.js';
import { applyLocally } from './plan-apply.js';
import { withType } from './response.js';

/** A write, as far as its outcome depends on it. */
export type Intent =
  | { readonly verb: 'create'; readonly object: KubeObject }
  | { readonly verb: 'update'; readonly object: KubeObject }
  | { readonly verb: 'patch'; readonly patch: Patch }
  | { readonly verb: 'apply'; readonly object: KubeObject; readonly fieldOwner?: string }
  | { readonly verb: 'delete'; readonly options: DeleteOptions };

/** Where a write goes, and what is there. */
export interface Target {
  readonly kind: ResourceKind<never>;
  readonly name: NamespacedName;
  readonly live: DeepReadonly<KubeObject> | undefined;
  /** `status`, or none. */
  readonly subresource?: string;
  /** What a new object gets, since no server gives it. */
  readonly fresh: { readonly uid: string; readonly time: string };
}

/**
 * What the server would store for a write, undefined for an object that is gone by it. It fails where the server fails for what is there or not there (404,
 * 409), and knows neither schemas nor admission: nothing is defaulted, pruned or refused by them.
 *
 * @throws ApiError NotFound, AlreadyExists, Conflict; KubewrightError KW_INVALID_ARGUMENT for what can not be told without the server
 */
export function outcomeOfWrite(intent: Intent, target: Target): KubeObject | undefined {
  const { kind, name, live } = target;
  const resource = { group: kind.group, resource: kind.plural };
  if (intent.verb === 'create') {
    if (live) throw alreadyExists(resource, name.name, live.metadata.deletionTimestamp !== undefined);
    return made(intent.object, target);
  }
  if (!live) {
    if (intent.verb === 'apply' && !target.subresource) return made(intent.object, target);
    throw notFound(resource, name.name);
  }
  if (intent.verb === 'delete') return deleted(intent.options, target, live);
  const wanted = changed(intent, target, live);
  const version = (wanted.metadata as { resourceVersion?: unknown } | undefined)?.resourceVersion;
  if (version !== undefined && version !== '' && version !== live.metadata.resourceVersion) throw conflict(resource, name.name);
  return stored(wanted, target, live);
}

function changed(intent: Exclude<Intent, { verb: 'create' | 'delete' }>, { kind, name }: Target, live: DeepReadonly<KubeObject>): KubeObject {
  switch (intent.verb) {
    case 'update':
      return intent.object;
    case 'apply':
      return applyLocally(live, intent.object, intent.fieldOwner);
    case 'patch': {
      const { patch } = intent;
      if (patch.type === 'json') return applyJsonPatch(live, patch.operations) as KubeObject;
      if (patch.type === 'strategic') {
        throw new KubewrightError('KW_INVALID_ARGUMENT', `patch of ${kind.kind} ${keyOf(name)}: what a strategic merge patch does to lists says the server's schema`, { hint: 'Use dryRunClient(client, { server: true }), or another kind of patch.' });
      }
      const encoded = encodePatch(patch);
      return (encoded ? applyMergePatch(live, decodeJson(encoded.body)) : live) as KubeObject;
    }
  }
}

function made(object: KubeObject, { kind, name, fresh }: Target): KubeObject {
  const { status: _, ...rest } = structuredClone(withType(kind, object)) as KubeObject & { status?: unknown };
  const { generateName: __, ...metadata } = rest.metadata;
  return { ...rest, metadata: { ...metadata, ...name, uid: fresh.uid, resourceVersion: '1', generation: 1, creationTimestamp: fresh.time } };
}

/** Each half of an object is written by its own door: status by the subresource, all the rest by the object itself. What the server keeps stays. */
function stored(wanted: KubeObject, { kind, subresource }: Target, live: DeepReadonly<KubeObject>): KubeObject {
  const before = live as KubeObject & { status?: unknown };
  const { status, ...rest } = structuredClone(withType(kind, wanted)) as KubeObject & { status?: unknown };
  const { uid, creationTimestamp, deletionTimestamp, generation, resourceVersion, managedFields, namespace, name } = before.metadata;
  const kept = { uid, creationTimestamp, deletionTimestamp, generation, resourceVersion, managedFields, namespace, name };
  const whole = subresource === 'status' ? { ...before, status } : { ...rest, metadata: { ...rest.metadata, ...kept }, ...(before.status !== undefined && { status: before.status }) };
  const object = asSent(whole);
  if (deepEqual(object, asSent(before))) return object;
  const isSpec = subresource !== 'status' && !deepEqual(specOf(object), specOf(before));
  object.metadata = { ...object.metadata, resourceVersion: next(resourceVersion), ...(generation !== undefined && { generation: isSpec ? generation + 1 : generation }) };
  return object;
}

/** An object that finalizers hold stays, and is gone with the last one. */
function deleted({ preconditions }: DeleteOptions, { kind, name, fresh }: Target, live: DeepReadonly<KubeObject>): KubeObject | undefined {
  const resource = { group: kind.group, resource: kind.plural };
  for (const field of ['uid', 'resourceVersion'] as const) {
    const wanted = preconditions?.[field];
    if (wanted !== undefined && wanted !== live.metadata[field]) throw conflict(resource, name.name, `the ${field} in the precondition (${wanted}) is not that of the object (${live.metadata[field]})`);
  }
  if (!live.metadata.finalizers?.length) return undefined;
  const { resourceVersion, deletionTimestamp = fresh.time } = live.metadata;
  return { ...structuredClone(live as KubeObject), metadata: { ...structuredClone(live.metadata as KubeObject['metadata']), deletionTimestamp, resourceVersion: next(resourceVersion) } };
}

/** Without what JSON does not carry: fields that are undefined. */
function asSent(object: object): KubeObject {
  return decodeJson(encodeJson(object)) as KubeObject;
}

function specOf(object: KubeObject): object {
  const { metadata: _, status: __, ...spec } = object as KubeObject & { status?: unknown };
  return spec;
}

function next(version: string | undefined): string {
  return version !== undefined && /^\d+$/.test(version) ? String(BigInt(version) + 1n) : '1';
}
