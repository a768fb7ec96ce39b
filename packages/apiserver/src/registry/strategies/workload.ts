/** What Deployments, StatefulSets, ReplicaSets and DaemonSets share: a selector and a template that match each other. */
import { requirementsOf, matchesLabels, type FieldError, type LabelSelector } from '@kubewright/api';

import type { Fields } from '../builtin-strategy.js';
import { invalidValue, validateLabels } from '../object-meta.js';
import { forbiddenField, notSupported, required, validateSelector } from './field-checks.js';
import { defaultPodSpec, isFields, listOf } from './pod-spec-defaults.js';
import { validatePodSpec } from './pod-spec-validation.js';

/** The spec of an object, an empty one where there is none. */
export function specOf(object: Fields): Record<string, unknown> {
  if (!isFields(object.spec)) object.spec = {};
  return object.spec as Record<string, unknown>;
}

/** Fills in `spec.template`. */
export function defaultTemplate(object: Fields): void {
  const { template } = specOf(object);
  if (!isFields(template)) return;
  template.metadata ??= {};
  template.spec ??= {};
  defaultPodSpec(template.spec as Record<string, unknown>);
}

/** Problems of `spec.selector` and `spec.template` together. */
export function validateSelectorAndTemplate(object: Fields, kind: string): FieldError[] {
  const spec = specOf(object);
  const selector = spec.selector as LabelSelector | undefined;
  const errors: FieldError[] = [];
  let isUsable = true;
  if (!selector) errors.push(required('spec.selector'));
  else {
    const problems = validateSelector(selector, 'spec.selector');
    errors.push(...problems);
    if (problems.length > 0) {
      errors.push(invalidValue('spec.selector', selector, 'invalid label selector'));
      isUsable = false;
    } else if (requirementsOf(selector).length === 0) {
      errors.push(invalidValue('spec.selector', selector, `empty selector is invalid for ${kind}`));
      isUsable = false;
    }
  }
  return [...errors, ...(isUsable ? validateTemplate(spec, selector) : validateTemplate(spec, undefined, false))];
}

function validateTemplate(spec: Record<string, unknown>, selector: LabelSelector | undefined, checksLabels = true): FieldError[] {
  const template = (isFields(spec.template) ? spec.template : {}) as { metadata?: { labels?: Record<string, string> }; spec?: Record<string, unknown> };
  const labels = template.metadata?.labels;
  const errors: FieldError[] = [];
  if (checksLabels && !(selector && matchesLabels(requirementsOf(selector), labels ?? {}))) {
    errors.push(invalidValue('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`'));
  }
  return [...errors, ...validateLabels(labels, 'spec.template.labels'), ...validatePodSpec(template.spec ?? {}, 'spec.template.spec', claimNames(spec))];
}

/** Only a StatefulSet has claims of its own. */
function claimNames({ volumeClaimTemplates }: Record<string, unknown>): string[] {
  return listOf(volumeClaimTemplates).map(({ metadata }) => (isFields(metadata) ? String(metadata.name) : ''));
}

/** Pods of these workloads run for ever. */
export function validateRunsForEver(object: Fields, kind: string): FieldError[] {
  const { template } = specOf(object);
  const pod = (isFields(template) && isFields(template.spec) ? template.spec : {}) as Record<string, unknown>;
  return [
    ...(pod.restartPolicy === undefined || pod.restartPolicy === 'Always' ? [] : [notSupported('spec.template.spec.restartPolicy', pod.restartPolicy, ['Always'])]),
    ...(pod.activeDeadlineSeconds === undefined ? [] : [forbiddenField('spec.template.spec.activeDeadlineSeconds', `activeDeadlineSeconds in ${kind} is not Supported`)]),
  ];
}

/** A number, or a percentage of another. */
export function validateShare(field: string, value: unknown): FieldError[] {
  if (typeof value === 'number') return value < 0 ? [invalidValue(field, value, 'must be greater than or equal to 0')] : [];
  if (typeof value !== 'string') return [];
  if (!/^[0-9]+%$/.test(value)) {
    return [invalidValue(field, value, "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')")];
  }
  return [];
}

/** More than all can not be unavailable. */
export function validateAtMostAll(field: string, value: unknown): FieldError[] {
  return typeof value === 'string' && /^[0-9]+%$/.test(value) && Number.parseInt(value, 10) > 100 ? [invalidValue(field, value, 'must not be greater than 100%')] : [];
}

/** Whether a number or a percentage is nothing. */
export function isNone(value: unknown): boolean {
  return value === 0 || value === '0%';
}
