/** @module render/config: prometheus.yml, one file a section. */
import type { ObjectOf } from '@kubewright/api';

import type { PodMonitor, ServiceMonitor } from '../../api/index.js';
import { alertingSection } from './alerting.js';
import type { ConfigContext } from './context.js';
import { globalSection } from './global.js';
import { podMonitorJob } from './pod-monitor.js';
import { serviceMonitorJob } from './service-monitor.js';

/** What a configuration is made of besides the Prometheus itself. */
export interface ConfigInputs {
  readonly serviceMonitors: readonly ObjectOf<typeof ServiceMonitor>[];
  readonly podMonitors: readonly ObjectOf<typeof PodMonitor>[];
  /** Names of the ConfigMaps that are mounted with rules; undefined without a rule selector. */
  readonly ruleConfigMaps: readonly string[] | undefined;
}

/** The configuration as data, sections in upstream's order. Monitors are sorted by namespace and name. */
export function prometheusConfig(context: ConfigContext, inputs: ConfigInputs): Record<string, unknown> {
  const { spec } = context.prometheus;
  const alerting = alertingSection(context);
  return {
    global: globalSection(context),
    ...(inputs.ruleConfigMaps && { rule_files: inputs.ruleConfigMaps.map((name) => `/etc/prometheus/rules/${name}/*.yaml`) }),
    scrape_configs: [
      ...sorted(inputs.serviceMonitors).flatMap((monitor) => monitor.spec.endpoints.map((_, index) => serviceMonitorJob(monitor, index, context))),
      ...sorted(inputs.podMonitors).flatMap((monitor) => (monitor.spec.podMetricsEndpoints ?? []).map((_, index) => podMonitorJob(monitor, index, context))),
    ],
    ...(context.version.atLeast(3, 11) && { storage: { tsdb: { retention: retention(spec) } } }),
    ...(alerting && { alerting }),
  };
}

function retention(spec: ConfigContext['prometheus']['spec']): Record<string, string> {
  const time = spec.retention || (spec.retentionSize ? undefined : '24h');
  return { ...(time && { time }), ...(spec.retentionSize && { size: spec.retentionSize }) };
}

function sorted<T extends { metadata: { namespace?: string; name?: string } }>(monitors: readonly T[]): T[] {
  const key = ({ metadata }: T): string => `${metadata.namespace}/${metadata.name}`;
  return [...monitors].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
