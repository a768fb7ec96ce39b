import type { KubeObject } from '@kubewright/api';
import { SeededRandom } from '@kubewright/platform';
import { beforeEach, describe, expect, it } from 'vitest';

import type { ResourceInfo } from '../registry/resource.js';
import type { ObjectSource } from '../storage/object-source.js';
import type { AdmissionRequest } from './admission.js';
import { AdmissionChain } from './chain.js';
import { defaultAdmissionPlugins } from './default-plugins.js';

const objects = new Map<string, KubeObject>();
const source: ObjectSource = {
  get: (_group, plural, namespace, name) => objects.get(`${plural}/${namespace}/${name}`),
  list: (_group, plural, namespace) => [...objects].filter(([key]) => key.startsWith(namespace === undefined ? `${plural}/` : `${plural}/${namespace}/`)).map(([, object]) => object),
};
const chain = new AdmissionChain(defaultAdmissionPlugins(source, new SeededRandom()));
const put = (plural: string, namespace: string, name: string, rest: object = {}, metadata: object = {}): void =>
  void objects.set(`${plural}/${namespace}/${name}`, { metadata: { name, ...(namespace && { namespace }), ...metadata }, ...rest });

async function write(group: string, plural: string, object: object, part: Partial<AdmissionRequest> = {}): Promise<never> {
  const request: AdmissionRequest = {
    operation: 'CREATE', subresource: '', namespace: 'a', name: 'x', object: { metadata: { name: 'x' }, ...object } as KubeObject, oldObject: undefined, user: { name: 'x', groups: [] },
    dryRun: false, warnings: [], resource: { group, plural, kind: '' } as ResourceInfo, ...part,
  };
  await chain.admit(request);
  await chain.validate(request);
  return request.object as never;
}
const pod = (spec: object): Promise<{ metadata: { annotations?: object }; spec: Record<string, unknown> & { containers: { resources: object }[] } }> => write('', 'pods', { spec: { containers: [{ name: 'c' }], ...spec } });
const resources = (requests: object, limits: object = {}): object => ({ containers: [{ name: 'c', resources: { requests, limits } }] });

beforeEach(() => {
  objects.clear();
  put('namespaces', '', 'a');
  put('serviceaccounts', 'a', 'default');
});

describe('LimitRanger', () => {
  const range = (...limits: object[]): void => put('limitranges', 'a', 'r', { spec: { limits } });

  it('fills in requests and limits of containers, and says so', async () => {
    range({ type: 'Container', default: { cpu: '1', memory: '1Gi' }, defaultRequest: { cpu: '100m' } });
    const made = await pod({ containers: [{ name: 'c', resources: { limits: { cpu: '2' } } }, { name: 'd', resources: { requests: { cpu: '5m' }, limits: { cpu: '1', memory: '1' } } }], initContainers: [{ name: 'i' }] });
    expect(made.spec.containers.map(({ resources: given }) => given)).toEqual([
      { limits: { cpu: '2', memory: '1Gi' }, requests: { cpu: '100m' } }, { requests: { cpu: '5m' }, limits: { cpu: '1', memory: '1' } },
    ]);
    expect(made.metadata.annotations).toEqual({
      'kubernetes.io/limit-ranger': 'LimitRanger plugin set: cpu request for container c; memory limit for container c; cpu request for init container i; cpu, memory limit for init container i',
    });
  });

  it.each<[string, object, object, string]>([
    ['too little', { type: 'Container', min: { cpu: '100m' } }, resources({ cpu: '50m' }), 'minimum cpu usage per Container is 100m, but request is 50m'],
    ['nothing', { type: 'Container', min: { cpu: '100m' }, max: { memory: '1Gi' } }, resources({}), '[minimum cpu usage per Container is 100m.  No request is specified, maximum memory usage per Container is 1Gi.  No limit is specified]'],
    ['too much', { type: 'Container', max: { memory: '1Gi' } }, resources({}, { memory: '2048Mi' }), 'maximum memory usage per Container is 1Gi, but limit is 2Gi'],
    ['too much for all together', { type: 'Pod', max: { cpu: '1' } }, { containers: [{ name: 'c', resources: { limits: { cpu: '600m' } } }, { name: 'd', resources: { limits: { cpu: '600m' } } }] }, 'maximum cpu usage per Pod is 1, but limit is 1200m'],
    ['too much while starting', { type: 'Pod', max: { cpu: '1' } }, { ...resources({}, { cpu: '1' }), initContainers: [{ name: 'i', resources: { limits: { cpu: '2' } } }] }, 'maximum cpu usage per Pod is 1, but limit is 2'],
    ['too far apart', { type: 'Container', maxLimitRequestRatio: { cpu: '2' } }, resources({ cpu: '100m' }, { cpu: '250m' }), 'cpu max limit to request ratio per Container is 2, but provided ratio is 2.500000'],
  ])('refuses %s', async (_what, limits, spec, message) => {
    range(limits);
    await expect(pod(spec)).rejects.toMatchObject({ httpStatus: 403, message: `pods "x" is forbidden: ${message}` });
  });

  it('holds claims to their limits', async () => {
    range({ type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '2Gi' } });
    const claim = (storage: string): Promise<never> => write('', 'persistentvolumeclaims', { spec: { storageClassName: 's', resources: { requests: { storage } } } });
    await expect(claim('1Gi')).resolves.toBeDefined();
    await expect(claim('3Gi')).rejects.toThrow('maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi');
    await expect(claim('512Mi')).rejects.toThrow('minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 512Mi');
  });
});

