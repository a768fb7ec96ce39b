/**
 * Fields of the types that this operator does not act on yet. They are told rather than passed over: on a Prometheus in its condition and an
 * event, on a monitor as the reason why it is left out.
 */
const PROMETHEUS = new Set([
  'additionalArgs', 'affinity', 'alerting', 'automountServiceAccountToken', 'configMaps', 'disableCompaction', 'enableAdminAPI', 'enableFeatures',
  'enableRemoteWriteReceiver', 'evaluationInterval', 'externalLabels', 'externalUrl', 'hostNetwork', 'ignoreNamespaceSelectors', 'image', 'imagePullPolicy',
  'imagePullSecrets', 'listenLocal', 'logFormat', 'logLevel', 'minReadySeconds', 'nodeSelector', 'paused', 'podManagementPolicy', 'podMetadata',
  'podMonitorNamespaceSelector', 'podMonitorSelector', 'podTargetLabels', 'portName', 'priorityClassName', 'prometheusExternalLabelName', 'query',
  'replicaExternalLabelName', 'replicas', 'resources', 'retention', 'retentionSize', 'routePrefix', 'ruleNamespaceSelector', 'ruleSelector', 'rules',
  'scrapeInterval', 'scrapeTimeout', 'secrets', 'securityContext', 'serviceAccountName', 'serviceDiscoveryRole', 'serviceMonitorNamespaceSelector',
  'serviceMonitorSelector', 'shards', 'storage', 'terminationGracePeriodSeconds', 'tolerations', 'version', 'volumeMounts', 'volumes', 'walCompression',
]);
const ALERTMANAGER = new Set(['alertRelabelings', 'apiVersion', 'enableHttp2', 'name', 'namespace', 'pathPrefix', 'port', 'relabelings', 'scheme', 'timeout']);
const MONITOR = new Set([
  'endpoints', 'jobLabel', 'keepDroppedTargets', 'labelLimit', 'labelNameLengthLimit', 'labelValueLengthLimit', 'namespaceSelector', 'podMetricsEndpoints',
  'podTargetLabels', 'sampleLimit', 'selector', 'selectorMechanism', 'serviceDiscoveryRole', 'targetLabels', 'targetLimit',
]);
const ENDPOINT = new Set([
  'enableHttp2', 'filterRunning', 'followRedirects', 'honorLabels', 'honorTimestamps', 'interval', 'metricRelabelings', 'params', 'path', 'port', 'portNumber',
  'relabelings', 'scheme', 'scrapeTimeout', 'targetPort', 'trackTimestampsStaleness',
]);

/** Paths of the fields of a Prometheus that are set and have no effect: `spec.remoteWrite`. */
export function unsupportedPrometheusFields(spec: { readonly alerting?: { readonly alertmanagers: readonly object[] } }): string[] {
  const own = setFields(spec, PROMETHEUS).map((field) => `spec.${field}`);
  const alertmanagers = (spec.alerting?.alertmanagers ?? []).flatMap((each, index) => setFields(each, ALERTMANAGER).map((field) => `spec.alerting.alertmanagers[${index}].${field}`));
  return [...own, ...alertmanagers];
}

/** Paths of the fields of a monitor that are set and would have no effect. @param field how its endpoints are called: `endpoints` */
export function unsupportedMonitorFields(spec: object, endpoints: readonly object[], field: string): string[] {
  return [...setFields(spec, MONITOR), ...endpoints.flatMap((endpoint, index) => setFields(endpoint, ENDPOINT).map((name) => `${field}[${index}].${name}`))];
}

function setFields(value: object, supported: ReadonlySet<string>): string[] {
  return Object.entries(value).filter(([field, content]) => !supported.has(field) && content !== undefined && content !== false && content !== '').map(([field]) => field);
}
