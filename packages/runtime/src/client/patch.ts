import type { JsonPatchOperation } from '@kubewright/api';

/** A change of an object, in one of the forms that API servers understand. Make one with {@link jsonPatch}, {@link mergePatch} or {@link mergeFrom}. */
export type Patch =
  | { readonly type: 'json'; readonly operations: readonly JsonPatchOperation[] }
  | { readonly type: 'merge'; readonly body: object }
  | { readonly type: 'strategic'; readonly body: object }
  /** The difference between `base` and `changed`, taken when it is sent; nothing is sent when there is none. */
  | { readonly type: 'merge-from'; readonly base: object; readonly changed: object; readonly optimisticLock: boolean };
