/** autoscaling HorizontalPodAutoscaler, whose versions v1 and v2 show one object. */
import type { FieldError } from '@kubewright/api';

import type { Fields, KindRules } from '../builtin-strategy.js';
import { invalidValue } from '../object-meta.js';
import { required } from './field-checks.js';
import { isFields, listOf } from './pod-spec-defaults.js';
import { specOf } from './workload.js';

export const autoscalerRules: KindRules = {
  defaults(object) {
    const spec = specOf(object);
    spec.minReplicas ??= 1;
    if (object.apiVersion !== 'autoscaling/v2') return;
    if (listOf(spec.metrics).length === 0) spec.metrics = [cpuMetric(DEFAULT_UTILIZATION)];
    if (!isFields(spec.behavior)) return;
    spec.behavior.scaleUp = withDefaults(spec.behavior.scaleUp, { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, ALL_AT_ONCE] });
    spec.behavior.scaleDown = withDefaults(spec.behavior.scaleDown, { policies: [ALL_AT_ONCE] });
  },
  validate,
};

const DEFAULT_UTILIZATION = 80;
const ALL_AT_ONCE = { type: 'Percent', value: 100, periodSeconds: 15 };

/** v1 knows only of the use of CPU. */
export function cpuMetric(averageUtilization: unknown): Record<string, unknown> {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } };
}

/** What an autoscaler without any metric goes by. */
export const defaultMetric = (): Record<string, unknown> => cpuMetric(DEFAULT_UTILIZATION);

function withDefaults(given: unknown, { policies, ...others }: { policies: readonly object[]; stabilizationWindowSeconds?: number }): Record<string, unknown> {
  const rules: Record<string, unknown> = { ...others, selectPolicy: 'Max', ...(isFields(given) && given) };
  if (listOf(rules.policies).length === 0) rules.policies = structuredClone(policies);
  return rules;
}

function validate(object: Fields): FieldError[] {
  const { minReplicas = 1, maxReplicas = 0, scaleTargetRef } = specOf(object);
  const [min, max] = [Number(minReplicas), Number(maxReplicas)];
  const { kind = '', name = '', apiVersion = '' } = isFields(scaleTargetRef) ? scaleTargetRef : {};
  const at = 'spec.scaleTargetRef';
  return [
    ...(min < 1 ? [invalidValue('spec.minReplicas', min, 'must be greater than or equal to 1')] : []),
    ...(max === 0 ? [required('spec.maxReplicas', 'must be set and greater than 0')] : max < 0 ? [invalidValue('spec.maxReplicas', max, 'must be greater than 0')] : []),
    ...(max < min ? [invalidValue('spec.maxReplicas', max, 'must be greater than or equal to `minReplicas`')] : []),
    ...(kind === '' ? [required(`${at}.kind`)] : []),
    ...(name === '' ? [required(`${at}.name`)] : []),
    ...(apiVersion === '' && object.apiVersion === 'autoscaling/v2' ? [invalidValue(`${at}.apiVersion`, '', 'apiVersion must specify API group')] : []),
  ];
}
