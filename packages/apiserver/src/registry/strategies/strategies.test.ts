import type { KubeObject } from '@kubewright/api';
import { FakeClock, SeededRandom } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { Storage } from '../../storage/storage.js';
import { builtinResources } from '../builtin-resources.js';
import type { ResourceInfo } from '../resource.js';

const resources = builtinResources(new Storage({ clock: new FakeClock() }), new SeededRandom(1));

function resource(group: string, plural: string): ResourceInfo {
  return resources.find((candidate) => candidate.group === group && candidate.plural === plural)!;
}

type Fields = Record<string, unknown>;

/** What a create makes of an object before it is stored, and what is wrong with it. */
function prepare(group: string, plural: string, fields: Fields): { object: Fields & KubeObject; unknown: string[]; problems: string[] } {
  const { strategy, kind } = resource(group, plural);
  const object = { kind, metadata: { name: 'a', namespace: 'default', uid: 'u' }, ...structuredClone(fields) } as unknown as Fields & KubeObject;
  const unknown = strategy.prune(object);
  strategy.applyDefaults(object);
  strategy.prepareForCreate(object);
  strategy.allocate?.(object, undefined);
  return { object, unknown, problems: strategy.validate(object).map(({ field, message }) => `${field}: ${message}`) };
}

const container = (more: Fields = {}): Fields => ({ name: 'c', image: 'img:1', ...more });
const template = (spec: Fields = {}): Fields => ({ metadata: { labels: { app: 'a' } }, spec: { containers: [container()], ...spec } });
const workload = (more: Fields = {}): Fields => ({ spec: { selector: { matchLabels: { app: 'a' } }, template: template(), ...more } });

describe('defaults of built-in kinds', () => {
  it.each([['nginx', 'Always'], ['reg:5000/x:latest', 'Always'], ['reg:5000/x', 'Always'], ['img:1', 'IfNotPresent'], [`x@sha256:${'a'.repeat(32)}`, 'IfNotPresent']])('%s is pulled %s', (image, policy) => {
    const { object } = prepare('', 'pods', { spec: { containers: [container({ image })] } });
    expect(object.spec).toMatchObject({ containers: [{ imagePullPolicy: policy }] });
  });

  it('fills in a pod', () => {
    const { object, problems } = prepare('', 'pods', {
      spec: {
        containers: [container({ ports: [{ containerPort: 80 }], livenessProbe: { httpGet: { port: 80 } }, resources: { limits: { cpu: '0.5', memory: '1024Mi' } }, env: [{ name: 'N', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] })],
        volumes: [{ name: 'e' }, { name: 's', secret: { secretName: 's' } }],
      },
    });
    expect(problems).toEqual([]);
    expect(object.spec).toEqual({
      containers: [{
        name: 'c', image: 'img:1', imagePullPolicy: 'IfNotPresent', terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File',
        ports: [{ containerPort: 80, protocol: 'TCP' }], resources: { limits: { cpu: '500m', memory: '1Gi' }, requests: { cpu: '500m', memory: '1Gi' } },
        livenessProbe: { httpGet: { port: 80, path: '/', scheme: 'HTTP' }, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
        env: [{ name: 'N', valueFrom: { fieldRef: { fieldPath: 'metadata.name', apiVersion: 'v1' } } }],
      }],
      volumes: [{ name: 'e', emptyDir: {} }, { name: 's', secret: { secretName: 's', defaultMode: 420 } }],
      enableServiceLinks: true, dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', terminationGracePeriodSeconds: 30, schedulerName: 'default-scheduler', securityContext: {},
    });
    expect(object.status).toEqual({ phase: 'Pending', qosClass: 'Guaranteed' });
  });

  it('fills in a Deployment', () => {
    const { object } = prepare('apps', 'deployments', workload());
    expect(object.spec).toMatchObject({ replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } } });
    expect([object.status, object.metadata.generation]).toEqual([{}, 1]);
  });

  it('turns the texts of a Secret into base64', () => {
    const { object } = prepare('', 'secrets', { stringData: { k: 'vä' }, data: { l: 'eA==' } });
    expect(object).toMatchObject({ type: 'Opaque', data: { k: 'dsOk', l: 'eA==' } });
    expect(object.stringData).toBeUndefined();
  });

  it('writes quantities as the server does and drops what it does not know', () => {
    const { object, unknown } = prepare('', 'resourcequotas', { spec: { hard: { pods: 1000, cpu: '0.1' }, nonsense: 1 } });
    expect([object.spec, unknown]).toEqual([{ hard: { pods: '1k', cpu: '100m' } }, ['spec.nonsense']]);
  });
});

