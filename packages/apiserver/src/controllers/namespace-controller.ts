import { deepEqual, formatTime, isNotFound, type ApiError, type KubeObject } from '@kubewright/api';
import { Namespace, type NamespaceCondition } from '@kubewright/api/core/v1';

import type { ControllerContext } from './controller.js';
import type { ObjectWatch } from './object-watch.js';
import type { DiscoveredResource, ResourceMonitor } from './resource-monitor.js';

const FINALIZER = 'kubernetes';

/** Empties namespaces that are being deleted, and lets them go. */
export function namespaceController(context: ControllerContext): void {
  const controller = new NamespaceController(context);
  const loop = context.loop((key) => controller.sync(key));
  controller.namespaces.onChange(({ object }) => {
    if (object?.metadata.deletionTimestamp) loop.add(object.metadata.name ?? '');
  });
  // What is left in a namespace goes when its finalizers and grace periods let it: each such end is a reason to look again.
  context.monitor().onChange((_resource, { old, object }) => {
    const namespace = (object ?? old)?.metadata.namespace;
    if (namespace && controller.namespaces.get('', namespace)?.metadata.deletionTimestamp) loop.add(namespace);
  });
}

/** What is left of one resource. */
export interface Remains {
  readonly resource: Pick<DiscoveredResource, 'group' | 'plural'>;
  readonly objects: readonly KubeObject[];
}

class NamespaceController {
  readonly namespaces: ObjectWatch<Namespace>;
  readonly #monitor: ResourceMonitor;

  constructor(private readonly context: ControllerContext) {
    this.namespaces = context.watch(Namespace);
    this.#monitor = context.monitor();
  }

  async sync(name: string): Promise<void> {
    const { client, clock } = this.context;
    let namespace = this.namespaces.get('', name);
    if (!namespace?.metadata.deletionTimestamp || !namespace.spec?.finalizers?.includes(FINALIZER)) return;
    const failures: string[] = [];
    const remains = await this.#deleteContent(name, failures);
    const conditions = namespaceConditions(namespace.status?.conditions ?? [], remains, failures, clock.now());
    if (!deepEqual(conditions, namespace.status?.conditions ?? [])) {
      namespace = this.namespaces.learn(await client.update<Namespace>(Namespace, { ...namespace, status: { ...namespace.status, phase: 'Terminating', conditions } }, 'status'));
    }
    if (failures.length > 0) throw new Error(failures.join('; '));
    if (remains.length > 0) return;
    const finalizers = (namespace.spec?.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
    try {
      this.namespaces.learn(await client.update<Namespace>(Namespace, { ...namespace, spec: { finalizers } }, 'finalize'));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /**
   * Deletes everything and returns what is still there; only what a fresh list says counts as gone. Pods go before anything that they may
   * need to end well: while one is left, the rest stays.
   */
  async #deleteContent(namespace: string, failures: string[]): Promise<Remains[]> {
    const remains: Remains[] = [];
    const isPods = ({ group, plural }: DiscoveredResource): boolean => group === '' && plural === 'pods';
    const resources = [...this.#monitor.resources()].filter(({ namespaced }) => namespaced).sort((a, b) => Number(isPods(b)) - Number(isPods(a)));
    for (const resource of resources) {
      try {
        const before = await this.#list(resource, namespace);
        if (before.length === 0) continue;
        if (before.some(({ metadata }) => !metadata.deletionTimestamp)) await this.#deleteAll(resource, namespace, before);
        const after = await this.#list(resource, namespace);
        if (after.length > 0) remains.push({ resource, objects: after });
        if (after.length > 0 && isPods(resource)) return remains;
      } catch (error) {
        // A definition may go at the same time, and its resource with it.
        if (!isNotFound(error)) failures.push((error as ApiError).message);
      }
    }
    // Events are nobody's content, and go last: what went before has left some.
    const events = { group: '', version: 'v1', plural: 'events' };
    await this.context.client.deleteCollection(events, namespace).catch((error: unknown) => failures.push((error as ApiError).message));
    return remains;
  }

  async #deleteAll(resource: DiscoveredResource, namespace: string, objects: readonly KubeObject[]): Promise<void> {
    const { client } = this.context;
    if (resource.verbs.includes('deletecollection')) return void (await client.deleteCollection(resource, namespace, { propagationPolicy: 'Background' }));
    for (const { metadata } of objects) {
      await client.delete(resource, namespace, metadata.name ?? '', { propagationPolicy: 'Background' }).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
    }
  }

  async #list(resource: DiscoveredResource, namespace: string): Promise<KubeObject[]> {
    return (await this.context.client.list(resource, namespace)).items;
  }
}

/** The five conditions of a namespace that is being deleted, in the words of the real controller. */
export function namespaceConditions(present: readonly NamespaceCondition[], remains: readonly Remains[], failures: readonly string[], now: number): NamespaceCondition[] {
  const resources = remains.map(({ resource, objects }) => `${resource.plural}.${resource.group} has ${objects.length} resource instances`).sort();
  const counts = new Map<string, number>();
  for (const { objects } of remains) for (const { metadata } of objects) for (const name of metadata.finalizers ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
  const finalizers = [...counts].map(([name, count]) => `${name} in ${count} resource instances`).sort();
  const wanted: [type: string, isTrue: boolean, reasonTrue: string, messageTrue: string, reasonFalse: string, messageFalse: string][] = [
    ['NamespaceDeletionDiscoveryFailure', false, '', '', 'ResourcesDiscovered', 'All resources successfully discovered'],
    ['NamespaceDeletionGroupVersionParsingFailure', false, '', '', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
    ['NamespaceDeletionContentFailure', failures.length > 0, 'ContentDeletionFailed', `Failed to delete all resource types, ${failures.length} remaining: ${failures.join(', ')}`,
      'ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
    ['NamespaceContentRemaining', resources.length > 0, 'SomeResourcesRemain', `Some resources are remaining: ${resources.join(', ')}`, 'ContentRemoved', 'All content successfully removed'],
    ['NamespaceFinalizersRemaining', finalizers.length > 0, 'SomeFinalizersRemain', `Some content in the namespace has finalizers remaining: ${finalizers.join(', ')}`,
      'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
  ];
  const conditions = wanted.map(([type, isTrue, reasonTrue, messageTrue, reasonFalse, messageFalse]): NamespaceCondition => {
    const status = isTrue ? 'True' : 'False';
    const known = present.find((condition) => condition.type === type);
    const lastTransitionTime = known?.status === status && known.lastTransitionTime ? known.lastTransitionTime : formatTime(new Date(now));
    return { type, status, lastTransitionTime, reason: isTrue ? reasonTrue : reasonFalse, message: isTrue ? messageTrue : messageFalse };
  });
  return [...present.filter(({ type }) => !wanted.some(([known]) => known === type)), ...conditions];
}
