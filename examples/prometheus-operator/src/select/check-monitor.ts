import type { ObjectOf } from '@kubewright/api';
import { requirementsOf } from '@kubewright/api';

import type { PodMonitor, RelabelConfig, ScrapeEndpoint, ServiceMonitor } from '../api/index.js';
import type { PrometheusObject } from '../render/metadata.js';
import type { Version } from '../version.js';
import { durationMs } from './duration.js';
import { unsupportedMonitorFields } from './unsupported-fields.js';

/** @throws Error naming what keeps a Prometheus from scraping by this ServiceMonitor */
export function checkServiceMonitor(monitor: ObjectOf<typeof ServiceMonitor>, prometheus: PrometheusObject, version: Version): void {
  checkMonitor(monitor.spec, monitor.spec.endpoints, 'endpoints', prometheus, version);
}

/** @throws Error naming what keeps a Prometheus from scraping by this PodMonitor */
export function checkPodMonitor(monitor: ObjectOf<typeof PodMonitor>, prometheus: PrometheusObject, version: Version): void {
  checkMonitor(monitor.spec, monitor.spec.podMetricsEndpoints ?? [], 'endpoint', prometheus, version);
}

type MonitorSpec = Pick<ObjectOf<typeof ServiceMonitor>['spec'], 'selector' | 'selectorMechanism'>;

function checkMonitor(spec: MonitorSpec, endpoints: readonly ScrapeEndpoint[], field: string, prometheus: PrometheusObject, version: Version): void {
  requirementsOf(spec.selector);
  const unsupported = unsupportedMonitorFields(spec, endpoints, field);
  if (unsupported.length > 0) throw new Error(`${unsupported.join(', ')}: not supported by this operator yet`);
  if (spec.selectorMechanism === 'RoleSelector' && !version.atLeast(2, 17)) throw new Error(`RoleSelector is only supported in Prometheus versions >= 2.17.0, this is ${version}`);
  endpoints.forEach((endpoint, index) => {
    const where = `${field}[${index}]`;
    checkTimeout(endpoint, prometheus.spec.scrapeInterval ?? '30s', where);
    checkRelabelings(endpoint.relabelings, version, `${where}: relabelConfigs`);
    checkRelabelings(endpoint.metricRelabelings, version, `${where}: metricRelabelConfigs`);
  });
}

function checkTimeout({ interval, scrapeTimeout }: ScrapeEndpoint, fallback: string, where: string): void {
  if (!scrapeTimeout) return;
  const effective = interval || fallback;
  if (durationMs(scrapeTimeout) > durationMs(effective)) throw new Error(`${where}: scrapeTimeout ${JSON.stringify(scrapeTimeout)} greater than scrapeInterval ${JSON.stringify(effective)}`);
}

const LABEL = /^(?:[a-zA-Z_][a-zA-Z0-9_]*|\$(?:\{\w+\}|\w+))+$/;

function checkRelabelings(configs: readonly RelabelConfig[] | undefined, version: Version, where: string): void {
  configs?.forEach((config, index) => {
    const problem = relabelingProblem(config, version);
    if (problem) throw new Error(`${where}[${index}]: ${problem}`);
  });
}

function relabelingProblem(config: RelabelConfig, version: Version): string | undefined {
  const action = (config.action ?? 'replace').toLowerCase();
  if (['lowercase', 'uppercase'].includes(action) && !version.atLeast(2, 36)) return `${action} relabel action is only supported from Prometheus version 2.36.0`;
  if (['keepequal', 'dropequal'].includes(action) && !version.atLeast(2, 41)) return `${action} relabel action is only supported from Prometheus version 2.41.0`;
  if (config.regex !== undefined && !compiles(config.regex)) return `invalid regex ${config.regex} for relabel configuration`;
  if (action === 'hashmod' && !config.modulus) return 'relabel configuration for hashmod requires non-zero modulus';
  if (['replace', 'hashmod', 'lowercase', 'uppercase', 'keepequal', 'dropequal'].includes(action)) {
    if (!config.targetLabel) return `relabel configuration for ${action} action needs targetLabel value`;
    if (!version.atLeast(3) && !LABEL.test(config.targetLabel)) return `${JSON.stringify(config.targetLabel)} is invalid 'target_label' for ${action} action`;
  }
  if (['labeldrop', 'labelkeep'].includes(action) && (config.sourceLabels?.length || config.targetLabel || config.modulus || config.separator || config.replacement)) {
    return `${action} action requires only 'regex', and no other fields`;
  }
  return undefined;
}

function compiles(pattern: string): boolean {
  try {
    new RegExp(pattern.replace(/^\(\?[a-zA-Z]+\)/, ''), 'u');
    return true;
  } catch {
    return false;
  }
}
