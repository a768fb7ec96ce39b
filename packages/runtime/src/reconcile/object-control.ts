import type { Entry } from '../event/entry.js';
import type { ObjectEvent } from '../event/event.js';
import type { EventSubject } from './event-recorder.js';
import type { Reconciler } from './reconciler.js';
import { requestKey, type Request } from './request.js';

/** `"true"` stops the reconciles, and the cleanup, of one object until it is taken away. For an engineer who has to hold still what an operator would undo. */
export const PAUSED_ANNOTATION = 'kubewright.dev/paused';
/** Any new value makes its object be reconciled at once, past back-off and delays: `kubectl annotate widget a kubewright.dev/reconcile-now="$(date)" --overwrite`. */
export const RECONCILE_NOW_ANNOTATION = 'kubewright.dev/reconcile-now';

/** Whether an object is paused. */
export function isPaused(annotations: Readonly<Record<string, string>> | undefined): boolean {
  return annotations?.[PAUSED_ANNOTATION] === 'true';
}

/** Whether an update is about one of the two annotations: such an update counts, whatever the predicates say. */
export function isControlEvent(event: ObjectEvent): boolean {
  if (event.type !== 'update') return false;
  return [PAUSED_ANNOTATION, RECONCILE_NOW_ANNOTATION].some((name) => event.old.annotations[name] !== event.entry.annotations[name]);
}

/** What {@link controlledByAnnotations} works with. */
export interface ObjectControlOptions {
  /** The primary object as the cache has it, if it has it. */
  readonly entryOf: (request: Request) => Entry | undefined;
  /** For events, of which the object's kind is part. */
  readonly subjectOf: (entry: Entry) => EventSubject;
}

/**
 * Obeys the two annotations. What a pause and its end, and a demand for a reconcile, lead to is told by an Event of the object, once each; the
 * object itself is not written. After a restart the pause of an object is told once more.
 */
export function controlledByAnnotations(reconciler: Reconciler, options: ObjectControlOptions): Reconciler {
  const { entryOf, subjectOf } = options;
  const paused = new Set<string>();
  const asked = new Map<string, string>();
  return {
    async reconcile(request, context) {
      const key = requestKey(request);
      const entry = entryOf(request);
      const demand = entry?.annotations[RECONCILE_NOW_ANNOTATION];
      const isKnown = asked.get(key) === demand;
      if (demand === undefined) asked.delete(key);
      else asked.set(key, demand);
      if (entry && isPaused(entry.annotations)) {
        if (!paused.has(key)) context.recorder.event(subjectOf(entry), 'Normal', 'ReconcilePaused', 'Pause', `Not reconciled while the annotation ${PAUSED_ANNOTATION} is "true"`);
        paused.add(key);
        return undefined;
      }
      if (paused.delete(key) && entry) context.recorder.event(subjectOf(entry), 'Normal', 'ReconcileResumed', 'Resume', 'Reconciled again');
      if (entry && demand !== undefined && !isKnown && context.causes.some(({ change }) => change === 'update')) {
        context.recorder.event(subjectOf(entry), 'Normal', 'ReconcileRequested', 'Reconcile', `Reconciled because the annotation ${RECONCILE_NOW_ANNOTATION} was set`);
      }
      return reconciler.reconcile(request, context);
    },
  };
}
