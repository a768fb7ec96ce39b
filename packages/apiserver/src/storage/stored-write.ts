import type { KubeObject } from '@kubewright/api';

/** One write as it is kept. */
export interface StoredWrite {
  readonly revision: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly group: string;
  readonly plural: string;
  /** `namespace/name`, or the name alone of cluster-scoped objects. */
  readonly key: string;
  readonly deleted: boolean;
  /** Of a deleted object its last state. */
  readonly object: KubeObject;
}

/** Keeps writes where they outlive the process. */
export interface WriteLog {
  /** Takes the next write, in the turn in which it is made. It is kept when {@link settle} has resolved. */
  append(write: StoredWrite): void;
  /** The revision was moved on without a write. */
  advance(revision: number): void;
  /** @throws when writes can not be kept at the moment; nothing may be written then */
  throwIfBroken(): void;
  /** Undefined when everything that was appended is kept, else resolves when it is. Rejects when it can not be kept. */
  settle(): Promise<void> | undefined;
}
