import type { ApiServer, RestartOptions } from './api-server.js';
import type { OpenWatch } from './handlers/open-watches.js';

/** What goes wrong in real clusters, on demand, for tests of those who must live with it. */
export interface ClusterFaults {
  /**
   * Breaks open watches off, as connections that are lost: events on their way are lost with them, and clients go on from what they have seen.
   * @param which those to cut: `({ plural }) => plural === 'widgets'`, or `() => random.float() < 0.3`. @default all
   * @returns how many were cut
   */
  cutWatches(which?: (watch: OpenWatch) => boolean): number;
  /**
   * The API server goes away and comes back on the same port with the same objects: for `hang` milliseconds it carries requests out and answers
   * none, then connections break in the middle of what they carry, new ones are refused for `downtime` milliseconds, and watches from before are
   * answered with 410, so that clients list again. A write without an answer may have been stored; none is stored after this resolves.
   * @throws Error when a restart is under way, or the cluster is stopped during it
   */
  restartApi(options?: RestartOptions): Promise<void>;
}

/** The faults of a server. */
export function faultsOf(server: ApiServer): ClusterFaults {
  return { cutWatches: (which) => server.cutWatches(which), restartApi: (options) => server.restart(options) };
}
