import { forbidden } from '@kubewright/api';
import type { MatchCondition } from '@kubewright/api/admissionregistration/v1';

import type { AdmissionRequest } from '../admission.js';
import type { ReviewedObjects } from './admission-review.js';
import type { Invocation } from './matching.js';

/** Evaluates conditions, which are CEL expressions. */
export interface ConditionEvaluator {
  /** Whether all conditions hold. @throws Error whose message says which one could not be evaluated, and why */
  holds(conditions: readonly MatchCondition[], request: AdmissionRequest, invocation: Invocation, objects: ReviewedObjects): boolean | Promise<boolean>;
}

/**
 * Whether a webhook is to be called, by its conditions. One that ignores failures is not called when they can not be evaluated.
 * @throws ApiError Forbidden when they can not be evaluated
 */
export async function conditionsHold(evaluator: ConditionEvaluator | undefined, request: AdmissionRequest, invocation: Invocation, objects: ReviewedObjects): Promise<boolean> {
  const { conditions, ignoresFailure, name } = invocation.hook;
  if (conditions.length === 0) return true;
  try {
    if (!evaluator) throw new Error(`this server does not evaluate the matchConditions of admission webhook ${JSON.stringify(name)} yet: remove them, or set its failurePolicy to Ignore`);
    return await evaluator.holds(conditions, request, invocation, objects);
  } catch (error) {
    if (ignoresFailure) return false;
    const { resource } = request;
    throw forbidden({ group: resource.group, resource: resource.plural }, request.name, error instanceof Error ? error.message : String(error));
  }
}
