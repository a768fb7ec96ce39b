import type { MatchCondition } from '@kubewright/api/admissionregistration/v1';

import type { Authorizer } from '../../authz/authorizer.js';
import { admissionEnvironment } from '../../expressions/admission-environment.js';
import { BOOL, compileExpression, type CompiledExpression } from '../../expressions/compiled-expression.js';
import type { ConditionEvaluator } from '../webhook/match-conditions.js';
import { Activation } from './activation.js';
import { CONDITIONS_BUDGET, Evaluator } from './evaluator.js';

/**
 * Whether all conditions hold. One that is false decides, even where others fail.
 * @throws Error that says why it can not be told
 */
export function allHold(conditions: readonly CompiledExpression[], activation: Activation): boolean {
  const evaluator = new Evaluator(activation, CONDITIONS_BUDGET);
  const outcomes = conditions.map((condition) => evaluator.run(condition));
  if (outcomes.some(({ value }) => value === false)) return false;
  const errors = [...new Set(outcomes.flatMap(({ error }) => (error === undefined ? [] : [error])))];
  if (errors.length > 0) throw new Error(errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`);
  return true;
}

/** Evaluates the conditions of webhooks. */
export function webhookConditions(authorizer: Authorizer): ConditionEvaluator {
  // Stored configurations never change, so that what was compiled holds as long as they are stored.
  const compiled = new WeakMap<readonly MatchCondition[], readonly CompiledExpression[]>();
  return {
    holds(conditions, request, match, objects) {
      let expressions = compiled.get(conditions);
      if (!expressions) {
        const environment = admissionEnvironment({ authorizer: true });
        compiled.set(conditions, (expressions = conditions.map(({ expression }) => compileExpression(expression, environment, BOOL))));
      }
      return allHold(expressions, new Activation({ request, match, objects, authorizer }));
    },
  };
}
