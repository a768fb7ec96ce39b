import type { FieldError } from '@kubewright/api';

import type { Fields, KindRules } from '../builtin-strategy.js';
import { pathSegmentProblems, subdomainProblems } from '../names.js';
import { invalidValue } from '../object-meta.js';
import { notSupported, required, validateSelector } from './field-checks.js';
import { isFields, listOf } from './pod-spec-defaults.js';

const GROUP = 'rbac.authorization.k8s.io';

/** Role and ClusterRole. */
export function roleRules(isNamespaced: boolean): KindRules {
  return {
    allowCreateOnUpdate: true,
    validateName: pathSegmentProblems,
    validate: (object) => [
      ...listOf(object.rules).flatMap((rule, index) => validateRule(rule, `rules[${index}]`, isNamespaced)),
      ...(isFields(object.aggregationRule) ? validateAggregation(listOf(object.aggregationRule.clusterRoleSelectors)) : []),
    ],
  };
}

function validateAggregation(selectors: readonly Rule[]): FieldError[] {
  const at = 'aggregationRule.clusterRoleSelectors';
  if (selectors.length === 0) return [required(at, 'at least one clusterRoleSelector required if aggregationRule is non-nil')];
  return selectors.flatMap((selector, index) => {
    const problems = validateSelector(selector, `${at}[${index}]`);
    return problems.length === 0 ? [] : [...problems, { type: 'FieldValueInvalid' as const, field: `${at}[${index}]`, message: 'Invalid value: null: invalid label selector.' }];
  });
}

/** RoleBinding and ClusterRoleBinding: for one role for ever. */
export function bindingRules(isNamespaced: boolean): KindRules {
  const validate = (object: Fields): FieldError[] => [
    ...validateRoleRef(isFields(object.roleRef) ? object.roleRef : {}, isNamespaced),
    ...listOf(object.subjects).flatMap((subject, index) => validateSubject(subject, `subjects[${index}]`, isNamespaced)),
  ];
  return {
    allowCreateOnUpdate: true,
    validateName: pathSegmentProblems,
    defaults(object) {
      if (isFields(object.roleRef)) object.roleRef.apiGroup ||= GROUP;
      for (const subject of listOf(object.subjects)) {
        if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= GROUP;
      }
    },
    validate,
    validateUpdate(object, old) {
      const [next, before] = [object.roleRef, old.roleRef] as Fields[];
      const isSame = ['apiGroup', 'kind', 'name'].every((field) => next?.[field] === before?.[field]);
      const shown = { APIGroup: next?.apiGroup, Kind: next?.kind, Name: next?.name };
      return [...(isSame ? [] : [invalidValue('roleRef', shown, 'cannot change roleRef')]), ...validate(object)];
    },
  };
}

type Rule = Record<string, unknown>;

function validateRule(rule: Rule, at: string, isNamespaced: boolean): FieldError[] {
  const has = (field: string): boolean => Array.isArray(rule[field]) && (rule[field] as unknown[]).length > 0;
  const errors: FieldError[] = [];
  if (!has('verbs')) errors.push(required(`${at}.verbs`, 'verbs must contain at least one value'));
  if (has('nonResourceURLs')) {
    if (isNamespaced) errors.push(invalidValue(`${at}.nonResourceURLs`, rule.nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'));
    if (has('apiGroups') || has('resources') || has('resourceNames')) {
      errors.push(invalidValue(`${at}.nonResourceURLs`, rule.nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs'));
    }
    return errors;
  }
  if (!has('apiGroups')) errors.push(required(`${at}.apiGroups`, 'resource rules must supply at least one api group'));
  if (!has('resources')) errors.push(required(`${at}.resources`, 'resource rules must supply at least one resource'));
  return errors;
}

function validateRoleRef(ref: Rule, isNamespaced: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const kinds = isNamespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (ref.apiGroup !== GROUP) errors.push(notSupported('roleRef.apiGroup', ref.apiGroup ?? '', [GROUP]));
  if (!kinds.includes(String(ref.kind))) errors.push(notSupported('roleRef.kind', ref.kind ?? '', kinds));
  const name = String(ref.name ?? '');
  if (name === '') errors.push(required('roleRef.name'));
  else errors.push(...pathSegmentProblems(name).map((problem) => invalidValue('roleRef.name', name, problem)));
  return errors;
}

function validateSubject(subject: Rule, at: string, isNamespaced: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const name = String(subject.name ?? '');
  if (name === '') errors.push(required(`${at}.name`));
  switch (subject.kind) {
    case 'ServiceAccount':
      if (name !== '') errors.push(...subdomainProblems(name).map((problem) => invalidValue(`${at}.name`, name, problem)));
      if (subject.apiGroup) errors.push(notSupported(`${at}.apiGroup`, subject.apiGroup, ['']));
      // Within a namespace the real server leaves it to the authorizer.
      if (!isNamespaced && !subject.namespace) errors.push(required(`${at}.namespace`));
      break;
    case 'User':
    case 'Group':
      if (subject.apiGroup !== GROUP) errors.push(notSupported(`${at}.apiGroup`, subject.apiGroup, [GROUP]));
      break;
    default:
      errors.push(notSupported(`${at}.kind`, subject.kind ?? '', ['ServiceAccount', 'User', 'Group']));
  }
  return errors;
}
