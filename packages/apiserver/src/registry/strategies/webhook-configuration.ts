import { fieldDuplicate, fieldInvalid, fieldNotSupported, fieldRequired, fieldTooMany, type FieldError } from '@kubewright/api';
import type { MatchCondition, MutatingWebhook, RuleWithOperations } from '@kubewright/api/admissionregistration/v1';

import { validateClientConfig, validateReviewVersions } from '../../webhooks/client-config-validation.js';
import type { Fields, KindRules } from '../builtin-strategy.js';
import { qualifiedNameProblems, subdomainProblems } from '../names.js';
import { validateSelector } from './field-checks.js';

/** MutatingWebhookConfiguration and ValidatingWebhookConfiguration (k8s.io/kubernetes/pkg/apis/admissionregistration). */
export function webhookConfigurationRules(isMutating: boolean): KindRules {
  return {
    hasGeneration: true,
    defaults(object) {
      for (const webhook of webhooksOf(object)) applyWebhookDefaults(webhook, isMutating);
    },
    validate(object) {
      const names = new Set<string>();
      return webhooksOf(object).flatMap((webhook, index) => {
        const at = `webhooks[${index}]`;
        const errors = [
          ...validateWebhook(webhook, at, isMutating),
          ...validateReviewVersions(webhook.admissionReviewVersions ?? [], `${at}.admissionReviewVersions`, 'must specify one of v1, v1beta1'),
        ];
        if (webhook.name && names.has(webhook.name)) errors.push(fieldDuplicate(`${at}.name`, webhook.name));
        names.add(webhook.name);
        return errors;
      });
    },
  };
}

function webhooksOf(object: Fields): MutatingWebhook[] {
  return Array.isArray(object.webhooks) ? (object.webhooks as MutatingWebhook[]) : [];
}

function applyWebhookDefaults(webhook: MutatingWebhook, isMutating: boolean): void {
  webhook.failurePolicy ??= 'Fail';
  webhook.matchPolicy ??= 'Equivalent';
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= 10;
  if (isMutating) webhook.reinvocationPolicy ??= 'Never';
  for (const rule of webhook.rules ?? []) rule.scope ??= '*';
  const service = webhook.clientConfig?.service;
  if (service) service.port ??= 443;
}

function validateWebhook(webhook: MutatingWebhook, at: string, isMutating: boolean): FieldError[] {
  const { name, rules = [], failurePolicy, matchPolicy, sideEffects, timeoutSeconds, namespaceSelector, objectSelector, reinvocationPolicy, clientConfig, matchConditions } = webhook;
  const errors = [
    ...validateFullName(name, `${at}.name`),
    ...rules.flatMap((rule, index) => validateRule(rule, `${at}.rules[${index}]`)),
    ...oneOf(`${at}.failurePolicy`, failurePolicy, ['Fail', 'Ignore']),
    ...oneOf(`${at}.matchPolicy`, matchPolicy, ['Equivalent', 'Exact']),
  ];
  if (!sideEffects) errors.push(fieldRequired(`${at}.sideEffects`, 'must specify one of None, NoneOnDryRun'));
  else errors.push(...oneOf(`${at}.sideEffects`, sideEffects, ['None', 'NoneOnDryRun']));
  if (timeoutSeconds !== undefined && (timeoutSeconds > 30 || timeoutSeconds < 1)) {
    errors.push(fieldInvalid(`${at}.timeoutSeconds`, timeoutSeconds, 'the timeout value must be between 1 and 30 seconds'));
  }
  if (namespaceSelector) errors.push(...validateSelector(namespaceSelector, `${at}.namespaceSelector`));
  if (objectSelector) errors.push(...validateSelector(objectSelector, `${at}.objectSelector`));
  if (isMutating) errors.push(...oneOf(`${at}.reinvocationPolicy`, reinvocationPolicy, ['IfNeeded', 'Never']));
  return [...errors, ...validateClientConfig(clientConfig ?? {}, `${at}.clientConfig`), ...validateConditions(matchConditions ?? [], `${at}.matchConditions`)];
}

function oneOf(field: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  return value === undefined || supported.includes(value) ? [] : [fieldNotSupported(field, value, supported)];
}

function validateFullName(name: string | undefined, at: string): FieldError[] {
  if (!name) return [fieldRequired(at)];
  const problems = subdomainProblems(name);
  if (problems.length > 0) return [fieldInvalid(at, name, problems.join(','))];
  return name.split('.').length < 3 ? [fieldInvalid(at, name, 'should be a domain with at least three segments separated by dots')] : [];
}

const OPERATIONS: readonly string[] = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];

/** Problems of a rule: which requests it is about. */
function validateRule({ operations = [], apiGroups = [], apiVersions = [], resources = [], scope }: RuleWithOperations, at: string): FieldError[] {
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

const MOST_CONDITIONS = 64;

/** Problems of conditions, but for those of their expressions, which nobody compiles yet. */
function validateConditions(conditions: readonly MatchCondition[], at: string): FieldError[] {
  const errors: FieldError[] = conditions.length > MOST_CONDITIONS ? [fieldTooMany(at, conditions.length, MOST_CONDITIONS)] : [];
  const names = new Set<string>();
  conditions.forEach(({ name, expression }, index) => {
    if ((expression ?? '').trim() === '') errors.push(fieldRequired(`${at}[${index}].expression`));
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
