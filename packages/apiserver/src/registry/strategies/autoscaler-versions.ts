/** autoscaling/v1 and v2: what v1 has no fields for, it carries in annotations. */
import type { KubeObject } from '@kubewright/api';

import { fillZeros, isLeftOut, jsonFormOf } from '../../protobuf/json-form.js';
import { copyJson } from '../../storage/immutable.js';
import type { Fields } from '../builtin-strategy.js';
import { cpuMetric, defaultMetric } from './autoscaler.js';
import { isFields, listOf } from './pod-spec-defaults.js';

const PREFIX = 'autoscaling.alpha.kubernetes.io/';
const KEYS = ['metrics', 'current-metrics', 'conditions', 'behavior'] as const;
type Key = (typeof KEYS)[number];
type Part = Record<string, unknown>;

/** Turns autoscalers of the one version into those of the other. */
export function convertAutoscalers(objects: readonly KubeObject[], apiVersion: string): readonly KubeObject[] {
  return objects.map((object) => {
    if (object.apiVersion === apiVersion) return object;
    const copy = copyJson({ ...object, apiVersion }) as Fields;
    const [spec, status] = [partOf(copy, 'spec'), partOf(copy, 'status')];
    if (apiVersion === 'autoscaling/v1') toFirst(copy, spec, status);
    else toSecond(copy, spec, status);
    const form = jsonFormOf(apiVersion, 'HorizontalPodAutoscalerStatus');
    for (const [name, value] of Object.entries(status)) {
      const field = form?.fields.get(name);
      if (field && isLeftOut(field, value)) delete status[name];
    }
    if (form) fillZeros(status, form);
    return copy;
  });
}

function partOf(object: Fields, name: 'spec' | 'status'): Part {
  return (isFields(object[name]) ? object[name] : (object[name] = {})) as Part;
}

function toFirst(object: Fields, spec: Part, status: Part): void {
  const metrics = listOf(spec.metrics);
  const others = metrics.filter((metric) => cpuUse(metric, 'target') === undefined);
  const use = metrics.map((metric) => cpuUse(metric, 'target')).find((value) => value !== undefined);
  const current = listOf(status.currentMetrics);
  const currentUse = current.map((metric) => cpuUse(metric, 'current')).find((value) => value !== undefined);
  annotate(object, 'metrics', others.map((metric) => inFirst(metric, 'target')));
  annotate(object, 'current-metrics', current.map((metric) => inFirst(metric, 'current')));
  annotate(object, 'conditions', listOf(status.conditions));
  if (isFields(spec.behavior)) annotate(object, 'behavior', renamed(spec.behavior, 'ScaleUp', 'ScaleDown'));
  for (const field of ['metrics', 'behavior']) delete spec[field];
  for (const field of ['currentMetrics', 'conditions']) delete status[field];
  if (use !== undefined) spec.targetCPUUtilizationPercentage = use;
  if (currentUse !== undefined) status.currentCPUUtilizationPercentage = currentUse;
}

function toSecond(object: Fields, spec: Part, status: Part): void {
  const { targetCPUUtilizationPercentage: use } = spec;
  const { currentCPUUtilizationPercentage: currentUse } = status;
  delete spec.targetCPUUtilizationPercentage;
  delete status.currentCPUUtilizationPercentage;
  const others = listOf(annotation(object, 'metrics')).map((metric) => inSecond(metric, 'target'));
  const metrics = [...others, ...(use === undefined ? [] : [cpuMetric(use)])];
  spec.metrics = metrics.length > 0 ? metrics : [defaultMetric()];
  const current = listOf(annotation(object, 'current-metrics')).map((metric) => inSecond(metric, 'current'));
  if (current.length > 0) status.currentMetrics = current;
  else if (currentUse !== undefined) status.currentMetrics = [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: currentUse } } }];
  const conditions = listOf(annotation(object, 'conditions'));
  if (conditions.length > 0) status.conditions = conditions;
  const behavior = annotation(object, 'behavior');
  if (isFields(behavior)) spec.behavior = lowerCased(behavior);
  dropAnnotations(object);
}

