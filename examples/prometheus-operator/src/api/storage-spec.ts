import type { EmptyDirVolumeSource, EphemeralVolumeSource, PersistentVolumeClaimSpec, PersistentVolumeClaimStatus } from '@kubewright/api/core/v1';

import type { EmbeddedMetadata } from './embedded-metadata.js';

/** Where a workload keeps its data. The first of emptyDir, ephemeral and volumeClaimTemplate that is set counts. */
export interface StorageSpec {
  /**
   * Mounts the root of the volume instead of a folder of it.
   * @deprecated mounting a folder goes away in a later release
   */
  disableMountSubPath?: boolean;
  /** Data that goes with the pod. */
  emptyDir?: EmptyDirVolumeSource;
  /** A claim that goes with the pod. */
  ephemeral?: EphemeralVolumeSource;
  /** A claim for each pod that stays. */
  volumeClaimTemplate?: EmbeddedPersistentVolumeClaim;
}

/** The claim that each pod gets. */
export interface EmbeddedPersistentVolumeClaim {
  /** Group and version of the claim. */
  apiVersion?: string;
  /** Kind of the claim. */
  kind?: string;
  /** Name, labels and annotations of the claim. */
  metadata?: EmbeddedMetadata;
  /** What is claimed. */
  spec?: PersistentVolumeClaimSpec;
  /**
   * Ignored; it is there because a claim has one.
   * @deprecated it has no effect
   */
  status?: PersistentVolumeClaimStatus;
}
