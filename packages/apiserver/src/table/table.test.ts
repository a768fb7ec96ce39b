import type { KubeObject } from '@kubewright/api';
import { describe, expect, it } from 'vitest';

import { loadDocument } from '../schemas/load.js';
import { parseIncludeObject, toTable } from './build-table.js';
import { defaultTable, scaleTable, tableFor } from './table-for.js';

const NOW = Date.parse('2026-01-01T00:05:00Z');
const created = { creationTimestamp: '2026-01-01T00:00:00Z' };

function object(fields: Record<string, unknown>): KubeObject {
  const { metadata, ...rest } = fields;
  return { metadata: { name: 'a', ...created, ...(metadata as object | undefined) }, ...rest };
}

function cells(apiVersion: string, plural: string, fields: Record<string, unknown>): readonly unknown[] {
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return tableFor(group, version, plural).cells(object(fields), NOW);
}

describe('pods', () => {
  const pod = (status: Record<string, unknown>, spec: Record<string, unknown> = {}, metadata = {}) =>
    cells('v1', 'pods', { metadata, spec: { containers: [{ name: 'c' }, { name: 'd' }], ...spec }, status: { phase: 'Pending', ...status } });
  const running = { state: { running: {} }, ready: true, restartCount: 0 };

  it.each<[string, readonly unknown[], string, string]>([
    ['Pending', pod({}), '0/2', 'Pending'],
    ['Running', pod({ phase: 'Running', containerStatuses: [running, running] }), '2/2', 'Running'],
    ['one not ready', pod({ phase: 'Running', containerStatuses: [running, { ...running, ready: false }] }), '1/2', 'Running'],
    ['crash loop', pod({ phase: 'Running', containerStatuses: [running, { state: { waiting: { reason: 'CrashLoopBackOff' } } }] }), '1/2', 'CrashLoopBackOff'],
    ['creating', pod({ containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }] }), '0/2', 'ContainerCreating'],
    ['first init container', pod({ initContainerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }] }, { initContainers: [{ name: 'i' }] }), '0/2', 'Init:0/1'],
    ['second init container', pod({ initContainerStatuses: [{ state: { terminated: { exitCode: 0 } } }, { state: { running: {} } }] }, { initContainers: [{ name: 'i' }, { name: 'j' }] }), '0/2', 'Init:1/2'],
    ['failed init container', pod({ initContainerStatuses: [{ state: { terminated: { exitCode: 1, reason: 'Error' } } }] }, { initContainers: [{ name: 'i' }] }), '0/2', 'Init:Error'],
    ['init container by exit code', pod({ initContainerStatuses: [{ state: { terminated: { exitCode: 3 } } }] }, { initContainers: [{ name: 'i' }] }), '0/2', 'Init:ExitCode:3'],
    ['init container by signal', pod({ initContainerStatuses: [{ state: { terminated: { exitCode: 0 + 137, signal: 9 } } }] }, { initContainers: [{ name: 'i' }] }), '0/2', 'Init:Signal:9'],
    ['terminated by signal', pod({ phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 0, signal: 9 } } }] }), '0/2', 'Signal:9'],
    ['Completed', pod({ phase: 'Succeeded', containerStatuses: [{ state: { terminated: { exitCode: 0, reason: 'Completed' } } }] }), '0/2', 'Completed'],
    ['partly completed', pod({ phase: 'Running', containerStatuses: [{ state: { terminated: { exitCode: 0, reason: 'Completed' } } }, running] }), '1/2', 'NotReady'],
    ['partly completed, ready', pod({ phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [{ state: { terminated: { exitCode: 0, reason: 'Completed' } } }, running] }), '1/2', 'Running'],
    ['Terminating', pod({ phase: 'Running', containerStatuses: [running, running] }, {}, { deletionTimestamp: 'x' }), '2/2', 'Terminating'],
    ['deleted after its end', pod({ phase: 'Succeeded' }, {}, { deletionTimestamp: 'x' }), '0/2', 'Succeeded'],
    ['on a lost node', pod({ phase: 'Running', reason: 'NodeLost' }, {}, { deletionTimestamp: 'x' }), '0/2', 'Unknown'],
    ['Evicted', pod({ phase: 'Failed', reason: 'Evicted' }), '0/2', 'Evicted'],
    ['gated', pod({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] }), '0/2', 'SchedulingGated'],
    ['sidecar', pod({ phase: 'Running', initContainerStatuses: [{ name: 's', started: true, ready: true, state: { running: {} } }], containerStatuses: [running, running] }, { initContainers: [{ name: 's', restartPolicy: 'Always' }] }), '3/3', 'Running'],
  ])('%s', (_name, row, ready, status) => expect(row.slice(1, 3)).toEqual([ready, status]));

  it('counts restarts and says when the last one was', () => {
    const lastState = (finishedAt: string) => ({ lastState: { terminated: { exitCode: 1, finishedAt } } });
    const row = pod({ phase: 'Running', containerStatuses: [
      { ...running, restartCount: 2, ...lastState('2026-01-01T00:01:00Z') }, { ...running, restartCount: 1, ...lastState('2026-01-01T00:04:30Z') },
    ] });
    expect(row[3]).toBe('3 (30s ago)');
    expect(pod({ phase: 'Running', containerStatuses: [{ ...running, restartCount: 4 }] })[3]).toBe('4');
  });

  it('shows where it runs in the wide columns', () => {
    expect(pod({}).slice(4)).toEqual(['5m', '<none>', '<none>', '<none>', '<none>']);
    const row = pod({ podIPs: [{ ip: '10.0.0.1' }], conditions: [{ type: 'x/y', status: 'True' }] }, { nodeName: 'n', readinessGates: [{ conditionType: 'x/y' }, { conditionType: 'x/z' }] });
    expect(row.slice(5)).toEqual(['10.0.0.1', 'n', '<none>', '1/2']);
  });
});

