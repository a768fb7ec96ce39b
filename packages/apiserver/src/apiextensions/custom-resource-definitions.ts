import type { KubeObject } from '@kubewright/api';
import type { Clock, Logger, Scheduler, Timer } from '@kubewright/platform';

import type { ResourceInfo } from '../registry/resource.js';
import type { ResourceRegistry } from '../registry/resource-registry.js';
import { customResources } from './custom-resource.js';
import { CLEANUP_FINALIZER, findCondition, isConditionTrue, type Definition } from './definition.js';
import { acceptNames, establish, judgeApproval, setCondition } from './definition-status.js';
import type { ConversionTools } from './webhook-conversion.js';

/** What {@link CustomResourceDefinitions} needs of the server that it is part of. */
export interface DefinitionStore {
  /** The definition as it is stored; shared, never changed. */
  get(name: string): Definition | undefined;
  list(): Iterable<Definition>;
  /** Calls `listener` after every write of a definition, before the write returns. */
  onWrite(listener: (name: string) => void): { cancel(): void };
  /** Writes status and finalizers as the server itself. Resolves to false when the definition has changed since it was read, or is gone. */
  writeStatus(definition: Definition): Promise<boolean>;
  /** All stored objects of a resource, in whatever version. */
  listInstances(group: string, plural: string): Iterable<KubeObject>;
  /** Deletes an instance the way a client does: finalizers hold it. */
  deleteInstance(resource: ResourceInfo, object: KubeObject): Promise<void>;
}

export interface CustomResourceDefinitionsOptions {
  readonly store: DefinitionStore;
  readonly registry: ResourceRegistry;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  /** What conversion webhooks are called with. */
  readonly conversion?: ConversionTools;
  /** Ends the watches of a resource that is served no more, or in another form. */
  readonly endWatches?: (resource: ResourceInfo) => void;
}

/** What a definition has put into the registry. */
interface Installed {
  readonly group: string;
  readonly fingerprint: string;
  readonly isTerminating: boolean;
  readonly resources: readonly ResourceInfo[];
}

/** How long a deletion waits for the finalizers of instances before it looks again, in milliseconds. */
const RECHECK_DELAY = 500;
const RETRY_DELAY = 1_000;

/**
 * Keeps the registry equal to the stored definitions and moves definitions on: names accepted, established, and at the end all instances
 * deleted. Every step is a write of its own that calls for the next one, as in the controllers of the real server. Work is done one
 * definition at a time, in scheduler tasks after the write that caused it has returned.
 */
export class CustomResourceDefinitions {
  readonly #waiting = new Set<string>();
  readonly #installed = new Map<string, Installed>();
  readonly #timers = new Map<string, Timer>();
  #draining: Promise<void> | undefined;
  #isScheduled = false;
  #isStopped = true;

  constructor(private readonly options: CustomResourceDefinitionsOptions) {}

