import type { KubeObject } from '@kubewright/api';

/** One state of one object. Versions of an object form a chain, newest first, as far back as the log reaches. */
export interface Version {
  readonly revision: number;
  /** `namespace/name`, or the name alone of cluster-scoped objects. */
  readonly key: string;
  /** What is stored; of a deleted object its last state under the revision of the deletion. */
  readonly object: KubeObject;
  readonly deleted: boolean;
  /** Whether the object was not there before. */
  readonly created: boolean;
  /** Cut off when the log is compacted past this version. */
  previous: Version | undefined;
  /** When it was written, in milliseconds since the epoch. */
  readonly time: number;
  /** Watch frames made of this version, by form; an event is encoded once however many watch. */
  frames?: Map<string, Uint8Array>;
}

/** What an event of this version is to somebody who sees every object. */
export function eventType(version: Version): 'ADDED' | 'MODIFIED' | 'DELETED' {
  if (version.deleted) return 'DELETED';
  return version.created ? 'ADDED' : 'MODIFIED';
}

/** The version that was current at `revision`; undefined when the object was not there. */
export function versionAt(newest: Version, revision: number): Version | undefined {
  let version: Version | undefined = newest;
  while (version && version.revision > revision) version = version.previous;
  return version && !version.deleted ? version : undefined;
}
