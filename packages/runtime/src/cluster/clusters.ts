/**
 * @module cluster: several clusters in one manager. cluster-provider.ts says which there are, clusters.ts (this file) keeps those that are engaged,
 * cluster.ts is one of them, cluster-source.ts and cluster-controller.ts let a controller hear of all. A request carries the name of its cluster;
 * caches, clients and watches are each cluster's own, so that one that does not answer holds up no other.
 */
import { setMaxListeners } from 'node:events';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { Manager } from '../manager/manager.js';
import type { Runnable } from '../manager/runnable.js';
import { Cluster, type ClusterConnection } from './cluster.js';
import type { ClusterProvider, ClusterRegistry } from './cluster-provider.js';

/** Hears of clusters. */
export interface ClusterListener {
  /** A cluster is engaged, or was already. Its cache runs. What it returns is waited for when the cluster is disengaged. */
  engaged(cluster: Cluster): void;
  /** Nothing of the cluster may be acted on any more; resolves when nothing is. */
  disengaged(cluster: Cluster): Promise<void>;
}

interface Engagement {
  readonly cluster: Cluster;
  readonly ended: Promise<void>;
}

/**
 * The clusters that a manager looks after beside its own, which is where its leader is elected and its events are written.
 *
 * @example
 * const clusters = addClusters(manager, staticClusters({ east: { config: east }, west: { config: west } }));
 */
export class Clusters implements ClusterRegistry, Runnable {
  readonly name: string;
  readonly needsLeaderElection = false;
  readonly #engaged = new Map<string, Engagement>();
  readonly #leaving = new Map<string, Promise<void>>();
  readonly #listeners = new Set<ClusterListener>();
  #isRunning = false;

  /** Use {@link addClusters}. */
  constructor(private readonly manager: Manager, private readonly provider: ClusterProvider) {
    this.name = `clusters of ${provider.name}`;
  }

  get engaged(): readonly string[] {
    return [...this.#engaged.keys()];
  }

  /** A cluster that is engaged. @throws KubewrightError KW_CLUSTER */
  get(name: string): Cluster {
    const engagement = this.#engaged.get(name);
    if (!engagement) throw new KubewrightError('KW_CLUSTER', `cluster ${name} is not engaged`);
    return engagement.cluster;
  }

  /** Whether a cluster is engaged. */
  has(name: string): boolean {
    return this.#engaged.has(name);
  }

  async engage(name: string, connection: ClusterConnection): Promise<void> {
    if (!name || name.includes('/')) throw new KubewrightError('KW_CLUSTER', `cluster "${name}": a name has at least one character and no "/"`);
    if (!this.#isRunning) throw new KubewrightError('KW_CLUSTER', `cluster ${name}: the manager does not run`);
    if (this.#engaged.has(name)) throw new KubewrightError('KW_CLUSTER', `cluster ${name} is engaged already`, { hint: 'Disengage it first: a connection is never exchanged under way.' });
    await this.#leaving.get(name);
    const { clock, random, log, metrics, dryRun } = this.manager;
    const refusal = (): Error | undefined => this.manager.writeRefusal(`write to cluster ${name}`);
    const cluster = new Cluster(name, connection, { fieldOwner: this.manager.name, clock, random, log, metrics, refusal, dryRun });
    setMaxListeners(0, cluster.signal);
    this.#engaged.set(name, { cluster, ended: cluster.run() });
    log.info('cluster engaged', { cluster: name });
    for (const listener of this.#listeners) listener.engaged(cluster);
  }

  disengage(name: string): Promise<void> {
    const engagement = this.#engaged.get(name);
    if (!engagement) return this.#leaving.get(name) ?? Promise.resolve();
    this.#engaged.delete(name);
    const leaving = this.#end(engagement).finally(() => this.#leaving.delete(name));
    this.#leaving.set(name, leaving);
    return leaving;
  }

  /** Tells of every cluster, of those that are engaged already at once. Returns what ends it. */
  listen(listener: ClusterListener): () => void {
    this.#listeners.add(listener);
    for (const { cluster } of this.#engaged.values()) listener.engaged(cluster);
    return () => this.#listeners.delete(listener);
  }

  /** Runs the provider; in the end every cluster is disengaged. */
  async start(signal: AbortSignal): Promise<void> {
    this.#isRunning = true;
    try {
      await this.provider.run(this, signal);
      if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    } finally {
      this.#isRunning = false;
      await Promise.all([...this.engaged.map((name) => this.disengage(name)), ...this.#leaving.values()]);
    }
  }

  async #end({ cluster, ended }: Engagement): Promise<void> {
    cluster.stop(new KubewrightError('KW_CLUSTER', `cluster ${cluster.name} was disengaged`));
    await Promise.all(Array.from(this.#listeners, (listener) => listener.disengaged(cluster)));
    await ended;
    this.manager.log.info('cluster disengaged', { cluster: cluster.name });
  }
}

/** Lets a manager look after the clusters that a provider knows. */
export function addClusters(manager: Manager, provider: ClusterProvider): Clusters {
  const clusters = new Clusters(manager, provider);
  manager.add(clusters);
  return clusters;
}
