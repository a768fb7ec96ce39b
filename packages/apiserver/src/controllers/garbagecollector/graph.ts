import { parseApiVersion, type KubeObject, type OwnerReference } from '@kubewright/api';

import type { DiscoveredResource } from '../resource-monitor.js';

export const ORPHAN = 'orphan';
export const FOREGROUND = 'foregroundDeletion';

/** One object, or one that somebody names as owner and nobody has seen: then it has no resource. */
export interface GraphNode {
  readonly uid: string;
  resource: DiscoveredResource | undefined;
  namespace: string;
  name: string;
  owners: readonly OwnerReference[];
  readonly dependents: Set<GraphNode>;
  isBeingDeleted: boolean;
  /** It waits for its blocking dependents to go (foreground deletion). */
  isDeletingDependents: boolean;
}

/** What the collector has to look at after a change. */
export interface GraphWork {
  /** May have to be deleted, or may be waiting for dependents that have gone. */
  readonly check: readonly GraphNode[];
  /** Has to let go of its dependents. */
  readonly orphan: readonly GraphNode[];
}

const NOTHING: GraphWork = { check: [], orphan: [] };

/** Who owns whom, by uid (pkg/controller/garbagecollector/graph_builder.go). It decides nothing: it says what to look at. */
export class OwnerGraph {
  readonly #nodes = new Map<string, GraphNode>();

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  /** An object was made or has changed. */
  put(resource: DiscoveredResource, object: KubeObject): GraphWork {
    const { uid = '', namespace = '', name = '', ownerReferences = [] } = object.metadata;
    const known = this.#nodes.get(uid);
    const node = known ?? newNode(uid, namespace, name);
    const wasSeen = known?.resource !== undefined;
    Object.assign(node, { resource, namespace, name });
    this.#nodes.set(uid, node);
    const check = new Set<GraphNode>();
    const orphan: GraphNode[] = [];
    const before = new Set(node.owners.map((owner) => owner.uid));
    for (const owner of this.#relink(node, ownerReferences)) check.add(owner);
    if (ownerReferences.some((reference) => !before.has(reference.uid) && !this.#isGood(reference, node))) check.add(node);
    // Dependents came first, and may have named another kind or place.
    for (const dependent of wasSeen ? [] : node.dependents) {
      if (dependent.owners.some((reference) => reference.uid === uid && !this.#isGood(reference, dependent))) check.add(dependent);
    }
    const finalizers = object.metadata.finalizers ?? [];
    const isBeingDeleted = object.metadata.deletionTimestamp !== undefined;
    if (isBeingDeleted && finalizers.includes(ORPHAN)) orphan.push(node);
    node.isBeingDeleted = isBeingDeleted;
    const isDeletingDependents = isBeingDeleted && finalizers.includes(FOREGROUND);
    if (isDeletingDependents && !node.isDeletingDependents) {
      check.add(node);
      for (const dependent of node.dependents) check.add(dependent);
    }
    node.isDeletingDependents = isDeletingDependents;
    return { check: [...check], orphan };
  }

  /** An object is gone, or was never there. */
  remove(uid: string): GraphWork {
    const node = this.#nodes.get(uid);
    if (!node) return NOTHING;
    const waiting = this.#relink(node, []);
    this.#nodes.delete(uid);
    if (node.dependents.size > 0) {
      // They still name it: keep the place, so that an object that appears under this uid finds them.
      this.#nodes.set(uid, { ...node, resource: undefined, owners: [], isBeingDeleted: false, isDeletingDependents: false });
    }
    return { check: [...node.dependents, ...waiting], orphan: [] };
  }

  /** Dependents that keep an owner under foreground deletion from going. */
  blockingDependents(owner: GraphNode): GraphNode[] {
    return [...owner.dependents].filter((dependent) => dependent.owners.some(({ uid, blockOwnerDeletion }) => uid === owner.uid && blockOwnerDeletion));
  }

  /** Whether the owner is known to be there, as named, and to stay. Anything else is looked at. */
  #isGood({ uid, kind, name, apiVersion }: OwnerReference, dependent: GraphNode): boolean {
    const owner = this.#nodes.get(uid);
    if (!owner?.resource || owner.isDeletingDependents) return false;
    const { group } = parseApiVersion(apiVersion);
    return owner.resource.kind === kind && owner.resource.group === group && owner.name === name && (owner.namespace === '' || owner.namespace === dependent.namespace);
  }

  /** Sets a node's owners. Returns those that may stop waiting for it. */
  #relink(node: GraphNode, references: readonly OwnerReference[]): Set<GraphNode> {
    const look = new Set<GraphNode>();
    const before = new Map(node.owners.map((reference) => [reference.uid, reference]));
    const after = new Map(references.map((reference) => [reference.uid, reference]));
    for (const [uid, reference] of before) {
      const owner = this.#nodes.get(uid);
      const isReleased = !after.has(uid) || (reference.blockOwnerDeletion && !after.get(uid)?.blockOwnerDeletion);
      if (owner && isReleased && owner.isDeletingDependents) look.add(owner);
      if (owner && !after.has(uid)) {
        owner.dependents.delete(node);
        if (!owner.resource && owner.dependents.size === 0) this.#nodes.delete(uid);
      }
    }
    for (const [uid, reference] of after) {
      let owner = this.#nodes.get(uid);
      if (!owner) {
        owner = newNode(uid, node.namespace, reference.name);
        this.#nodes.set(uid, owner);
      }
      owner.dependents.add(node);
    }
    node.owners = references;
    return look;
  }
}

function newNode(uid: string, namespace: string, name: string): GraphNode {
  return { uid, resource: undefined, namespace, name, owners: [], dependents: new Set(), isBeingDeleted: false, isDeletingDependents: false };
}
