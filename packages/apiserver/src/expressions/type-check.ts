import type { ExpressionWarning, ValidatingAdmissionPolicySpec } from '@kubewright/api/admissionregistration/v1';
import { explain, compile, type Type } from '@kubewright/cel';

import { Composition } from './composition.js';

/** A kind that a policy is about. */
export interface CheckedKind {
  /** `apps/v1, Kind=Deployment` */
  readonly name: string;
  readonly type: Type;
}

/** What is wrong with a policy's expressions when `object` is of the kinds that it is about: fields that there are not, types that do not fit. */
export function typeWarnings(spec: ValidatingAdmissionPolicySpec, kinds: readonly CheckedKind[], params?: Type): ExpressionWarning[] {
  return (spec.validations ?? []).flatMap(({ expression, messageExpression }, index) => [
    ...warningOf(`spec.validations[${index}].expression`, expression, spec, kinds, params),
    ...(messageExpression ? warningOf(`spec.validations[${index}].messageExpression`, messageExpression, spec, kinds, params) : []),
  ]);
}

function warningOf(fieldRef: string, expression: string, { variables = [], paramKind }: ValidatingAdmissionPolicySpec, kinds: readonly CheckedKind[], params: Type | undefined): ExpressionWarning[] {
  const problems = kinds.flatMap(({ name, type }) => {
    const composition = new Composition(paramKind !== undefined, true, { object: type, oldObject: type, ...(paramKind && params && { params }) });
    for (const variable of variables) composition.addVariable(variable.name, variable.expression);
    const environment = composition.environment();
    const problem = explain(expression, compile(expression, environment));
    return problem === undefined ? [] : [`${name}: ${problem}\n`];
  });
  return problems.length === 0 ? [] : [{ fieldRef, warning: problems.join('\n') }];
}