describe('types of built-in kinds', () => {
  it.each<[string, string, Fields, string]>([
    ['', 'configmaps', { data: { k: 1 } }, 'json: cannot unmarshal number into Go struct field ConfigMap.data of type string'],
    ['', 'configmaps', { data: ['a'] }, 'json: cannot unmarshal array into Go struct field ConfigMap.data of type map[string]string'],
    ['', 'configmaps', { metadata: 'x' }, 'json: cannot unmarshal string into Go struct field ConfigMap.metadata of type v1.ObjectMeta'],
    ['apps', 'deployments', { spec: { replicas: 'two' } }, 'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32'],
    ['apps', 'deployments', { spec: { replicas: 1.5 } }, 'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32'],
    ['apps', 'deployments', { spec: { template: { spec: { containers: {} } } } }, 'json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container'],
    ['', 'secrets', { data: { k: '***' } }, 'illegal base64 data at input byte 0'],
  ])('%s/%s %j', (group, plural, fields, problem) => {
    expect(() => prepare(group, plural, fields)).toThrow(problem);
  });
});

describe('rules of built-in kinds', () => {
  it.each<[string, string, Fields, string[]]>([
    ['apps', 'deployments', {}, ['spec.selector: Required value', 'spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`', 'spec.template.spec.containers: Required value']],
    ['apps', 'deployments', workload({ selector: {} }), ['spec.selector: Invalid value: {}: empty selector is invalid for deployment']],
    ['apps', 'deployments', workload({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }), ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0']],
    ['apps', 'statefulsets', workload({ podManagementPolicy: 'Nope', replicas: -1 }), ["spec.podManagementPolicy: Invalid value: \"Nope\": must be 'OrderedReady' or 'Parallel'", 'spec.replicas: Invalid value: -1: must be greater than or equal to 0']],
    ['apps', 'replicasets', workload({ template: template({ restartPolicy: 'Never' }) }), ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"']],
    ['', 'pods', { spec: { containers: [container({ image: undefined }), container()] } }, ['spec.containers[0].image: Required value', 'spec.containers[1].name: Duplicate value: "c"']],
    ['', 'pods', { spec: { containers: [container({ ports: [{ containerPort: 1, name: 'p' }, { containerPort: 2, name: 'p' }] })] } }, ['spec.containers[0].ports[1].name: Duplicate value: "p"']],
    ['', 'pods', { spec: { containers: [container({ volumeMounts: [{ name: 'v', mountPath: '/v' }] })] } }, ['spec.containers[0].volumeMounts[0].name: Not found: "v"']],
    ['', 'services', { spec: { clusterIP: 'None', ports: [{ port: 1 }, { port: 2 }] } }, ['spec.ports[0].name: Required value', 'spec.ports[1].name: Required value']],
    ['', 'configmaps', { data: { 'n/w': 'x' } }, ["data[n/w]: Invalid value: \"n/w\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"]],
    ['rbac.authorization.k8s.io', 'roles', { rules: [{ apiGroups: [''], resources: ['pods'] }] }, ['rules[0].verbs: Required value: verbs must contain at least one value']],
    ['rbac.authorization.k8s.io', 'clusterrolebindings', { roleRef: { kind: 'Role', name: 'x' } }, ['roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"']],
  ])('%s/%s %j', (group, plural, fields, problems) => {
    expect(prepare(group, plural, fields).problems).toEqual(problems);
  });

  it('keeps status and spec apart and counts generations', () => {
    const { strategy } = resource('apps', 'deployments');
    const { object: old } = prepare('apps', 'deployments', workload());
    const next = structuredClone(old) as Fields & KubeObject;
    (next.spec as Fields).replicas = 2;
    next.status = { replicas: 9 };
    strategy.prepareForUpdate(next, old, '');
    expect([next.metadata.generation, next.status]).toEqual([2, {}]);
    const status = structuredClone(old) as Fields & KubeObject;
    (status.spec as Fields).replicas = 2;
    status.status = { replicas: 9 };
    strategy.prepareForUpdate(status, old, 'status');
    expect([status.metadata.generation, (status.spec as Fields).replicas, status.status]).toEqual([1, 1, { replicas: 9 }]);
  });

  it.each([
    [{ spec: { nodeName: 'n', terminationGracePeriodSeconds: 7 } }, undefined, 7],
    [{ spec: { nodeName: 'n', terminationGracePeriodSeconds: 7 } }, 3, 3],
    [{ spec: {} }, 30, 0],
    [{ spec: { nodeName: 'n' }, status: { phase: 'Succeeded' } }, undefined, 0],
  ])('a deletion of the pod %j that asks for %s s waits %s s', (pod, requested, expected) => {
    expect(resource('', 'pods').strategy.gracePeriod!({ metadata: {}, ...pod }, requested)).toBe(expected);
  });
});
