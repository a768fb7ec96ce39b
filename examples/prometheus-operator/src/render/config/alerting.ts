import type { AlertmanagerEndpoints } from '../../api/index.js';
import type { ConfigContext } from './context.js';
import { userRelabelings, type Relabeling } from './relabeling.js';
import { discovery } from './service-discovery.js';

/** Where alerts go; undefined when the Prometheus says nothing about it. */
export function alertingSection(context: ConfigContext): Record<string, unknown> | undefined {
  const { alerting, replicaExternalLabelName } = context.prometheus.spec;
  if (!alerting) return undefined;
  const replicaLabel = replicaExternalLabelName ?? 'prometheus_replica';
  return {
    ...(replicaLabel !== '' && { alert_relabel_configs: [{ action: 'labeldrop', regex: replicaLabel.replaceAll(/[.+*?()|[\]{}^$\\]/g, '\\$&') }] }),
    alertmanagers: alerting.alertmanagers.map((each) => alertmanager(each, context)),
  };
}

function alertmanager(endpoints: AlertmanagerEndpoints, { prometheus, version, endpointSlices }: ConfigContext): Record<string, unknown> {
  const slices = prometheus.spec.serviceDiscoveryRole === 'EndpointSlice' && endpointSlices && version.atLeast(2, 21);
  const apiVersion = endpoints.apiVersion?.toLowerCase();
  return {
    ...(endpoints.pathPrefix && { path_prefix: endpoints.pathPrefix }),
    ...(endpoints.scheme && { scheme: endpoints.scheme.toLowerCase() }),
    ...(endpoints.timeout && { timeout: endpoints.timeout }),
    ...(endpoints.enableHttp2 !== undefined && version.atLeast(2, 35) && { enable_http2: endpoints.enableHttp2 }),
    kubernetes_sd_configs: [discovery(slices ? 'endpointslice' : 'endpoints', [endpoints.namespace ?? prometheus.metadata.namespace ?? ''])],
    ...(apiVersion && version.atLeast(2, 11) && !(apiVersion === 'v1' && version.atLeast(3)) && { api_version: apiVersion }),
    relabel_configs: [...serviceRelabelings(endpoints, slices ? 'endpointslice' : 'endpoint'), ...userRelabelings(endpoints.relabelings)],
    ...(endpoints.alertRelabelings?.length && version.atLeast(2, 51) && { alert_relabel_configs: userRelabelings(endpoints.alertRelabelings) }),
  };
}

/** Keeps the endpoints of the Service's port: by name, or by number where a number is given. */
function serviceRelabelings({ name, port }: AlertmanagerEndpoints, what: string): Relabeling[] {
  const portLabel = typeof port === 'number' ? '__meta_kubernetes_pod_container_port_number' : `__meta_kubernetes_${what}_port_name`;
  return [
    { action: 'keep', source_labels: ['__meta_kubernetes_service_name'], regex: name },
    ...(port === '' || port === 0 ? [] : [{ action: 'keep', source_labels: [portLabel], regex: String(port) }]),
  ];
}
