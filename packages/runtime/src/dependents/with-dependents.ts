import type { KubeObject } from '@kubewright/api';

import type { DeepReadonly } from '../event/entry.js';
import type { DependentsReport } from '../reconcile/dependents-report.js';
import type { ObjectReconciler } from '../reconcile/object-reconciler.js';
import type { ReconcileContext } from '../reconcile/reconciler.js';
import type { Result } from '../reconcile/result.js';
import type { Workflow } from './workflow.js';

/** While children that are on their way out give no sign, look again after this long (ms): their end is an event, and wakes earlier. */
const LOOK_AGAIN = 30_000;

/** How a workflow and a reconciler share an object. */
export interface WithDependentsOptions {
  /** Whether the children are taken down in order before the object goes, instead of all at once by the garbage collector. */
  readonly orderedDeletion: boolean;
}

/**
 * Lets a workflow look after an object's children, then the reconciler after the rest: it finds in `context.dependents` how the children stand,
 * and is called whether or not all of it went well, so that it can report. What failed is thrown afterwards. While the object is being deleted
 * its children are the garbage collector's, or, in order, go before `cleanup` is called.
 */
export function withDependents(workflow: Workflow, reconciler: Partial<ObjectReconciler>, options: WithDependentsOptions): ObjectReconciler {
  const reconcileObject = async (object: DeepReadonly<KubeObject>, context: ReconcileContext): Promise<Result | void> => {
    if (object.metadata.deletionTimestamp !== undefined) return reconciler.reconcileObject?.(object, context);
    const dependents = await workflow.reconcile(object, context);
    const result = await reconciler.reconcileObject?.(object, { ...context, dependents });
    throwFailures(dependents);
    return result;
  };
  const cleanup = async (object: DeepReadonly<KubeObject>, context: ReconcileContext): Promise<Result | void> => {
    if (!options.orderedDeletion) return reconciler.cleanup?.(object, context);
    const dependents = await workflow.cleanUp(object, context);
    throwFailures(dependents);
    return dependents.isReady ? reconciler.cleanup?.(object, { ...context, dependents }) : { requeueAfter: LOOK_AGAIN };
  };
  return reconciler.cleanup || options.orderedDeletion ? { reconcileObject, cleanup } : { reconcileObject };
}

/** One failure as it is, so that its retry class and its kind are seen; several in one error. */
function throwFailures({ byName }: DependentsReport): void {
  const failed = [...byName.values()].filter(({ state }) => state === 'failed');
  if (failed.length === 0) return;
  const names = failed.map(({ name }) => name).join(', ');
  throw new AggregateError(failed.map(({ error }) => error), `dependents failed: ${names}: ${failed.map(({ error }) => (error instanceof Error ? error.message : String(error))).join('; ')}`);
}