describe('RuntimeClass', () => {
  const PODS = { overhead: { podFixed: { cpu: '100m' } }, scheduling: { nodeSelector: { r: 'x' }, tolerations: [{ key: 'k', operator: 'Exists' }] } };

  it('gives pods its overhead and its place', async () => {
    put('runtimeclasses', '', 'rc', PODS);
    const { spec } = await pod({ runtimeClassName: 'rc', nodeSelector: { own: 'y' } });
    expect(spec).toMatchObject({ overhead: { cpu: '100m' }, nodeSelector: { own: 'y', r: 'x' } });
    expect(spec['tolerations']).toContainEqual({ key: 'k', operator: 'Exists' });
  });

  it.each<[object, string]>([
    [{ runtimeClassName: 'none' }, 'pod rejected: RuntimeClass "none" not found'],
    [{ runtimeClassName: 'rc', overhead: { cpu: '5' } }, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"],
    [{ runtimeClassName: 'rc', nodeSelector: { r: 'other' } }, 'conflict: runtimeClass.scheduling.nodeSelector[r] = x; pod.spec.nodeSelector[r] = other'],
    [{ overhead: { cpu: '5' } }, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead'],
  ])('refuses %j', async (spec, message) => {
    put('runtimeclasses', '', 'rc', PODS);
    await expect(pod(spec)).rejects.toThrow(`pods "x" is forbidden: ${message}`);
  });
});

describe('default classes', () => {
  const DEFAULT = { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true', 'ingressclass.kubernetes.io/is-default-class': 'true' } };

  it('are the newest of those that say so, for claims and ingresses that name none', async () => {
    put('storageclasses', '', 'old', {}, { ...DEFAULT, creationTimestamp: '2025-01-01T00:00:00Z' });
    put('storageclasses', '', 'new', {}, { ...DEFAULT, creationTimestamp: '2026-01-01T00:00:00Z' });
    put('ingressclasses', '', 'b', {}, DEFAULT);
    put('ingressclasses', '', 'a', {}, DEFAULT);
    expect(await write('', 'persistentvolumeclaims', { spec: {} })).toMatchObject({ spec: { storageClassName: 'new' } });
    expect(await write('', 'persistentvolumeclaims', { spec: { storageClassName: '' } })).toMatchObject({ spec: { storageClassName: '' } });
    expect(await write('networking.k8s.io', 'ingresses', { spec: {} })).toMatchObject({ spec: { ingressClassName: 'a' } });
    expect(await write('networking.k8s.io', 'ingresses', { metadata: { name: 'x', annotations: { 'kubernetes.io/ingress.class': 'n' } }, spec: {} })).not.toMatchObject({ spec: { ingressClassName: 'a' } });
  });
});

describe('PersistentVolumeClaimResize', () => {
  const claim = (storage: string, phase = 'Bound'): object => ({ metadata: { name: 'x' }, spec: { storageClassName: 's', resources: { requests: { storage } } }, status: { phase } });
  const resize = (from: object, to: object): Promise<never> => write('', 'persistentvolumeclaims', to, { operation: 'UPDATE', oldObject: from as KubeObject });

  it('lets bound claims of classes that allow it change', async () => {
    await expect(resize(claim('1Gi', 'Pending'), claim('2Gi'))).rejects.toThrow('Only bound persistent volume claims can be expanded');
    await expect(resize(claim('1Gi'), claim('2Gi'))).rejects.toThrow('only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize');
    put('storageclasses', '', 's', { allowVolumeExpansion: true });
    await expect(resize(claim('1Gi'), claim('2Gi'))).resolves.toBeDefined();
    await expect(resize(claim('1Gi', 'Pending'), claim('1024Mi'))).resolves.toBeDefined();
  });
});
