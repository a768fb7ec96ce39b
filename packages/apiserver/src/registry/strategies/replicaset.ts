import type { FieldError } from '@kubewright/api';

import type { Fields, KindRules } from '../builtin-strategy.js';
import { immutable, nonNegative, required } from './field-checks.js';
import { validatePodSpec } from './pod-spec-validation.js';
import { isFields } from './pod-spec-defaults.js';
import { defaultTemplate, specOf, validateRunsForEver, validateSelectorAndTemplate } from './workload.js';

/** apps/v1 ReplicaSet. */
export const replicaSetRules: KindRules = {
  hasGeneration: true,
  defaults(object) {
    specOf(object).replicas ??= 1;
    defaultTemplate(object);
  },
  validate,
  validateUpdate: (object, old, subresource) =>
    subresource === 'status' ? [] : [...validate(object), ...immutable('spec.selector', specOf(object).selector, (old.spec as Record<string, unknown>).selector)],
};

function validate(object: Fields): FieldError[] {
  const spec = specOf(object);
  return [
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...validateSelectorAndTemplate(object, 'deployment'),
    ...validateRunsForEver(object, 'ReplicaSet'),
  ];
}

/** v1 ReplicationController: its selector and labels follow the template's. */
export const replicationControllerRules: KindRules = {
  hasGeneration: true,
  defaultPropagation: 'orphan',
  defaults(object) {
    const spec = specOf(object);
    spec.replicas ??= 1;
    const template = spec.template as { metadata?: { labels?: Record<string, string> } } | undefined;
    const labels = template?.metadata?.labels;
    if (labels && Object.keys(labels).length > 0) {
      spec.selector ??= { ...labels };
      object.metadata.labels ??= { ...labels };
    }
    defaultTemplate(object);
  },
  validate(object) {
    const spec = specOf(object);
    const pod = isFields(spec.template) && isFields(spec.template.spec) ? spec.template.spec : undefined;
    return [
      ...(isFields(spec.selector) && Object.keys(spec.selector).length > 0 ? [] : [required('spec.selector')]),
      ...nonNegative('spec.replicas', spec.replicas),
      ...(pod ? validatePodSpec(pod, 'spec.template.spec') : [required('spec.template')]),
      ...validateRunsForEver(object, 'ReplicationController'),
    ];
  },
};
