import type { ClusterConnection } from './cluster.js';

/** Where a provider announces clusters. */
export interface ClusterRegistry {
  /** Begins to look after a cluster; resolves when every controller hears of it. @throws KubewrightError KW_CLUSTER when the name is taken */
  engage(name: string, connection: ClusterConnection): Promise<void>;
  /** Stops looking after it; resolves when nothing acts on it any more. One that is not engaged is nothing to do. */
  disengage(name: string): Promise<void>;
  /** Names of the clusters that are engaged. */
  readonly engaged: readonly string[];
}

/** Knows which clusters there are: a list, a fleet's API, Secrets with kubeconfigs. It engages and disengages as they come and go. */
export interface ClusterProvider {
  readonly name: string;
  /** Runs until the signal aborts. A rejection stops the manager. */
  run(registry: ClusterRegistry, signal: AbortSignal): Promise<void>;
}

/** Clusters that are known beforehand and stay. */
export function staticClusters(connections: Readonly<Record<string, ClusterConnection>>): ClusterProvider {
  return {
    name: 'static clusters',
    async run(registry, signal) {
      for (const [name, connection] of Object.entries(connections)) await registry.engage(name, connection);
      if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    },
  };
}
