import type { HorizontalPodAutoscaler as HorizontalPodAutoscalerV1 } from '@kubewright/api/autoscaling/v1';
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus } from '@kubewright/api/autoscaling/v2';

import { ageOf } from '../age.js';
import { cellsOf, NONE, shorten, UNSET } from './cells.js';
import type { CellFunction, Stored } from './cells.js';

/** NAME REFERENCE TARGETS MINPODS MAXPODS REPLICAS AGE */
const autoscaler = cellsOf<HorizontalPodAutoscaler>(({ metadata, spec, status }, now) => [
  metadata?.name ?? '', `${spec?.scaleTargetRef?.kind}/${spec?.scaleTargetRef?.name}`, metricsText(spec?.metrics ?? [], status?.currentMetrics ?? []),
  spec?.minReplicas === undefined ? UNSET : `${spec.minReplicas}`, spec?.maxReplicas ?? 0, status?.currentReplicas ?? 0,
  ageOf(metadata?.creationTimestamp, now),
]);

/** The first version knows one metric only; the table shows it as the second version would. */
const autoscalerV1 = cellsOf<HorizontalPodAutoscalerV1>(({ metadata, spec, status }, now) => {
  const target = spec?.targetCPUUtilizationPercentage;
  const targets = target === undefined ? NONE : `cpu: ${percent(status?.currentCPUUtilizationPercentage)}/${target}%`;
  return [
    metadata?.name ?? '', `${spec?.scaleTargetRef?.kind}/${spec?.scaleTargetRef?.name}`, targets,
    spec?.minReplicas === undefined ? UNSET : `${spec.minReplicas}`, spec?.maxReplicas ?? 0, status?.currentReplicas ?? 0,
    ageOf(metadata?.creationTimestamp, now),
  ];
});

function metricsText(specs: readonly Stored<MetricSpec>[], statuses: readonly Stored<MetricStatus>[]): string {
  return specs.length === 0 ? NONE : shorten(specs.map((spec, index) => metricText(spec, statuses[index])), 2, ', ');
}

function metricText(spec: Stored<MetricSpec>, status: Stored<MetricStatus> | undefined): string {
  switch (spec.type) {
    case 'External':
      return valueText(spec.external?.target, status?.external?.current);
    case 'Object':
      return valueText(spec.object?.target, status?.object?.current);
    case 'Pods':
      return `${status?.pods?.current?.averageValue ?? '<unknown>'}/${spec.pods?.target?.averageValue}`;
    case 'Resource':
      return `${spec.resource?.name}: ${usageText(spec.resource?.target, status?.resource?.current)}`;
    case 'ContainerResource':
      return `${spec.containerResource?.name}: ${usageText(spec.containerResource?.target, status?.containerResource?.current)}`;
    default:
      return '<unknown type>';
  }
}

type Values = { value?: string | number; averageValue?: string | number; averageUtilization?: number } | undefined;

function valueText(target: Values, current: Values): string {
  if (target?.averageValue !== undefined) return `${current?.averageValue ?? '<unknown>'}/${target.averageValue} (avg)`;
  return `${current?.value ?? '<unknown>'}/${target?.value}`;
}

function usageText(target: Values, current: Values): string {
  if (target?.averageValue !== undefined) return `${current?.averageValue ?? '<unknown>'}/${target.averageValue}`;
  return `${percent(current?.averageUtilization)}/${target?.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}`;
}

function percent(value: number | undefined): string {
  return value === undefined ? '<unknown>' : `${value}%`;
}

export const AUTOSCALER_CELLS: Readonly<Record<string, CellFunction>> = {
  'autoscaling/v2 horizontalpodautoscalers': autoscaler,
  'autoscaling/v1 horizontalpodautoscalers': autoscalerV1,
};