function cpuUse(metric: Part, side: 'target' | 'current'): unknown {
  const resource = isFields(metric.resource) ? metric.resource : {};
  const amount = isFields(resource[side]) ? resource[side] : {};
  return metric.type === 'Resource' && resource.name === 'cpu' ? amount.averageUtilization : undefined;
}

/** Of each source of v2, the amounts are `{side}Value`, `{side}AverageValue` and `{side}AverageUtilization` beside the names in v1. */
function inFirst(metric: Part, side: 'target' | 'current'): Part {
  return eachSource(metric, (name, source) => {
    const amount = (isFields(source[side]) ? source[side] : {}) as Part;
    const about = (isFields(source.metric) ? source.metric : {}) as Part;
    switch (name) {
      case 'resource':
      case 'containerResource':
        return { name: source.name, [`${side}AverageUtilization`]: amount.averageUtilization, [`${side}AverageValue`]: amount.averageValue, container: source.container };
      case 'pods':
        return { metricName: about.name, [`${side}AverageValue`]: amount.averageValue, selector: about.selector };
      case 'object':
        return { target: source.describedObject, metricName: about.name, [`${side}Value`]: amount.value ?? '0', selector: about.selector, averageValue: amount.averageValue };
      default:
        return { metricName: about.name, metricSelector: about.selector, [`${side}Value`]: amount.value, [`${side}AverageValue`]: amount.averageValue };
    }
  });
}

function inSecond(metric: Part, side: 'target' | 'current'): Part {
  return eachSource(metric, (name, source) => {
    const amounts = { averageUtilization: source[`${side}AverageUtilization`], averageValue: source[`${side}AverageValue`] ?? source.averageValue, value: source[`${side}Value`] };
    if (name === 'object' && amounts.averageValue !== undefined && amounts.value === '0') delete amounts.value;
    const type = amounts.averageUtilization !== undefined ? 'Utilization' : amounts.averageValue !== undefined ? 'AverageValue' : 'Value';
    const amount = compact(side === 'target' ? { type, ...amounts } : amounts);
    if (name === 'resource' || name === 'containerResource') return { name: source.name, container: source.container, [side]: amount };
    const about = compact({ name: source.metricName, selector: source.selector ?? source.metricSelector });
    return { ...(name === 'object' && { describedObject: source.target }), metric: about, [side]: amount };
  });
}

function eachSource(metric: Part, convert: (name: string, source: Part) => Part): Part {
  return Object.fromEntries(Object.entries(metric).map(([name, source]) => [name, isFields(source) ? compact(convert(name, source)) : source]));
}

function compact(part: Part): Part {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined));
}

/** The annotation holds the server's own type, whose fields have upper-case names and are all there. */
function renamed(behavior: Part, ...directions: readonly string[]): Part {
  return Object.fromEntries(directions.map((direction) => {
    const rules = behavior[direction[0]!.toLowerCase() + direction.slice(1)];
    if (!isFields(rules)) return [direction, null];
    const policies = listOf(rules.policies).map(({ type, value, periodSeconds }) => ({ Type: type, Value: value, PeriodSeconds: periodSeconds }));
    const { stabilizationWindowSeconds = null, selectPolicy = null, tolerance = null } = rules;
    return [direction, { StabilizationWindowSeconds: stabilizationWindowSeconds, SelectPolicy: selectPolicy, Policies: policies, Tolerance: tolerance }];
  }));
}

function lowerCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerCased);
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null).map(([key, item]) => [key[0]!.toLowerCase() + key.slice(1), lowerCased(item)]));
}

function annotate(object: Fields, key: Key, value: unknown): void {
  if (Array.isArray(value) && value.length === 0) return;
  object.metadata.annotations = { ...object.metadata.annotations, [PREFIX + key]: JSON.stringify(value) };
}

function annotation(object: Fields, key: Key): unknown {
  const text = object.metadata.annotations?.[PREFIX + key];
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

function dropAnnotations({ metadata }: Fields): void {
  if (!metadata.annotations) return;
  metadata.annotations = Object.fromEntries(Object.entries(metadata.annotations).filter(([key]) => !KEYS.some((one) => key === PREFIX + one)));
  if (Object.keys(metadata.annotations).length === 0) delete metadata.annotations;
}
