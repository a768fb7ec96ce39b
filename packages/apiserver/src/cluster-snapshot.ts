import { resolve } from 'node:path';

import type { ClusterState } from './storage/cluster-state.js';
import { readStateFile, writeStateFile } from './storage/disk/state-file.js';

/**
 * Everything that a cluster had stored at one moment: all objects, built-in ones and definitions included, with their uids and resourceVersions. Keys and
 * certificates are not in it. It costs a list of references, as objects are shared with the cluster, and it may be put back any number of times.
 */
export class ClusterSnapshot {
  /** @internal */
  constructor(/** @internal */ readonly state: ClusterState) {}

  /** Reads what {@link save} has written, in this process or in another. @throws DataFolderError that names the file and what is wrong */
  static async load(file: string): Promise<ClusterSnapshot> {
    return new ClusterSnapshot(await readStateFile(resolve(file)));
  }

  /** The resourceVersion of the cluster when it was taken. */
  get resourceVersion(): string {
    return String(this.state.revision);
  }

  /** Writes it to a file, which is there when it is whole. @throws DataFolderError */
  async save(file: string): Promise<void> {
    await writeStateFile(resolve(file), this.state);
  }
}
