import { deepEqual, type FieldError } from '@kubewright/api';

import type { Fields, KindRules } from '../builtin-strategy.js';
import { invalidValue } from '../object-meta.js';
import { immutable, nonNegative, notSupported, required } from './field-checks.js';
import { isFields } from './pod-spec-defaults.js';
import { defaultTemplate, isNone, specOf, validateAtMostAll, validateRunsForEver, validateSelectorAndTemplate, validateShare } from './workload.js';

/** apps/v1 DaemonSet. */
export const daemonSetRules: KindRules = {
  hasGeneration: true,
  defaults(object) {
    const spec = specOf(object);
    spec.revisionHistoryLimit ??= 10;
    const strategy = (spec.updateStrategy ??= {}) as Record<string, unknown>;
    strategy.type ??= 'RollingUpdate';
    if (strategy.type === 'RollingUpdate') {
      const rolling = (strategy.rollingUpdate ??= {}) as Record<string, unknown>;
      rolling.maxUnavailable ??= 1;
      rolling.maxSurge ??= 0;
    }
    defaultTemplate(object);
  },
  prepareForCreate: (object) => countTemplates(object, 1),
  prepareForUpdate(object, old, subresource) {
    if (subresource === 'status') return;
    const generation = Number(old.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0);
    countTemplates(object, deepEqual(specOf(object).template, specOf({ ...old }).template) ? generation : generation + 1);
  },
  validate,
  validateUpdate: (object, old, subresource) =>
    subresource === 'status' ? [] : [...validate(object), ...immutable('spec.selector', specOf(object).selector, (old.spec as Record<string, unknown>).selector)],
};

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

/** A field of an older version lives on in an annotation. */
function countTemplates(object: Fields, generation: number): void {
  object.metadata.annotations = { ...object.metadata.annotations, [TEMPLATE_GENERATION]: String(generation) };
}

function validate(object: Fields): FieldError[] {
  const spec = specOf(object);
  return [
    ...validateSelectorAndTemplate(object, 'daemonset'),
    ...validateRunsForEver(object, 'DaemonSet'),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...validateStrategy(spec.updateStrategy),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
  ];
}

function validateStrategy(strategy: unknown): FieldError[] {
  if (!isFields(strategy) || strategy.type === 'OnDelete') return [];
  if (strategy.type !== 'RollingUpdate') return [notSupported('spec.updateStrategy.type', strategy.type, ['RollingUpdate', 'OnDelete'])];
  const at = 'spec.updateStrategy.rollingUpdate';
  if (!isFields(strategy.rollingUpdate)) return [required(at)];
  const { maxSurge, maxUnavailable } = strategy.rollingUpdate;
  return [
    ...validateShare(`${at}.maxUnavailable`, maxUnavailable),
    ...validateAtMostAll(`${at}.maxUnavailable`, maxUnavailable),
    ...validateShare(`${at}.maxSurge`, maxSurge),
    ...(isNone(maxSurge) && isNone(maxUnavailable) ? [required(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0')] : []),
    ...(!isNone(maxSurge) && !isNone(maxUnavailable) ? [invalidValue(`${at}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero')] : []),
  ];
}
