import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, validatePathSegmentName, type FieldError } from '@kubewright/api';
import type { MutatingAdmissionPolicyBindingSpec, ParamRef, ValidatingAdmissionPolicyBindingSpec } from '@kubewright/api/admissionregistration/v1';

import type { KindRules } from '../builtin-strategy.js';
import { subdomainProblems } from '../names.js';
import { validateSelector } from './field-checks.js';
import { defaultMatchResources, validateMatchResources } from './match-rules.js';
import { specOf } from './workload.js';

type BindingSpec = Partial<ValidatingAdmissionPolicyBindingSpec & MutatingAdmissionPolicyBindingSpec>;

/** ValidatingAdmissionPolicyBinding and MutatingAdmissionPolicyBinding. */
export function admissionPolicyBindingRules(isMutating: boolean): KindRules {
  return {
    hasGeneration: true,
    defaults(object) {
      const { matchResources } = specOf(object) as BindingSpec;
      if (matchResources) defaultMatchResources(matchResources);
    },
    validate(object) {
      const { policyName = '', paramRef, matchResources, validationActions = [] } = specOf(object) as BindingSpec;
      return [
        ...(policyName === '' ? [fieldRequired('spec.policyName')] : subdomainProblems(policyName).map((problem) => fieldInvalid('spec.policyName', policyName, problem))),
        ...(paramRef ? validateParamRef(paramRef, 'spec.paramRef') : []),
        ...(matchResources ? validateMatchResources(matchResources, 'spec.matchResources') : []),
        ...(isMutating ? [] : validateActions(validationActions, 'spec.validationActions')),
      ];
    },
  };
}

const EXCLUSIVE = 'name and selector are mutually exclusive';
const NOT_FOUND_ACTIONS: readonly string[] = ['Deny', 'Allow'];

function validateParamRef({ name = '', selector, parameterNotFoundAction = '' }: ParamRef, at: string): FieldError[] {
  const isBoth = name !== '' && selector !== undefined;
  const errors = name === '' ? [] : validatePathSegmentName(name).map((problem) => fieldInvalid(`${at}.name`, name, problem));
  if (isBoth) errors.push(fieldForbidden(`${at}.name`, EXCLUSIVE));
  if (selector) errors.push(...validateSelector(selector, `${at}.selector`));
  if (isBoth) errors.push(fieldForbidden(`${at}.selector`, EXCLUSIVE));
  if (name === '' && !selector) errors.push(fieldRequired(at, 'one of name or selector must be specified'));
  if (parameterNotFoundAction === '') errors.push(fieldRequired(`${at}.parameterNotFoundAction`));
  else if (!NOT_FOUND_ACTIONS.includes(parameterNotFoundAction)) errors.push(fieldNotSupported(`${at}.parameterNotFoundAction`, parameterNotFoundAction, NOT_FOUND_ACTIONS));
  return errors;
}

const ACTIONS: readonly string[] = ['Audit', 'Deny', 'Warn'];

function validateActions(actions: readonly string[], at: string): FieldError[] {
  if (actions.length === 0) return [fieldRequired(at, 'at least one validation action is required')];
  const seen = new Set<string>();
  const errors = actions.flatMap((action, index) => {
    const found = ACTIONS.includes(action) ? [] : [fieldNotSupported(`${at}[${index}]`, action, ACTIONS)];
    if (seen.has(action)) found.push(fieldDuplicate(`${at}[${index}]`, action));
    seen.add(action);
    return found;
  });
  if (!seen.has('Deny') || !seen.has('Warn')) return errors;
  const detail = 'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)';
  return [...errors, fieldInvalid(at, actions, detail)];
}
