import { controllerOf, isNotFound, matchesLabels, requirementsOf, type KubeObject, type LabelSelector, type OwnerReference } from '@kubewright/api';

import type { ControllerClient, ResourcePath } from './client.js';
import type { ObjectWatch } from './object-watch.js';

/** What becomes of the objects that an owner could have. */
export interface ClaimPlan<T> {
  readonly owned: readonly T[];
  /** Match and belong to nobody. */
  readonly adopt: readonly T[];
  /** Are ours but match no more. */
  readonly release: readonly T[];
}

/** Decides by selector and controller reference, as ControllerRefManager does. An owner that is going takes nothing and lets nothing go. */
export function planClaims<T extends KubeObject>(owner: KubeObject, matches: (object: T) => boolean, candidates: Iterable<T>): ClaimPlan<T> {
  const plan = { owned: [] as T[], adopt: [] as T[], release: [] as T[] };
  const isGoing = owner.metadata.deletionTimestamp !== undefined;
  for (const object of candidates) {
    const controller = controllerOf(object);
    if (controller) {
      if (controller.uid !== owner.metadata.uid) continue;
      if (matches(object)) plan.owned.push(object);
      else if (!isGoing) plan.release.push(object);
    } else if (!isGoing && object.metadata.deletionTimestamp === undefined && matches(object)) plan.adopt.push(object);
  }
  return plan;
}

/** By labels. An empty selector matches nothing. */
export function bySelector(selector: LabelSelector | undefined): (object: KubeObject) => boolean {
  const requirements = selector ? requirementsOf(selector) : [];
  return (object) => requirements.length > 0 && matchesLabels(requirements, object.metadata.labels ?? {});
}

/** What {@link claim} needs. */
export interface ClaimOptions<T extends KubeObject> {
  readonly client: ControllerClient;
  readonly watch: ObjectWatch<T>;
  readonly owner: KubeObject;
  /** Where the owner lives: before adopting, it is looked up without a cache. */
  readonly ownerResource: ResourcePath;
  readonly controllerReference: OwnerReference;
  readonly matches: (object: T) => boolean;
}

/** Adopts and releases, and returns the objects that the owner has then. */
export async function claim<T extends KubeObject>(options: ClaimOptions<T>): Promise<T[]> {
  const { client, watch, owner, ownerResource, controllerReference, matches } = options;
  const { namespace = '', name = '', uid } = owner.metadata;
  const plan = planClaims(owner, matches, watch.list(namespace));
  const owned = [...plan.owned];
  if (plan.adopt.length > 0) {
    const fresh = await client.get<KubeObject>(ownerResource, namespace, name);
    if (fresh.metadata.uid !== uid || fresh.metadata.deletionTimestamp) throw new Error(`${namespace}/${name} is going and adopts nothing`);
    for (const object of plan.adopt) {
      const adopted = await patched(client, watch, object, { ownerReferences: [controllerReference] });
      if (adopted) owned.push(adopted);
    }
  }
  for (const object of plan.release) await patched(client, watch, object, { ownerReferences: [{ $patch: 'delete', uid }] });
  return owned;
}

/** The uid in the patch makes it fail for another object of that name. */
async function patched<T extends KubeObject>(client: ControllerClient, watch: ObjectWatch<T>, object: T, metadata: object): Promise<T | undefined> {
  try {
    return watch.learn(await client.patch<T>(watch.resource, object, 'strategic', { metadata: { uid: object.metadata.uid, ...metadata } }));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** The reference that makes `owner` the controller of what it makes. */
export function controllerReference(owner: KubeObject, apiVersion: string, kind: string): OwnerReference {
  const { name = '', uid = '' } = owner.metadata;
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}
