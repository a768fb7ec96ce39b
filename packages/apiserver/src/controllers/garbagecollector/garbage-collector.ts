import { isNotFound, type KubeObject, type OwnerReference } from '@kubewright/api';

import type { ControllerContext } from '../controller.js';
import type { DiscoveredResource, ResourceMonitor } from '../resource-monitor.js';
import type { WorkLoop } from '../work-loop.js';
import { decide, type OwnerState } from './decision.js';
import { FOREGROUND, ORPHAN, OwnerGraph, type GraphNode, type GraphWork } from './graph.js';

/** Deletes objects whose owners are gone, and carries out foreground and orphaning deletions, for every resource that there is. */
export function garbageCollector(context: ControllerContext): void {
  const collector = new GarbageCollector(context);
  const check = context.loop((uid) => collector.check(uid));
  const orphan = context.loop((uid) => collector.orphanDependents(uid));
  collector.follow(check, orphan);
}

class GarbageCollector {
  readonly #graph = new OwnerGraph();
  readonly #monitor: ResourceMonitor;
  /** Objects that name an owner of a kind that is not served. */
  readonly #unresolved = new Set<string>();
  #enqueue: (work: GraphWork) => void = () => {};

  constructor(private readonly context: ControllerContext) {
    this.#monitor = context.monitor();
  }

