import type { KindRef, KubeObject } from '@kubewright/api';

import type { DeepReadonly } from '../event/entry.js';
import type { ObjectReconciler } from '../reconcile/object-reconciler.js';
import { addFinalizer, checkFinalizerName, hasFinalizer, removeFinalizer } from './finalizer.js';

/** What {@link withCleanup} works with. */
export interface CleanupOptions {
  readonly kind: KindRef<never> | KindRef;
  /** The name of the finalizer: part of the API from the first object that carries it. */
  readonly finalizer: string;
}

/**
 * Puts `cleanup` behind a finalizer: an object gets it before it is reconciled for the first time, and loses it when `cleanup` has said that
 * all is done. While an object is being deleted `cleanup` is called in place of `reconcileObject`, again after each failure and each
 * `requeueAfter`; one that does not carry the finalizer (any more) is left alone.
 *
 * @throws KubewrightError KW_INVALID_OPTIONS for a finalizer without a domain
 */
export function withCleanup(options: CleanupOptions, reconciler: ObjectReconciler & Required<Pick<ObjectReconciler, 'cleanup'>>): ObjectReconciler {
  const { kind, finalizer } = options;
  checkFinalizerName(finalizer);
  return {
    async reconcileObject(object, context) {
      if (object.metadata.deletionTimestamp === undefined) {
        const guarded = hasFinalizer(object, finalizer) ? object : ((await addFinalizer(context.client, kind, object as never, finalizer)) as DeepReadonly<KubeObject>);
        // It may have been deleted meanwhile, and then it carries no finalizer of ours: there is nothing to make that nobody would clean up.
        return hasFinalizer(guarded, finalizer) ? reconciler.reconcileObject(guarded, context) : undefined;
      }
      if (!hasFinalizer(object, finalizer)) return undefined;
      const result = await reconciler.cleanup(object, context);
      if (result?.requeueAfter !== undefined && result.requeueAfter > 0) return result;
      context.log.debug('cleaned up', { finalizer });
      await removeFinalizer(context.client, kind, object as never, finalizer);
      return undefined;
    },
  };
}
