import type { UnstructuredObject } from '@kubewright/api';

/** The custom resource of the origin's story, as its users write it. */
export const originPrometheus: UnstructuredObject = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'Prometheus',
  metadata: { name: 'prometheus', namespace: 'default' },
  spec: {
    serviceAccountName: 'prometheus',
    replicas: 3,
    alerting: { alertmanagers: [{ namespace: 'default', name: 'alertmanager-example', port: 'web' }] },
    serviceMonitorSelector: { matchLabels: { team: 'frontend' } },
    podMonitorSelector: { matchLabels: { team: 'frontend' } },
    resources: { requests: { memory: '400Mi' } },
    enableAdminAPI: false,
    ruleSelector: { matchLabels: { role: 'alert-rules', prometheus: 'example' } },
    ruleNamespaceSelector: {},
  },
};

/** What the Prometheus pods run as, and what they may do. */
export const prometheusAccess: UnstructuredObject[] = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'prometheus', namespace: 'default' } },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'prometheus' },
    rules: [
      { apiGroups: [''], resources: ['nodes', 'nodes/metrics', 'services', 'endpoints', 'pods'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list', 'watch'] },
      { nonResourceURLs: ['/metrics'], verbs: ['get'] },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'prometheus' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'prometheus' },
    subjects: [{ kind: 'ServiceAccount', name: 'prometheus', namespace: 'default' }],
  },
];

/** Monitors and rules: of each, one that the Prometheus selects and one that it does not. */
export const configurationResources: UnstructuredObject[] = [
  serviceMonitor('example-app', 'frontend'),
  serviceMonitor('other-app', 'backend'),
  rule('prometheus-example-rules', { role: 'alert-rules', prometheus: 'example' }, 'ExampleAlert'),
  rule('other-rules', { role: 'alert-rules', prometheus: 'other' }, 'OtherAlert'),
];

/** The ServiceAccount of the operator and the binding of its generated ClusterRole. */
export const operatorAccess: UnstructuredObject[] = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'prometheus-operator', namespace: 'default' } },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'prometheus-operator' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'prometheus-operator' },
    subjects: [{ kind: 'ServiceAccount', name: 'prometheus-operator', namespace: 'default' }],
  },
];

function serviceMonitor(name: string, team: string): UnstructuredObject {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { name, namespace: 'default', labels: { team } },
    spec: { selector: { matchLabels: { app: name } }, endpoints: [{ port: 'web' }] },
  };
}

function rule(name: string, labels: Record<string, string>, alert: string): UnstructuredObject {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name, namespace: 'default', labels },
    spec: { groups: [{ name: './example.rules', rules: [{ alert, expr: 'vector(1)' }] }] },
  };
}