describe('tableFor', () => {
  const template = { spec: { containers: [{ name: 'c', image: 'i:1' }, { name: 'd', image: 'j:2' }] } };
  const expressions = { matchLabels: { app: 'a' }, matchExpressions: [{ key: 'tier', operator: 'In', values: ['x', 'y'] }, { key: 'track', operator: 'DoesNotExist' }] };
  it.each<[string, string, Record<string, unknown>, unknown[]]>([
    ['apps/v1', 'deployments', { spec: { replicas: 4, template, selector: expressions }, status: { readyReplicas: 3, updatedReplicas: 4, availableReplicas: 3 } },
      ['a', '3/4', 4, 3, '5m', 'c,d', 'i:1,j:2', 'app=a,tier in (x,y),!track']],
    ['apps/v1', 'replicasets', { spec: { replicas: 2, template, selector: { matchLabels: { app: 'a' } } }, status: { replicas: 2, readyReplicas: 1 } }, ['a', 2, 2, 1, '5m', 'c,d', 'i:1,j:2', 'app=a']],
    ['apps/v1', 'statefulsets', { spec: { replicas: 3, template }, status: { readyReplicas: 2 } }, ['a', '2/3', '5m', 'c,d', 'i:1,j:2']],
    ['apps/v1', 'daemonsets', { spec: { template: { spec: { ...template.spec, nodeSelector: { pool: 'x' } } } }, status: { desiredNumberScheduled: 2, currentNumberScheduled: 1, numberReady: 1 } },
      ['a', 2, 1, 1, 0, 0, 'pool=x', '5m', 'c,d', 'i:1,j:2', '<none>']],
    ['apps/v1', 'controllerrevisions', { revision: 3, metadata: { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'u', controller: true }] } }, ['a', 'statefulset.apps/db', 3, '5m']],
    ['batch/v1', 'jobs', { spec: { completions: 2, template }, status: { active: 1, succeeded: 1, startTime: '2026-01-01T00:04:00Z' } }, ['a', 'Running', '1/2', '60s', '5m', 'c,d', 'i:1,j:2', '<none>']],
    ['batch/v1', 'jobs', { spec: { parallelism: 2, template: {} }, status: { succeeded: 1, startTime: '2026-01-01T00:04:00Z', completionTime: '2026-01-01T00:04:05Z', conditions: [{ type: 'Complete', status: 'True' }] } },
      ['a', 'Complete', '1/1 of 2', '5s', '5m', '', '', '<none>']],
    ['batch/v1', 'cronjobs', { spec: { schedule: '@hourly', suspend: true, timeZone: 'Etc/UTC', jobTemplate: { spec: { template } } }, status: { active: [{}] } },
      ['a', '@hourly', 'Etc/UTC', 'True', 1, '<none>', '5m', 'c,d', 'i:1,j:2', '<none>']],
    ['v1', 'services', { spec: { type: 'NodePort', clusterIPs: ['10.0.0.1'], ports: [{ port: 80, nodePort: 30000, protocol: 'TCP' }, { port: 53, protocol: 'UDP' }], selector: { app: 'a' } } },
      ['a', 'NodePort', '10.0.0.1', '<none>', '80:30000/TCP,53/UDP', '5m', 'app=a']],
    ['v1', 'services', { spec: { type: 'LoadBalancer', clusterIP: '10.0.0.1' }, status: { loadBalancer: {} } }, ['a', 'LoadBalancer', '10.0.0.1', '<pending>', '<none>', '5m', '<none>']],
    ['v1', 'services', { spec: { type: 'LoadBalancer', clusterIP: '10.0.0.1', externalIPs: ['2.2.2.2'] }, status: { loadBalancer: { ingress: [{ ip: '9.9.9.9' }, { hostname: 'h' }] } } },
      ['a', 'LoadBalancer', '10.0.0.1', '9.9.9.9,h,2.2.2.2', '<none>', '5m', '<none>']],
    ['v1', 'services', { spec: { type: 'ExternalName', externalName: 'example.com' } }, ['a', 'ExternalName', '<none>', 'example.com', '<none>', '5m', '<none>']],
    ['v1', 'endpoints', { subsets: [{ addresses: [{ ip: '10.0.0.1' }, { ip: 'fd::1' }], ports: [{ port: 80 }, { port: 81 }] }] }, ['a', '10.0.0.1:80,[fd::1]:80,10.0.0.1:81 + 1 more...', '5m']],
    ['v1', 'endpoints', {}, ['a', '<none>', '5m']],
    ['discovery.k8s.io/v1', 'endpointslices', { addressType: 'IPv4', ports: [{ port: 80 }, { name: 'x' }], endpoints: [{ addresses: ['10.0.0.1'] }, { addresses: ['10.0.0.2'] }] },
      ['a', 'IPv4', '80,x', '10.0.0.1,10.0.0.2', '5m']],
    ['networking.k8s.io/v1', 'ingresses', { spec: { rules: [{ host: 'a' }, { host: 'b' }, { host: 'c' }, { host: 'd' }], tls: [{}] } }, ['a', '<none>', 'a,b,c + 1 more...', '', '80, 443', '5m']],
    ['v1', 'nodes', { metadata: { labels: { 'node-role.kubernetes.io/x': '', 'kubernetes.io/role': 'y' } }, spec: { unschedulable: true }, status: { conditions: [{ type: 'Ready', status: 'True' }], addresses: [{ type: 'InternalIP', address: '1.2.3.4' }], nodeInfo: { kubeletVersion: 'v1', kernelVersion: 'k', architecture: 'amd64' } } },
      ['a', 'Ready,SchedulingDisabled', 'x,y', '5m', 'v1', '1.2.3.4', '<none>', '<unknown>', 'k (amd64)', '<unknown>']],
    ['v1', 'namespaces', { status: { phase: 'Active' } }, ['a', 'Active', '5m']],
    ['v1', 'configmaps', { data: { a: 'b' }, binaryData: { c: '' } }, ['a', 2, '5m']],
    ['v1', 'secrets', { type: 'Opaque', data: { a: '' } }, ['a', 'Opaque', 1, '5m']],
    ['v1', 'serviceaccounts', {}, ['a', '5m']],
    ['v1', 'events', { involvedObject: { kind: 'Pod', name: 'p', fieldPath: 'spec.containers{c}' }, reason: 'R', message: 'm\n', type: 'Normal', source: { component: 'c', host: 'h' }, count: 3, lastTimestamp: '2026-01-01T00:04:50Z' },
      ['10s', 'Normal', 'R', 'pod/p', 'spec.containers{c}', 'c, h', 'm', '<unknown>', 3, 'a']],
    ['events.k8s.io/v1', 'events', { regarding: { kind: 'Pod', name: 'p' }, reason: 'R', note: 'n', type: 'Normal', eventTime: '2026-01-01T00:04:00.000000Z', reportingController: 'x/c', reportingInstance: 'i', series: { count: 7, lastObservedTime: '2026-01-01T00:04:59.000000Z' } },
      ['1s', 'Normal', 'R', 'pod/p', '', 'x/c, i', 'n', '60s', 7, 'a']],
    ['coordination.k8s.io/v1', 'leases', { spec: { holderIdentity: 'me' } }, ['a', 'me', '5m']],
    ['apiextensions.k8s.io/v1', 'customresourcedefinitions', {}, ['a', '2026-01-01T00:00:00Z']],
    ['v1', 'persistentvolumeclaims', { spec: { storageClassName: 's', volumeName: 'v', volumeMode: 'Filesystem' }, status: { phase: 'Bound', capacity: { storage: '1Gi' }, accessModes: ['ReadOnlyMany', 'ReadWriteOnce'] } },
      ['a', 'Bound', 'v', '1Gi', 'RWO,ROX', 's', '<unset>', '5m', 'Filesystem']],
    ['v1', 'persistentvolumes', { metadata: { deletionTimestamp: 'x' }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], persistentVolumeReclaimPolicy: 'Retain', claimRef: { namespace: 'n', name: 'c' } } },
      ['a', '1Gi', 'RWO', 'Retain', 'Terminating', 'n/c', '', '<unset>', '', '5m', '<unset>']],
    ['rbac.authorization.k8s.io/v1', 'roles', {}, ['a', '2026-01-01T00:00:00Z']],
    ['rbac.authorization.k8s.io/v1', 'clusterrolebindings', { roleRef: { kind: 'ClusterRole', name: 'r' }, subjects: [{ kind: 'User', name: 'u' }, { kind: 'User', name: 'v' }, { kind: 'ServiceAccount', namespace: 'n', name: 's' }] },
      ['a', 'ClusterRole/r', '5m', 'u, v', '', 'n/s']],
    ['storage.k8s.io/v1', 'storageclasses', { metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }, provisioner: 'p' }, ['a (default)', 'p', 'Delete', 'Immediate', false, '5m']],
    ['policy/v1', 'poddisruptionbudgets', { spec: { maxUnavailable: '50%' } }, ['a', 'N/A', '50%', 0, '5m']],
    ['autoscaling/v2', 'horizontalpodautoscalers', {
      spec: {
        scaleTargetRef: { kind: 'Deployment', name: 'd' }, maxReplicas: 3, minReplicas: 2,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 50 } } }, { type: 'External', external: { target: { value: '5' } } }, { type: 'Pods' }],
      },
      status: { currentMetrics: [{ resource: { current: { averageUtilization: 20 } } }] },
    }, ['a', 'Deployment/d', 'cpu: 20%/50%, <unknown>/5 + 1 more...', '2', 3, 0, '5m']],
    ['v1', 'resourcequotas', { status: { hard: { pods: '3', 'limits.cpu': '2' }, used: { pods: '1' } } }, ['a', 'pods: 1/3', 'limits.cpu: 0/2', '5m']],
    ['scheduling.k8s.io/v1', 'priorityclasses', { value: -5, preemptionPolicy: 'Never' }, ['a', -5, false, '5m', 'Never']],
  ])('%s %s', (apiVersion, plural, fields, expected) => expect(cells(apiVersion, plural, fields)).toEqual(expected));

  it('has a cell for every column of every kind, even for objects that have nothing', () => {
    for (const [apiVersion, resources] of Object.entries(loadDocument<Record<string, Record<string, unknown[]>>>('tables'))) {
      const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
      for (const plural of Object.keys(resources)) {
        const table = tableFor(group, version, plural);
        expect([`${apiVersion} ${plural}`, table.cells({ metadata: {} }, NOW).length]).toEqual([`${apiVersion} ${plural}`, table.columns.length]);
      }
    }
  });

  it('shows name and age of everything else', () => {
    expect(tableFor('example.com', 'v1', 'widgets')).toBe(defaultTable);
    expect(defaultTable.cells(object({}), NOW)).toEqual(['a', '5m']);
    expect(scaleTable.cells(object({ spec: { replicas: 2 }, status: { replicas: 1 } }), NOW)).toEqual(['a', 2, 1, '5m']);
  });
});

