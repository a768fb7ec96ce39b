import type { Validation } from '@kubewright/api/admissionregistration/v1';
import type { Value } from '@kubewright/cel';

import { BOOL, type CompiledExpression } from '../../expressions/compiled-expression.js';
import { Composition } from '../../expressions/composition.js';
import { Activation, type Subject } from '../cel/activation.js';
import { allHold } from '../cel/conditions.js';
import { BudgetExhausted, Evaluator, POLICY_BUDGET, type Outcome } from '../cel/evaluator.js';
import type { PolicySpec } from './policy-source.js';

/** The expressions of a ValidatingAdmissionPolicy. */
export interface CompiledValidations {
  readonly variables: Composition['variables'];
  readonly conditions: readonly CompiledExpression[];
  readonly validations: readonly { readonly validation: Validation; readonly condition: CompiledExpression; readonly message: CompiledExpression | undefined }[];
  readonly annotations: readonly { readonly key: string; readonly value: CompiledExpression }[];
}

export function compileValidations({ paramKind, variables = [], matchConditions = [], validations = [], auditAnnotations = [] }: PolicySpec): CompiledValidations {
  const composition = new Composition(paramKind !== undefined, variables.length > 0);
  for (const { name, expression } of variables) composition.addVariable(name, expression);
  return {
    variables: composition.variables,
    conditions: matchConditions.map(({ expression }) => composition.compile(expression, BOOL)),
    validations: validations.map((validation) => ({
      validation,
      condition: composition.compile(validation.expression, BOOL),
      message: validation.messageExpression ? composition.compile(validation.messageExpression, ['string'], { authorizer: false }) : undefined,
    })),
    annotations: auditAnnotations.map(({ key, valueExpression }) => ({ key, value: composition.compile(valueExpression.trim(), ['string', 'null_type']) })),
  };
}

/** Why a policy is against a request. */
export interface Objection {
  readonly message: string;
  /** @default Invalid */
  readonly reason?: string;
  /** Whether it is told whatever the binding's actions are: what an audit annotation came to. */
  readonly isUnconditional?: boolean;
}

/** Evaluates a policy for one set of parameters. Where an expression can not be evaluated, the failure policy decides. */
export function objections(compiled: CompiledValidations, ignoresFailure: boolean, subject: Subject): Objection[] {
  const failed = (message: string, isUnconditional = false): Objection[] => (ignoresFailure ? [] : [{ message, ...(isUnconditional && { isUnconditional }) }]);
  try {
    const { resource } = subject.request;
    const isConcerned = compiled.conditions.length === 0
      || allHold(compiled.conditions, new Activation({ ...subject, match: { ...subject.match, resource }, namespaceObject: undefined }, compiled.variables));
    if (!isConcerned) return [];
  } catch (error) {
    return failed(messageOf(error));
  }
  try {
    const evaluator = new Evaluator(new Activation(subject, compiled.variables), POLICY_BUDGET);
    const outcomes = compiled.validations.map(({ condition }) => evaluator.run(condition));
    const messages = evaluateMessages(compiled, outcomes, subject, evaluator.remaining);
    const found = compiled.validations.flatMap(({ validation }, index): Objection[] => {
      const { value, error } = outcomes[index]!;
      if (error !== undefined) return failed(error);
      if (value === true) return [];
      if (messages instanceof BudgetExhausted) return failed(`failed messageExpression: ${messages.message}`);
      return [{ message: failureText(validation, messages[index]), ...(validation.reason && { reason: validation.reason }) }];
    });
    return [...found, ...evaluateAnnotations(compiled, subject).flatMap((error) => failed(error, true))];
  } catch (error) {
    if (error instanceof BudgetExhausted) return failed(error.message);
    throw error;
  }
}

/** Messages are computed only where something is refused. They are told nothing of who may do what. */
function evaluateMessages({ validations, variables }: CompiledValidations, outcomes: readonly Outcome[], subject: Subject, budget: number): (Outcome | undefined)[] | BudgetExhausted {
  const evaluator = new Evaluator(new Activation(subject, variables), budget);
  try {
    return validations.map(({ message }, index) => (message && outcomes[index]!.value === false ? evaluator.run(message) : undefined));
  } catch (error) {
    if (error instanceof BudgetExhausted) return error;
    throw error;
  }
}

const LONGEST_MESSAGE = 5 * 1024;

function failureText({ message = '', expression }: Validation, computed: Outcome | undefined): string {
  return usable(computed?.value) || message.trim() || `failed expression: ${expression.trim()}`;
}

function usable(value: Value | undefined): string {
  if (typeof value !== 'string') return '';
  const text = value.trim();
  return Buffer.byteLength(text) > LONGEST_MESSAGE || text.includes('\n') ? '' : text;
}

/** There is no audit log to write them to; what goes wrong counts as anything else that does. @throws BudgetExhausted */
function evaluateAnnotations({ annotations, variables }: CompiledValidations, subject: Subject): string[] {
  if (annotations.length === 0) return [];
  const evaluator = new Evaluator(new Activation(subject, variables), POLICY_BUDGET);
  return annotations.flatMap(({ value }) => {
    const { error } = evaluator.run(value);
    return error === undefined ? [] : [error];
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
