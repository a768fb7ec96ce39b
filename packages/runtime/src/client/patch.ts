import { createMergePatch, encodeJson, type JsonPatchOperation, type KubeObject } from '@kubewright/api';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { DeepReadonly } from '../event/entry.js';

/** A change of an object, in one of the forms that API servers understand. Make one with {@link jsonPatch}, {@link mergePatch}, {@link strategicMergePatch} or {@link mergeFrom}. */
export type Patch =
  | { readonly type: 'json'; readonly operations: readonly JsonPatchOperation[] }
  | { readonly type: 'merge'; readonly body: object }
  | { readonly type: 'strategic'; readonly body: object }
  /** The difference between `base` and `changed`, taken when it is sent; nothing is sent when there is none. */
  | { readonly type: 'merge-from'; readonly base: object; readonly changed: object; readonly optimisticLock: boolean };

/** Operations in order (RFC 6902). `test` operations guard the others. */
export function jsonPatch(operations: readonly JsonPatchOperation[]): Patch {
  return { type: 'json', operations };
}

/** A part of the object that is laid over it (RFC 7386): null removes a field, a list replaces the whole list. */
export function mergePatch(body: object): Patch {
  return { type: 'merge', body };
}

/** Like a merge patch, but lists are merged by their keys. The server refuses it for custom resources. */
export function strategicMergePatch(body: object): Patch {
  return { type: 'strategic', body };
}

/** How {@link mergeFrom} behaves. */
export interface MergeFromOptions {
  /** Fails with a conflict when the stored object is no longer the version of `base`. Wanted whenever a list is changed. @default false */
  readonly optimisticLock?: boolean;
}

/**
 * The merge patch that makes `changed` out of `base`. Take `base` from a read and `changed` from its {@link mutableCopy}.
 *
 * @throws KubewrightError KW_INVALID_ARGUMENT for an optimistic lock on a base without resourceVersion
 */
export function mergeFrom<T extends DeepReadonly<KubeObject>>(base: T, changed: T, options: MergeFromOptions = {}): Patch {
  const optimisticLock = options.optimisticLock ?? false;
  if (optimisticLock && !base.metadata.resourceVersion) {
    throw new KubewrightError('KW_INVALID_ARGUMENT', `mergeFrom ${base.kind ?? 'object'} ${base.metadata.name ?? ''}: an optimistic lock needs a base with metadata.resourceVersion`, {
      hint: 'Pass the object as it was read as `base`.',
    });
  }
  return { type: 'merge-from', base, changed, optimisticLock };
}

/** What is sent for a patch; undefined when there is nothing to change. */
export function encodePatch(patch: Patch): { readonly contentType: string; readonly body: Uint8Array } | undefined {
  switch (patch.type) {
    case 'json':
      return encoded('application/json-patch+json', patch.operations);
    case 'merge':
      return encoded('application/merge-patch+json', patch.body);
    case 'strategic':
      return encoded('application/strategic-merge-patch+json', patch.body);
    case 'merge-from': {
      const difference = createMergePatch(patch.base, patch.changed) as { metadata?: object } | undefined;
      if (difference === undefined) return undefined;
      const { resourceVersion } = (patch.base as KubeObject).metadata;
      return encoded('application/merge-patch+json', patch.optimisticLock ? { ...difference, metadata: { ...difference.metadata, resourceVersion } } : difference);
    }
  }
}

function encoded(contentType: string, value: unknown): { readonly contentType: string; readonly body: Uint8Array } {
  return { contentType, body: Buffer.from(encodeJson(value)) };
}
