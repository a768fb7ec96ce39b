/** Which requests webhooks and policies are about: rules and selectors, their defaults and what may be wrong with them. */
import { fieldDuplicate, fieldInvalid, fieldNotSupported, fieldRequired, validatePathSegmentName, type FieldError } from '@kubewright/api';
import type { MatchResources, NamedRuleWithOperations, RuleWithOperations } from '@kubewright/api/admissionregistration/v1';

import { validateSelector } from './field-checks.js';

/** What a policy or a binding that says where it holds need not say. */
export function defaultMatchResources(resources: MatchResources): void {
  resources.matchPolicy ??= 'Equivalent';
  resources.namespaceSelector ??= {};
  resources.objectSelector ??= {};
  for (const rule of [...(resources.resourceRules ?? []), ...(resources.excludeResourceRules ?? [])]) rule.scope ??= '*';
}

/** Problems of where a policy or a binding holds. */
export function validateMatchResources({ matchPolicy, namespaceSelector, objectSelector, resourceRules = [], excludeResourceRules = [] }: MatchResources, at: string): FieldError[] {
  return [
    ...oneOf(`${at}.matchPolicy`, matchPolicy, ['Equivalent', 'Exact']),
    ...validateSelector(namespaceSelector ?? {}, `${at}.namespaceSelector`),
    ...validateSelector(objectSelector ?? {}, `${at}.objectSelector`),
    ...resourceRules.flatMap((rule, index) => validateNamedRule(rule, `${at}.resourceRules[${index}]`)),
    ...excludeResourceRules.flatMap((rule, index) => validateNamedRule(rule, `${at}.excludeResourceRules[${index}]`)),
  ];
}

function validateNamedRule(rule: NamedRuleWithOperations, at: string): FieldError[] {
  const seen = new Set<string>();
  const names = (rule.resourceNames ?? []).flatMap((name, index) => {
    const field = `${at}.resourceNames[${index}]`;
    const errors = validatePathSegmentName(name).map((problem) => fieldInvalid(field, name, problem));
    if (seen.has(name)) errors.push(fieldDuplicate(field, name));
    seen.add(name);
    return errors;
  });
  return [...names, ...validateRule(rule, at)];
}

/** @param value undefined passes: what is required is checked elsewhere */
export function oneOf(field: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  return value === undefined || supported.includes(value) ? [] : [fieldNotSupported(field, value, supported)];
}

const OPERATIONS: readonly string[] = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];

/** Problems of a rule: which requests it is about. */
export function validateRule({ operations = [], apiGroups = [], apiVersions = [], resources = [], scope }: RuleWithOperations, at: string): FieldError[] {
  return [
    ...validateList(operations, `${at}.operations`, 'operations'),
    ...operations.flatMap((operation, index) => oneOf(`${at}.operations[${index}]`, operation, OPERATIONS)),
    ...validateList(apiGroups, `${at}.apiGroups`, 'API groups'),
    ...validateList(apiVersions, `${at}.apiVersions`, 'API versions'),
    ...apiVersions.flatMap((version, index) => (version === '' ? [fieldRequired(`${at}.apiVersions[${index}]`)] : [])),
    ...validateResources(resources, `${at}.resources`),
    ...oneOf(`${at}.scope`, scope, ['*', 'Cluster', 'Namespaced']),
  ];
}

function validateList(values: readonly string[], at: string, what: string): FieldError[] {
  if (values.length === 0) return [fieldRequired(at)];
  return values.length > 1 && values.includes('*') ? [fieldInvalid(at, values, `if '*' is present, must not specify other ${what}`)] : [];
}

function validateResources(resources: readonly string[], at: string): FieldError[] {
  if (resources.length === 0) return [fieldRequired(at)];
  const errors: FieldError[] = [];
  const wholeResources = new Set<string>();
  const wholeSubresources = new Set<string>();
  let endsWithoutSubresource = false;
  resources.forEach((entry, index) => {
    const field = `${at}[${index}]`;
    const slash = entry.indexOf('/');
    if (entry === '') errors.push(fieldRequired(field));
    // The real server remembers the last of them only.
    else if (slash < 0) endsWithoutSubresource = entry !== '*';
    else {
      const [resource, subresource] = [entry.slice(0, slash), entry.slice(slash + 1)];
      if (wholeResources.has(resource)) errors.push(fieldInvalid(field, entry, `if '${resource}/*' is present, must not specify ${entry}`));
      if (wholeSubresources.has(subresource)) errors.push(fieldInvalid(field, entry, `if '*/${subresource}' is present, must not specify ${entry}`));
      if (subresource === '*') wholeResources.add(resource);
      if (resource === '*') wholeSubresources.add(subresource);
    }
  });
  if (resources.length > 1 && resources.includes('*/*')) errors.push(fieldInvalid(at, resources, "if '*/*' is present, must not specify other resources"));
  if (resources.includes('*') && endsWithoutSubresource) errors.push(fieldInvalid(at, resources, "if '*' is present, must not specify other resources without subresources"));
  return errors;
}
