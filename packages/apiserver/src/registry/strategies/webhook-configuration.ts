import { fieldDuplicate, fieldInvalid, fieldRequired, type FieldError } from '@kubewright/api';
import type { MutatingWebhook } from '@kubewright/api/admissionregistration/v1';

import { validateClientConfig, validateReviewVersions } from '../../webhooks/client-config-validation.js';
import type { Fields, KindRules } from '../builtin-strategy.js';
import { subdomainProblems } from '../names.js';
import { validateSelector } from './field-checks.js';
import { validateConditions } from './match-conditions.js';
import { oneOf, validateRule } from './match-rules.js';

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

function validateFullName(name: string | undefined, at: string): FieldError[] {
  if (!name) return [fieldRequired(at)];
  const problems = subdomainProblems(name);
  if (problems.length > 0) return [fieldInvalid(at, name, problems.join(','))];
  return name.split('.').length < 3 ? [fieldInvalid(at, name, 'should be a domain with at least three segments separated by dots')] : [];
}
