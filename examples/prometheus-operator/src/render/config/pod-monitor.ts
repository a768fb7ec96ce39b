import type { ObjectOf } from '@kubewright/api';

import type { PodMetricsEndpoint, PodMonitor } from '../../api/index.js';
import type { ConfigContext } from './context.js';
import { copyLabel, sanitizeLabel, userRelabelings, type Relabeling } from './relabeling.js';
import { discovery, discoveryNamespaces, roleSelectors, selectorRelabelings } from './service-discovery.js';
import { endpointOptions, honorOptions, limitOptions } from './scrape-options.js';
import { shardingRelabelings } from './sharding.js';

/** The scrape job of one endpoint of a PodMonitor. */
export function podMonitorJob(monitor: ObjectOf<typeof PodMonitor>, index: number, context: ConfigContext): Record<string, unknown> {
  const { namespace = '', name } = monitor.metadata;
  const { version } = context;
  const endpoint = monitor.spec.podMetricsEndpoints![index]!;
  const byRole = monitor.spec.selectorMechanism === 'RoleSelector';
  const selectors = byRole ? roleSelectors(monitor.spec.selector, ['pod']) : undefined;
  return {
    job_name: `podMonitor/${namespace}/${name}/${index}`,
    ...honorOptions(endpoint, version),
    kubernetes_sd_configs: [discovery('pod', discoveryNamespaces(monitor.spec.namespaceSelector, namespace, context), selectors)],
    ...endpointOptions(endpoint, version),
    relabel_configs: [
      copyLabel('job', '__tmp_prometheus_job_name'),
      ...(endpoint.filterRunning === false ? [] : [{ action: 'drop', source_labels: ['__meta_kubernetes_pod_phase'], regex: '(Failed|Succeeded)' }]),
      ...(byRole ? [] : selectorRelabelings(monitor.spec.selector, 'pod')),
      ...portRelabelings(endpoint),
      copyLabel('__meta_kubernetes_namespace', 'namespace'),
      copyLabel('__meta_kubernetes_pod_container_name', 'container'),
      copyLabel('__meta_kubernetes_pod_name', 'pod'),
      ...[...(monitor.spec.podTargetLabels ?? []), ...(context.prometheus.spec.podTargetLabels ?? [])].map((label) =>
        copyLabel(`__meta_kubernetes_pod_label_${sanitizeLabel(label)}`, sanitizeLabel(label), { regex: '(.+)', replacement: '${1}' }),
      ),
      { target_label: 'job', replacement: `${namespace}/${name}` },
      ...(monitor.spec.jobLabel
        ? [copyLabel(`__meta_kubernetes_pod_label_${sanitizeLabel(monitor.spec.jobLabel)}`, 'job', { regex: '(.+)', replacement: '${1}' })]
        : []),
      ...endpointLabel(endpoint),
      ...userRelabelings(endpoint.relabelings),
      ...shardingRelabelings(context),
    ],
    ...limitOptions(monitor.spec, version),
    ...(endpoint.metricRelabelings?.length && { metric_relabel_configs: userRelabelings(endpoint.metricRelabelings) }),
  };
}

function portRelabelings({ port, portNumber, targetPort }: PodMetricsEndpoint): Relabeling[] {
  const byName = (regex: string): Relabeling[] => [{ action: 'keep', source_labels: ['__meta_kubernetes_pod_container_port_name'], regex }];
  const byNumber = (regex: string): Relabeling[] => [{ action: 'keep', source_labels: ['__meta_kubernetes_pod_container_port_number'], regex }];
  if (port) return byName(port);
  if (portNumber !== undefined) return byNumber(String(portNumber));
  if (targetPort === undefined || targetPort === '') return [];
  return typeof targetPort === 'string' ? byName(targetPort) : byNumber(String(targetPort));
}

function endpointLabel({ port, targetPort }: PodMetricsEndpoint): Relabeling[] {
  const value = port || (targetPort === undefined ? '' : String(targetPort));
  return value === '' ? [] : [{ target_label: 'endpoint', replacement: value }];
}
