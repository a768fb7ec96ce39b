import { fieldDuplicate, fieldInvalid, fieldRequired, fieldTooMany, type FieldError } from '@kubewright/api';
import type { MatchCondition } from '@kubewright/api/admissionregistration/v1';

import { admissionEnvironment } from '../../expressions/admission-environment.js';
import { BOOL, compileExpression } from '../../expressions/compiled-expression.js';
import { qualifiedNameProblems } from '../names.js';

const MOST_CONDITIONS = 64;

/** Problems of the conditions of a webhook or a policy, among them those of their expressions. @param hasParams whether there is `params` */
export function validateConditions(conditions: readonly MatchCondition[], at: string, hasParams = false): FieldError[] {
  const errors: FieldError[] = conditions.length > MOST_CONDITIONS ? [fieldTooMany(at, conditions.length, MOST_CONDITIONS)] : [];
  const names = new Set<string>();
  conditions.forEach(({ name, expression = '' }, index) => {
    errors.push(...validateExpression(expression.trim(), `${at}[${index}].expression`, hasParams));
    if (!name) {
      errors.push(fieldRequired(`${at}[${index}].name`));
      return;
    }
    errors.push(...qualifiedNameProblems(name).map((problem) => fieldInvalid(`${at}[${index}].name`, name, problem)));
    if (names.has(name)) errors.push(fieldDuplicate(`${at}[${index}].name`, name));
    names.add(name);
  });
  return errors;
}

function validateExpression(expression: string, at: string, hasParams: boolean): FieldError[] {
  if (expression === '') return [fieldRequired(at)];
  const { problem } = compileExpression(expression, admissionEnvironment({ params: hasParams, authorizer: true }), BOOL);
  return problem === undefined ? [] : [fieldInvalid(at, expression, problem)];
}
