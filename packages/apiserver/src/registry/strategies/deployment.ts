import type { FieldError } from '@kubewright/api';

import type { Fields, KindRules } from '../builtin-strategy.js';
import { invalidValue } from '../object-meta.js';
import { forbiddenField, immutable, nonNegative, notSupported } from './field-checks.js';
import { isFields } from './pod-spec-defaults.js';
import { defaultTemplate, isNone, specOf, validateAtMostAll, validateRunsForEver, validateSelectorAndTemplate, validateShare } from './workload.js';

/** apps/v1 Deployment. */
export const deploymentRules: KindRules = {
  hasGeneration: true,
  generationCountsAnnotations: true,
  defaults(object) {
    const spec = specOf(object);
    spec.replicas ??= 1;
    spec.revisionHistoryLimit ??= 10;
    spec.progressDeadlineSeconds ??= 600;
    const strategy = (spec.strategy ??= {}) as Record<string, unknown>;
    strategy.type ??= 'RollingUpdate';
    if (strategy.type === 'RollingUpdate') {
      const rolling = (strategy.rollingUpdate ??= {}) as Record<string, unknown>;
      rolling.maxUnavailable ??= '25%';
      rolling.maxSurge ??= '25%';
    }
    defaultTemplate(object);
  },
  prepareForUpdate(object, old, subresource) {
    // Labels are the user's even where controllers write the status.
    if (subresource !== 'status') return;
    if (old.metadata.labels) object.metadata.labels = old.metadata.labels;
    else delete object.metadata.labels;
  },
  validate,
  validateUpdate(object, old, subresource) {
    if (subresource === 'status') return [];
    return [...validate(object), ...immutable('spec.selector', specOf(object).selector, (old.spec as Record<string, unknown>).selector)];
  },
};

function validate(object: Fields): FieldError[] {
  const spec = specOf(object);
  const { minReadySeconds = 0, progressDeadlineSeconds } = spec as { minReadySeconds?: number; progressDeadlineSeconds?: number };
  return [
    ...nonNegative('spec.replicas', spec.replicas),
    ...validateSelectorAndTemplate(object, 'deployment'),
    ...validateRunsForEver(object, 'ReplicaSet'),
    ...validateStrategy(spec.strategy),
    ...nonNegative('spec.minReadySeconds', minReadySeconds),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
    ...nonNegative('spec.progressDeadlineSeconds', progressDeadlineSeconds),
    ...(progressDeadlineSeconds !== undefined && progressDeadlineSeconds <= minReadySeconds && minReadySeconds >= 0
      ? [invalidValue('spec.progressDeadlineSeconds', progressDeadlineSeconds, 'must be greater than minReadySeconds')] : []),
  ];
}

function validateStrategy(strategy: unknown): FieldError[] {
  if (!isFields(strategy)) return [];
  const { type, rollingUpdate } = strategy;
  const at = 'spec.strategy.rollingUpdate';
  if (type === 'Recreate') return rollingUpdate === undefined ? [] : [forbiddenField(at, "may not be specified when strategy `type` is 'Recreate'")];
  if (type !== 'RollingUpdate') return [notSupported('spec.strategy', { Type: type, RollingUpdate: rollingUpdate ?? null }, ['Recreate', 'RollingUpdate'])];
  const { maxSurge, maxUnavailable } = (rollingUpdate ?? {}) as Record<string, unknown>;
  return [
    ...validateShare(`${at}.maxUnavailable`, maxUnavailable),
    ...validateShare(`${at}.maxSurge`, maxSurge),
    ...(isNone(maxSurge) && isNone(maxUnavailable) ? [invalidValue(`${at}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0')] : []),
    ...validateAtMostAll(`${at}.maxUnavailable`, maxUnavailable),
  ];
}
