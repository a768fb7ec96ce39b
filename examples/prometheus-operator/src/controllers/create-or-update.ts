import { deepEqual, isConflict, isNotFound, type KindRef, type KubeObject, type ObjectOf } from '@kubewright/api';
import type { Client, DeepReadonly, Writable } from '@kubewright/runtime';

/** What became of an object. */
export type WriteOutcome = 'created' | 'updated' | 'unchanged';

const ATTEMPTS = 5;

/** How an object that is there already is brought in line. */
export interface UpdateRules<K> {
  /** Makes the new object out of desired and live. @default desired replaces everything but metadata */
  readonly merge?: (desired: Writable<K>, live: DeepReadonly<ObjectOf<K>>) => object;
  /** Whether a field of the live object needs no write. @default exact equality, an empty map counting as none */
  readonly matches?: (live: unknown, wanted: unknown) => boolean;
}

/**
 * Makes an object what it should be: creates it, or lays `desired` over what is there. Labels and annotations that others added stay, those
 * with the operator's own prefix that are no longer wanted go. Nothing is sent when nothing would change.
 */
export async function createOrUpdate<K extends KindRef>(client: Client, kind: K, desired: Writable<K>, rules: UpdateRules<K> = {}): Promise<WriteOutcome> {
  const { merge = (wanted) => wanted, matches = isSame } = rules;
  const { name = '', namespace = '' } = desired.metadata as KubeObject['metadata'];
  for (let attempt = 1; ; attempt++) {
    const live = await getOrUndefined(client, kind, { namespace, name });
    if (!live) {
      await client.create(kind, desired);
      return 'created';
    }
    const metadata = mergeMetadata(desired.metadata as KubeObject['metadata'], live.metadata as KubeObject['metadata']);
    const next = { ...merge(desired, live), metadata };
    const { metadata: _compared, ...fields } = next as KubeObject & Record<string, unknown>;
    if (covers(live.metadata, metadata) && Object.entries(fields).every(([field, value]) => matches((live as Record<string, unknown>)[field], value))) return 'unchanged';
    try {
      await client.update(kind, next as Writable<K>);
      return 'updated';
    } catch (error) {
      if (!isConflict(error) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** The object from the cache; undefined when there is none. */
export async function getOrUndefined<K extends KindRef>(client: Client, kind: K, name: { namespace: string; name: string }): Promise<DeepReadonly<ObjectOf<K>> | undefined> {
  try {
    return await client.get(kind, name);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

const OWN_PREFIX = 'operator.prometheus.io/';

function mergeMetadata(desired: KubeObject['metadata'], live: KubeObject['metadata']): KubeObject['metadata'] {
  const kept = (map: Record<string, string> | undefined): Record<string, string> => Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => !key.startsWith(OWN_PREFIX)));
  const owners = [...(live.ownerReferences ?? []).filter(({ uid }) => !desired.ownerReferences?.some((owner) => owner.uid === uid)), ...(desired.ownerReferences ?? [])];
  return {
    ...desired,
    labels: { ...kept(live.labels), ...desired.labels },
    annotations: { ...kept(live.annotations), ...desired.annotations },
    ownerReferences: owners,
    ...(live.resourceVersion && { resourceVersion: live.resourceVersion }),
  };
}

function isSame(live: unknown, wanted: unknown): boolean {
  return deepEqual(live, wanted) || (isEmpty(live) && isEmpty(wanted));
}

/**
 * Whether `live` says everything that `wanted` says. Fields that only `live` has are the server's defaults; lists must match item by item,
 * and an empty map or list equals an absent one.
 */
export function covers(live: unknown, wanted: unknown): boolean {
  if (Object.is(live, wanted) || isEmpty(wanted)) return Object.is(live, wanted) || isEmpty(live);
  if (Array.isArray(wanted)) return Array.isArray(live) && live.length === wanted.length && wanted.every((item, index) => covers(live[index], item));
  if (typeof wanted !== 'object' || typeof live !== 'object' || live === null) return false;
  return Object.entries(wanted!).every(([key, value]) => covers((live as Record<string, unknown>)[key], value));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