  /** Serves what is stored and follows it until `signal` aborts; settles when the step under way has ended. */
  async start(signal: AbortSignal): Promise<void> {
    this.#isStopped = false;
    const subscription = this.options.store.onWrite((name) => this.#enqueue(name));
    for (const definition of this.options.store.list()) {
      this.#install(definition);
      this.#enqueue(nameOf(definition));
    }
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#isStopped = true;
    subscription.cancel();
    this.#waiting.clear();
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    await this.#draining;
  }

  /** Resolves when no step is waiting or under way; those that wait for their time do not count. */
  async settled(): Promise<void> {
    while (this.#isScheduled) {
      await new Promise<void>((resolve) => this.options.scheduler.schedule('custom-resource-definitions', resolve));
      await this.#draining;
    }
  }

  #enqueue(name: string): void {
    if (this.#isStopped) return;
    this.#waiting.add(name);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.size === 0) return;
    this.#isScheduled = true;
    this.options.scheduler.schedule('custom-resource-definitions', () => {
      this.#draining = this.#drain().finally(() => {
        this.#isScheduled = false;
        this.#schedule();
      });
    });
  }

  async #drain(): Promise<void> {
    for (let [name] = this.#waiting; name !== undefined; [name] = this.#waiting) {
      this.#waiting.delete(name);
      try {
        await this.#sync(name);
      } catch (error) {
        this.options.logger.error('definition not brought forward, trying again', { definition: name, error });
        this.#after(RETRY_DELAY, name);
      }
    }
  }

  #after(delay: number, name: string): void {
    this.#timers.get(name)?.cancel();
    if (this.#isStopped) return;
    this.#timers.set(name, this.options.clock.timer(delay, () => {
      this.#timers.delete(name);
      this.#enqueue(name);
    }));
  }

  async #sync(name: string): Promise<void> {
    const { store, clock } = this.options;
    const definition = store.get(name);
    if (definition === undefined) {
      this.#uninstall(name);
      return;
    }
    this.#install(definition);
    if (definition.metadata.deletionTimestamp !== undefined) {
      if (definition.metadata.finalizers?.includes(CLEANUP_FINALIZER)) await this.#cleanUp(definition);
      return;
    }
    const now = clock.now();
    const next = judgeApproval(definition, now) ?? acceptNames(definition, this.#othersOfGroup(definition), now) ?? establish(definition, now);
    if (next === undefined) return;
    const written = await store.writeStatus(next);
    if (!written) this.#enqueue(name);
    else if (next.status?.acceptedNames !== definition.status?.acceptedNames) this.#reconsiderGroup(definition.spec.group, name);
  }

  #othersOfGroup({ spec, metadata }: Definition): Definition[] {
    return [...this.options.store.list()].filter((other) => other.spec.group === spec.group && other.metadata.name !== metadata.name);
  }

  /** Names may have become free for the other definitions of the group. */
  #reconsiderGroup(group: string, except: string): void {
    for (const other of this.options.store.list()) if (other.spec.group === group && nameOf(other) !== except) this.#enqueue(nameOf(other));
  }

  async #cleanUp(definition: Definition): Promise<void> {
    const { store, clock } = this.options;
    const name = nameOf(definition);
    const step = (status: string, reason: string, message: string): Definition => {
      const next = structuredClone(definition);
      setCondition(next, { type: 'Terminating', status, reason, message }, clock.now());
      return next;
    };
    if (findCondition(definition, 'Terminating')?.reason !== 'InstanceDeletionInProgress') {
      const written = await store.writeStatus(step('True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress'));
      if (!written) this.#enqueue(name);
      return;
    }
    let last: Definition;
    if (isConditionTrue(definition, 'Established')) {
      if (await this.#deleteInstances(definition)) {
        this.#after(RECHECK_DELAY, name);
        return;
      }
      last = step('False', 'InstanceDeletionCompleted', 'removed all instances');
    } else {
      last = step('False', 'NeverEstablished', 'resource was never established');
    }
    last.metadata.finalizers = (last.metadata.finalizers ?? []).filter((finalizer) => finalizer !== CLEANUP_FINALIZER);
    if (!(await store.writeStatus(last))) this.#enqueue(name);
  }

  /** @returns whether instances are left, which finalizers hold */
  async #deleteInstances(definition: Definition): Promise<boolean> {
    const { store } = this.options;
    const { group, names } = definition.spec;
    const plural = definition.status?.acceptedNames?.plural ?? names.plural;
    const [resource] = customResources({ ...definition, spec: { ...definition.spec, versions: definition.spec.versions.map((version) => ({ ...version, served: version.storage })) } }, this.options.conversion);
    if (resource === undefined) return false;
    for (const instance of [...store.listInstances(group, plural)]) {
      if (instance.metadata.deletionTimestamp === undefined) await store.deleteInstance(resource, instance);
    }
    return store.listInstances(group, plural)[Symbol.iterator]().next().done !== true;
  }

  #install(definition: Definition): void {
    const { registry } = this.options;
    const name = nameOf(definition);
    const { uid = '', generation = 0 } = definition.metadata;
    const isTerminating = definition.metadata.deletionTimestamp !== undefined;
    const isServed = isConditionTrue(definition, 'NamesAccepted') || isConditionTrue(definition, 'Established');
    const fingerprint = JSON.stringify([uid, generation, definition.status?.acceptedNames, isServed]);
    const before = this.#installed.get(name);
    if (before?.fingerprint === fingerprint && before.isTerminating === isTerminating) return;

    const resources = customResources(definition, this.options.conversion);
    for (const old of before?.resources ?? []) {
      const isKept = resources.some(({ version, plural }) => version === old.version && plural === old.plural);
      if (!isKept) registry.remove(old.group, old.version, old.plural);
      // A deletion alone ends no watch: it is about to tell of the instances that go.
      if (!isKept || before?.fingerprint !== fingerprint) this.options.endWatches?.(old);
    }
    for (const resource of resources) registry.add(resource);
    this.#installed.set(name, { group: definition.spec.group, fingerprint, isTerminating, resources });
  }

  #uninstall(name: string): void {
    const installed = this.#installed.get(name);
    if (installed === undefined) return;
    this.#installed.delete(name);
    for (const resource of installed.resources) {
      this.options.registry.remove(resource.group, resource.version, resource.plural);
      this.options.endWatches?.(resource);
    }
    this.#reconsiderGroup(installed.group, name);
  }
}

function nameOf(definition: Definition): string {
  return definition.metadata.name ?? '';
}