describe('toTable', () => {
  const list = [object({ data: { k: 'v' } })];
  const options = { includeObject: 'Metadata', now: NOW, metadata: { resourceVersion: '7' } } as const;

  it('carries metadata, nothing or the object in its rows', () => {
    const convertor = tableFor('', 'v1', 'configmaps');
    const table = toTable(list, convertor, options);
    expect(table).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: { resourceVersion: '7' } });
    expect(table.columnDefinitions?.map(({ name }) => name)).toEqual(['Name', 'Data', 'Age']);
    expect(table.rows).toEqual([{ cells: ['a', 1, '5m'], object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: list[0]!.metadata } }]);
    expect(toTable(list, convertor, { ...options, includeObject: 'None' }).rows[0]!.object).toBeNull();
    expect(toTable(list, convertor, { ...options, includeObject: 'Object' }).rows[0]!.object).toBe(list[0]);
    expect(toTable(list, convertor, { ...options, version: 'v1beta1', withColumns: false })).toMatchObject({ apiVersion: 'meta.k8s.io/v1beta1', columnDefinitions: null });
  });

  it('refuses what it can not include', () => {
    expect(parseIncludeObject(undefined)).toBe('Metadata');
    expect(parseIncludeObject('None')).toBe('None');
    expect(() => parseIncludeObject('Bad')).toThrow("Unable to convert to Table as requested: includeObject: Invalid value: \"Bad\": must be 'Metadata', 'Object', 'None', or empty");
  });
});
