import type { KubeObject } from '@kubewright/api';
import { SeededRandom } from '@kubewright/platform';
import { beforeEach, describe, expect, it } from 'vitest';

import type { ObjectSource } from '../storage/object-source.js';
import type { ResourceInfo } from '../registry/resource.js';
import type { AdmissionRequest } from './admission.js';
import { AdmissionChain } from './chain.js';
import { defaultAdmissionPlugins } from './default-plugins.js';

const objects = new Map<string, KubeObject>();
const source: ObjectSource = {
  get: (_group, plural, namespace, name) => objects.get(`${plural}/${namespace}/${name}`),
  list: (_group, plural) => [...objects].filter(([key]) => key.startsWith(`${plural}/`)).map(([, object]) => object),
};
const chain = new AdmissionChain(defaultAdmissionPlugins(source, new SeededRandom()));
const put = (plural: string, namespace: string, name: string, rest: object = {}, metadata: object = {}): void =>
  void objects.set(`${plural}/${namespace}/${name}`, { metadata: { name, ...(namespace && { namespace }), ...metadata }, ...rest });

beforeEach(() => {
  objects.clear();
  put('namespaces', '', 'a');
  put('namespaces', '', 'going', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' });
  put('serviceaccounts', 'a', 'default');
});

const request = (plural: string, { group = '', kind = '', ...part }: Omit<Partial<AdmissionRequest>, 'kind'> & { group?: string; kind?: string }): AdmissionRequest => ({
  operation: 'CREATE', subresource: '', namespace: 'a', name: '', object: undefined, oldObject: undefined, user: { name: 'x', groups: [] }, dryRun: false, warnings: [], ...part,
  resource: { group, plural, kind } as ResourceInfo,
});
const run = async (given: AdmissionRequest): Promise<AdmissionRequest> => {
  await chain.admit(given);
  await chain.validate(given);
  return given;
};
const named = (name: string): KubeObject => ({ metadata: { name } });

describe('NamespaceLifecycle', () => {
  it.each<[string, AdmissionRequest, object]>([
    ['creation in a missing namespace', request('configmaps', { namespace: 'none', object: named('c') }), { httpStatus: 404, message: 'namespaces "none" not found' }],
    ['creation in a terminating one', request('configmaps', { namespace: 'going', object: named('c') }), {
      httpStatus: 403,
      message: 'configmaps "c" is forbidden: unable to create new content in namespace going because it is being terminated',
      details: { kind: 'configmaps', name: 'c', causes: [{ reason: 'NamespaceTerminating', message: 'namespace going is being terminated', field: 'metadata.namespace' }] },
    }],
    ['deletion of default', request('namespaces', { operation: 'DELETE', namespace: '', name: 'default' }), { httpStatus: 403, message: 'namespaces "default" is forbidden: this namespace may not be deleted' }],
  ])('refuses %s', async (_case, given, error) => expect(run(given)).rejects.toMatchObject(error));

  it.each<[string, AdmissionRequest]>([
    ['updates in a terminating namespace', request('configmaps', { operation: 'UPDATE', namespace: 'going', name: 'c', object: named('c') })],
    ['deletions without their namespace', request('configmaps', { operation: 'DELETE', namespace: 'none', name: 'c' })],
    ['cluster-scoped objects', request('nodes', { namespace: '', object: named('n') })],
    ['deletion of other namespaces', request('namespaces', { operation: 'DELETE', namespace: '', name: 'a' })],
    ['local access reviews', request('localsubjectaccessreviews', { namespace: 'none', group: 'authorization.k8s.io', object: named('') })],
  ])('lets %s pass', async (_case, given) => expect(run(given)).resolves.toBeDefined());
});

interface PodLike extends KubeObject { spec: { [field: string]: any } } // eslint-disable-line
const podRequest = (spec: object, metadata: object = { name: 'p' }): AdmissionRequest => request('pods', { object: { metadata, spec: { containers: [{ name: 'c', image: 'i' }], ...spec } } as unknown as KubeObject });
const admitted = async (spec: object): Promise<PodLike['spec']> => ((await run(podRequest(spec))).object as PodLike).spec;

describe('ServiceAccount', () => {
  it('mounts the token, the CA and the namespace', async () => {
    const spec = await admitted({ initContainers: [{ name: 'i', image: 'i' }] });
    const name = spec.volumes[0].name as string;
    expect(name).toMatch(/^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(spec).toMatchObject({ serviceAccountName: 'default', serviceAccount: 'default' });
    expect(spec.volumes).toEqual([{
      name,
      projected: {
        defaultMode: 420,
        sources: [
          { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
        ],
      },
    }]);
    for (const container of [spec.containers[0], spec.initContainers[0]]) {
      expect(container.volumeMounts).toEqual([{ name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }]);
    }
  });

  it('leaves containers alone that mount their own, and adds no volume for none', async () => {
    const volumeMounts = [{ name: 'mine', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }];
    const spec = await admitted({ containers: [{ name: 'c', volumeMounts }], volumes: [{ name: 'mine', emptyDir: {} }] });
    expect(spec.volumes).toEqual([{ name: 'mine', emptyDir: {} }]);
    expect(spec.containers[0].volumeMounts).toEqual([{ name: 'mine', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }]);
  });

  it('asks the pod before the account whether to mount, and hands down pull secrets', async () => {
    put('serviceaccounts', 'a', 'default', { automountServiceAccountToken: false, imagePullSecrets: [{ name: 'pull' }] });
    expect(await admitted({})).not.toHaveProperty('volumes');
    expect(await admitted({ automountServiceAccountToken: true })).toHaveProperty('volumes');
    expect((await admitted({})).imagePullSecrets).toEqual([{ name: 'pull' }]);
    expect((await admitted({ imagePullSecrets: [{ name: 'own' }] })).imagePullSecrets).toEqual([{ name: 'own' }]);
  });

  it('refuses a pod without its account', async () => {
    await expect(run(podRequest({ serviceAccountName: 'none' }))).rejects.toMatchObject({
      httpStatus: 403, message: 'pods "p" is forbidden: error looking up service account a/none: serviceaccount "none" not found',
    });
    await expect(run(podRequest({ serviceAccountName: 'none' }, { generateName: 'p-' }))).rejects.toThrow('pods "p-" is forbidden');
  });

  it.each<[string, object, string]>([
    ['a volume', { volumes: [{ name: 's', secret: { secretName: 'other' } }] }, 'volume with secret.secretName="other" is not allowed because service account strict does not reference that secret'],
    ['a variable', { containers: [{ name: 'c', env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'other', key: 'k' } } }] }] }, 'container c with envVar A referencing secret.secretName="other" is not allowed because service account strict does not reference that secret'],
    ['a pull secret', { imagePullSecrets: [{ name: 'p' }] }, 'imagePullSecrets[0].name="p" is not allowed because service account strict does not reference that imagePullSecret'],
  ])('keeps an account that enforces it to its secrets: %s', async (_case, spec, message) => {
    put('serviceaccounts', 'a', 'strict', { secrets: [{ name: 'ok' }] }, { annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } });
    await expect(run(podRequest({ serviceAccountName: 'strict', ...spec }))).rejects.toThrow(`pods "p" is forbidden: ${message}`);
    await expect(run(podRequest({ serviceAccountName: 'strict', volumes: [{ name: 's', secret: { secretName: 'ok' } }] }))).resolves.toBeDefined();
  });

  it('gives mirror pods nothing', async () => {
    const mirror = { name: 'm', annotations: { 'kubernetes.io/config.mirror': 'x' } };
    await expect(run(podRequest({ serviceAccountName: 'default' }, mirror))).rejects.toThrow('a mirror pod may not reference service accounts');
    expect(((await run(podRequest({}, mirror))).object as PodLike).spec).not.toHaveProperty('volumes');
  });
});

describe('pod defaults', () => {
  it('adds tolerations unless there are some', async () => {
    const spec = await admitted({ tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }] });
    expect(spec.tolerations).toEqual([
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists' }, { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    ]);
    expect((await admitted({ tolerations: [{ operator: 'Exists' }] })).tolerations).toHaveLength(1);
  });

  it('computes priority from the class', async () => {
    expect(await admitted({})).toMatchObject({ priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
    put('priorityclasses', '', 'high', { value: 1000, preemptionPolicy: 'Never' });
    put('priorityclasses', '', 'usual', { value: 5, globalDefault: true });
    expect(await admitted({ priorityClassName: 'high' })).toMatchObject({ priority: 1000, preemptionPolicy: 'Never' });
    expect(await admitted({})).toMatchObject({ priority: 5, priorityClassName: 'usual' });
    await expect(run(podRequest({ priorityClassName: 'none' }))).rejects.toThrow('no PriorityClass with name none was found');
    await expect(run(podRequest({ priority: 7 }))).rejects.toThrow('the integer value of priority (7) must not be provided');
  });
});