  follow(check: WorkLoop, orphan: WorkLoop): void {
    this.#enqueue = (work) => {
      for (const { uid } of work.check) check.add(uid);
      for (const { uid } of work.orphan) orphan.add(uid);
    };
    this.#monitor.onResources(() => {
      for (const uid of this.#unresolved) check.add(uid);
      this.#unresolved.clear();
    });
    this.#monitor.onChange((resource, { old, object }) => {
      // The same name with another uid is another object.
      if (old && old.metadata.uid !== object?.metadata.uid) this.#enqueue(this.#graph.remove(old.metadata.uid ?? ''));
      if (object) this.#enqueue(this.#graph.put(resource, object));
    });
  }

  /** Looks whether the object has to go, to lose owners, or need no longer wait for its dependents. */
  async check(uid: string): Promise<void> {
    const node = this.#graph.get(uid);
    if (!node?.resource || (node.isBeingDeleted && !node.isDeletingDependents)) return;
    const object = await this.#read(node.resource, node.namespace, node.name);
    if (!object || object.metadata.uid !== uid) {
      this.#enqueue(this.#graph.remove(uid));
      return;
    }
    if (node.isDeletingDependents) return this.#finishForeground(node, object);
    const owners = [];
    for (const reference of object.metadata.ownerReferences ?? []) {
      const state = await this.#stateOf(reference, node, object);
      if (!state) return;
      owners.push({ reference, state });
    }
    const decision = decide(object, owners, [...node.dependents]);
    try {
      if (decision.kind === 'release') await this.#releaseOwners(node.resource, object, decision.uids);
      if (decision.kind === 'delete') {
        if (decision.unblock) await this.#unblock(node.resource, object);
        const preconditions = { uid, ...(!decision.unblock && object.metadata.resourceVersion && { resourceVersion: object.metadata.resourceVersion }) };
        await this.context.client.delete(node.resource, node.namespace, node.name, { preconditions, propagationPolicy: decision.policy });
      }
    } catch (error) {
      if (isNotFound(error)) this.#enqueue(this.#graph.remove(uid));
      // It has changed since it was read: the next look sees it as it is.
      else throw error;
    }
  }

  /** Takes the owner's reference out of all dependents, then the finalizer that asked for it out of the owner. */
  async orphanDependents(uid: string): Promise<void> {
    const owner = this.#graph.get(uid);
    if (!owner?.resource) return;
    const live = await this.#read(owner.resource, owner.namespace, owner.name);
    if (!live || live.metadata.uid !== uid || !live.metadata.deletionTimestamp || !live.metadata.finalizers?.includes(ORPHAN)) return;
    for (const dependent of [...owner.dependents]) {
      if (!dependent.resource) continue;
      const object = await this.#read(dependent.resource, dependent.namespace, dependent.name);
      if (!object || object.metadata.uid !== dependent.uid || !object.metadata.ownerReferences?.some((reference) => reference.uid === uid)) continue;
      await this.#releaseOwners(dependent.resource, object, [uid]);
    }
    await this.#removeFinalizer(owner, live, ORPHAN);
  }

  async #finishForeground(node: GraphNode, object: KubeObject): Promise<void> {
    if (!object.metadata.finalizers?.includes(FOREGROUND)) return;
    const blocking = this.#graph.blockingDependents(node);
    if (blocking.length === 0) return this.#removeFinalizer(node, object, FOREGROUND);
    this.#enqueue({ check: blocking.filter((dependent) => !dependent.isDeletingDependents), orphan: [] });
  }

  /** Undefined when nobody can tell, because the owner's kind is not served: then nothing may be deleted on its account. */
  async #stateOf(reference: OwnerReference, node: GraphNode, object: KubeObject): Promise<OwnerState | undefined> {
    const resource = this.#monitor.resourceOf(reference.apiVersion, reference.kind);
    if (!resource) {
      this.#unresolved.add(node.uid);
      return undefined;
    }
    if (resource.namespaced && node.namespace === '') {
      this.#complain(object, reference, node, 'cluster-scoped objects can not have namespaced owners');
      return undefined;
    }
    const known = this.#graph.get(reference.uid);
    if (resource.namespaced && known?.resource && known.namespace !== node.namespace) {
      this.#complain(object, reference, node, `does not exist in namespace ${JSON.stringify(node.namespace)}`);
    }
    const owner = await this.#read(resource, resource.namespaced ? node.namespace : '', reference.name);
    if (!owner || owner.metadata.uid !== reference.uid) return 'absent';
    return owner.metadata.deletionTimestamp && owner.metadata.finalizers?.includes(FOREGROUND) ? 'waiting' : 'solid';
  }

  #complain(object: KubeObject, { apiVersion, kind, name, uid }: OwnerReference, node: GraphNode, problem: string): void {
    const message = `ownerRef [${apiVersion}/${kind}, namespace: ${node.namespace}, name: ${name}, uid: ${uid}] ${problem}`;
    this.context.events.record(object, 'Warning', 'OwnerRefInvalidNamespace', message);
  }

  async #unblock(resource: DiscoveredResource, object: KubeObject): Promise<void> {
    const blocking = (object.metadata.ownerReferences ?? []).filter(({ blockOwnerDeletion }) => blockOwnerDeletion);
    if (blocking.length === 0) return;
    const unblocked = (object.metadata.ownerReferences ?? []).map((reference) => ({ ...reference, blockOwnerDeletion: false }));
    await this.#patch(resource, object, { ownerReferences: unblocked });
  }

  async #releaseOwners(resource: DiscoveredResource, object: KubeObject, uids: readonly string[]): Promise<void> {
    const kept = (object.metadata.ownerReferences ?? []).filter(({ uid }) => !uids.includes(uid));
    await this.#patch(resource, object, { ownerReferences: kept.length > 0 ? kept : null });
  }

  async #removeFinalizer(node: GraphNode, object: KubeObject, finalizer: string): Promise<void> {
    const finalizers = (object.metadata.finalizers ?? []).filter((name) => name !== finalizer);
    await this.#patch(node.resource!, object, { finalizers: finalizers.length > 0 ? finalizers : null });
  }

  /** The version guards the list that is written as a whole: whoever was faster makes this fail, and the next look sees what is there. */
  async #patch(resource: DiscoveredResource, object: KubeObject, metadata: object): Promise<void> {
    const { resourceVersion, uid } = object.metadata;
    try {
      await this.context.client.patch(resource, object, 'merge', { metadata: { resourceVersion, uid, ...metadata } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async #read(resource: DiscoveredResource, namespace: string, name: string): Promise<KubeObject | undefined> {
    try {
      return await this.context.client.get<KubeObject>(resource, namespace, name);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}
