import { isNotFound, type KindRef, type KubeObject } from '@kubewright/api';

import { hasCode } from '../errors/kubewright-error.js';
import type { DeepReadonly } from '../event/entry.js';
import type { ReconcileContext, Reconciler } from './reconciler.js';
import type { Request } from './request.js';
import type { Result } from './result.js';

/** A reconciler that is handed the object instead of its name. */
export interface ObjectReconciler<T = KubeObject> {
  /**
   * @param object as the cache has it, readonly; `metadata.deletionTimestamp` is set while finalizers hold it, unless there is a `cleanup`, which
   * is called then. An object that is gone by the time its turn comes is not reconciled: its dependents are the garbage collector's, and what
   * lies outside needs `cleanup`.
   */
  reconcileObject(object: DeepReadonly<T>, context: ReconcileContext): Promise<Result | void>;

  /**
   * Undoes what the garbage collector does not: buckets, DNS records, accounts. Its presence puts a finalizer on every object before its first
   * reconcile; the finalizer goes when this resolves. Throw to be called again with back-off; return `requeueAfter` while it is not done yet.
   * It must be idempotent, and content with finding nothing.
   */
  cleanup?(object: DeepReadonly<T>, context: ReconcileContext): Promise<Result | void>;
}

/** Turns an {@link ObjectReconciler} into a {@link Reconciler}: reads the primary object, and is content when there is none. */
export function objectReconciler<T>(kind: KindRef<T>, reconciler: ObjectReconciler<T & KubeObject>): Reconciler<Request> {
  return {
    async reconcile(request, context) {
      let object: DeepReadonly<T & KubeObject>;
      try {
        object = (await context.client.get(kind as KindRef, request)) as DeepReadonly<T & KubeObject>;
      } catch (error) {
        if (isNotFound(error) || hasLeftTheCache(error, context)) return undefined;
        throw error;
      }
      return reconciler.reconcileObject(object, context);
    },
  };
}

/** Its namespace is not held any more: that is how its end was told. Who asks for one that was never held has made a mistake, and is told. */
function hasLeftTheCache(error: unknown, { causes }: ReconcileContext): boolean {
  return hasCode(error, 'KW_NAMESPACE_NOT_CACHED') && causes.some(({ change }) => change === 'delete');
}

/** Whether a reconciler wants the object; one that has both methods is asked by request. */
export function isObjectReconciler(reconciler: Reconciler | ObjectReconciler<never>): reconciler is ObjectReconciler<never> {
  return !('reconcile' in reconciler) && typeof reconciler.reconcileObject === 'function';
}
