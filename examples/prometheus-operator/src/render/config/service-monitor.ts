import type { ObjectOf } from '@kubewright/api';

import type { ScrapeEndpoint, ServiceMonitor } from '../../api/index.js';
import type { ConfigContext } from './context.js';
import { copyLabel, sanitizeLabel, userRelabelings, type Relabeling } from './relabeling.js';
import { discovery, discoveryNamespaces, roleSelectors, selectorRelabelings } from './service-discovery.js';
import { endpointOptions, honorOptions, limitOptions } from './scrape-options.js';
import { shardingRelabelings } from './sharding.js';

/** The scrape job of one endpoint of a ServiceMonitor. */
export function serviceMonitorJob(monitor: ObjectOf<typeof ServiceMonitor>, index: number, context: ConfigContext): Record<string, unknown> {
  const { namespace = '', name } = monitor.metadata;
  const { version } = context;
  const endpoint = monitor.spec.endpoints[index]!;
  const slices = usesSlices(monitor, context);
  const role = slices ? 'endpointslice' : 'endpoints';
  const byRole = monitor.spec.selectorMechanism === 'RoleSelector';
  const selectors = byRole ? roleSelectors(monitor.spec.selector, ['service']) : undefined;
  return {
    job_name: `serviceMonitor/${namespace}/${name}/${index}`,
    ...honorOptions(endpoint, version),
    kubernetes_sd_configs: [discovery(role, discoveryNamespaces(monitor.spec.namespaceSelector, namespace, context), selectors)],
    ...endpointOptions(endpoint, version),
    relabel_configs: [
      copyLabel('job', '__tmp_prometheus_job_name'),
      ...(byRole ? [] : selectorRelabelings(monitor.spec.selector, 'service')),
      ...portRelabelings(endpoint, slices ? 'endpointslice' : 'endpoint'),
      ...originRelabelings(slices ? 'endpointslice' : 'endpoint'),
      ...(endpoint.filterRunning === false ? [] : [{ action: 'drop', source_labels: ['__meta_kubernetes_pod_phase'], regex: '(Failed|Succeeded)' }]),
      ...(monitor.spec.targetLabels ?? []).map((label) => carriedLabel('service', label)),
      ...[...(monitor.spec.podTargetLabels ?? []), ...(context.prometheus.spec.podTargetLabels ?? [])].map((label) => carriedLabel('pod', label)),
      copyLabel('__meta_kubernetes_service_name', 'job', { replacement: '${1}' }),
      ...(monitor.spec.jobLabel
        ? [copyLabel(`__meta_kubernetes_service_label_${sanitizeLabel(monitor.spec.jobLabel)}`, 'job', { regex: '(.+)', replacement: '${1}' })]
        : []),
      ...endpointLabel(endpoint),
      ...userRelabelings(endpoint.relabelings),
      ...shardingRelabelings(context),
    ],
    ...limitOptions(monitor.spec, version),
    ...(endpoint.metricRelabelings?.length && { metric_relabel_configs: userRelabelings(endpoint.metricRelabelings) }),
  };
}

/** The monitor's choice wins over that of the Prometheus; both need a cluster and a Prometheus that know EndpointSlices. */
function usesSlices(monitor: ObjectOf<typeof ServiceMonitor>, { prometheus, version, endpointSlices }: ConfigContext): boolean {
  const wanted = monitor.spec.serviceDiscoveryRole ?? prometheus.spec.serviceDiscoveryRole;
  return wanted === 'EndpointSlice' && endpointSlices && version.atLeast(2, 21);
}

function portRelabelings(endpoint: ScrapeEndpoint, what: string): Relabeling[] {
  if (endpoint.port) return [{ action: 'keep', source_labels: [`__meta_kubernetes_${what}_port_name`], regex: endpoint.port }];
  if (endpoint.targetPort === undefined || endpoint.targetPort === '') return [];
  const label = typeof endpoint.targetPort === 'string' ? '__meta_kubernetes_pod_container_port_name' : '__meta_kubernetes_pod_container_port_number';
  return [{ action: 'keep', source_labels: [label], regex: String(endpoint.targetPort) }];
}

/** Node, pod, namespace, service and container of the target. */
function originRelabelings(what: string): Relabeling[] {
  const target = [`__meta_kubernetes_${what}_address_target_kind`, `__meta_kubernetes_${what}_address_target_name`];
  return [
    { source_labels: target, separator: ';', regex: 'Node;(.*)', replacement: '${1}', target_label: 'node' },
    { source_labels: target, separator: ';', regex: 'Pod;(.*)', replacement: '${1}', target_label: 'pod' },
    copyLabel('__meta_kubernetes_namespace', 'namespace'),
    copyLabel('__meta_kubernetes_service_name', 'service'),
    copyLabel('__meta_kubernetes_pod_name', 'pod'),
    copyLabel('__meta_kubernetes_pod_container_name', 'container'),
  ];
}

function carriedLabel(what: 'service' | 'pod', label: string): Relabeling {
  return copyLabel(`__meta_kubernetes_${what}_label_${sanitizeLabel(label)}`, sanitizeLabel(label), { regex: '(.+)', replacement: '${1}' });
}

function endpointLabel(endpoint: ScrapeEndpoint): Relabeling[] {
  const value = endpoint.port || (endpoint.targetPort === undefined ? '' : String(endpoint.targetPort));
  return value === '' ? [] : [{ target_label: 'endpoint', replacement: value }];
}
