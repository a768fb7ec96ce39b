import type { KubeObject } from '@kubewright/api';
import type { PodSpec } from '@kubewright/api/core/v1';
import { describe, expect, it } from 'vitest';

import type { ResourceInfo } from '../../registry/resource.js';
import type { ObjectSource } from '../../storage/object-source.js';
import type { AdmissionRequest } from '../admission.js';
import { explain, namespaceWarnings, podView, violations } from './evaluate.js';
import { podSecurity } from './plugin.js';
import { formatStandard, policyOf, type Level } from './policy.js';

const told = (level: Level, spec: object, minor?: number, annotations: Record<string, string> = {}): string => explain(violations({ level, minor }, podView(annotations, { containers: [{ name: 'c', image: 'i' }], ...spec } as PodSpec)));
const container = (securityContext: object, rest: object = {}): object => ({ containers: [{ name: 'c', image: 'i', securityContext, ...rest }] });
const TWO = { containers: [{ name: 'a', image: 'i' }], initContainers: [{ name: 'b', image: 'i', securityContext: { privileged: true } }], ephemeralContainers: [{ name: 'e', image: 'i', securityContext: { privileged: true } }] };
const SAFE = { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }, ...container({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }) };

describe('baseline', () => {
  it.each<[string, object, string]>([
    ['an ordinary pod', {}, ''],
    ['namespaces of the host', { hostNetwork: true, hostIPC: true }, 'host namespaces (hostNetwork=true, hostIPC=true)'],
    ['privileged containers of all kinds', TWO, 'privileged (containers "b", "e" must not set securityContext.privileged=true)'],
    ['folders of the host', { volumes: [{ name: 'h', hostPath: { path: '/' } }, { name: 'e', emptyDir: {} }, { name: 'g', hostPath: { path: '/x' } }] }, 'hostPath volumes (volumes "h", "g")'],
    ['ports of the host', container({}, { ports: [{ containerPort: 1, hostPort: 90 }, { containerPort: 2, hostPort: 80 }, { containerPort: 3 }] }), 'hostPort (container "c" uses hostPorts 80, 90)'],
    ['capabilities', container({ capabilities: { add: ['SYS_ADMIN', 'CHOWN', 'NET_RAW'] } }), 'non-default capabilities (container "c" must not include "NET_RAW", "SYS_ADMIN" in securityContext.capabilities.add)'],
    ['unmasked /proc', container({ procMount: 'Unmasked' }), 'procMount (container "c" must not set securityContext.procMount to "Unmasked")'],
    ['unmasked /proc of own users', { ...container({ procMount: 'Unmasked' }), hostUsers: false }, ''],
    ['seccomp', { ...container({ seccompProfile: { type: 'Unconfined' } }), securityContext: { seccompProfile: { type: 'Unconfined' } } }, 'seccompProfile (pod and container "c" must not set securityContext.seccompProfile.type to "Unconfined")'],
    ['AppArmor', container({ appArmorProfile: { type: 'Unconfined' } }), 'forbidden AppArmor profile (container "c" must not set AppArmor profile type to "Unconfined")'],
    ['SELinux', { securityContext: { seLinuxOptions: { type: 'spc_t', user: 'u' } } }, 'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set)'],
    ['sysctls', { securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }, { name: 'net.ipv4.tcp_rmem', value: '1' }] } }, 'forbidden sysctls (kernel.msgmax)'],
    ['Windows host processes', { securityContext: { windowsOptions: { hostProcess: true } } }, 'hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)'],
    ['probes of other hosts', container({}, { livenessProbe: { httpGet: { host: 'x', port: 1 } }, lifecycle: { preStop: { tcpSocket: { host: 'y', port: 1 } } } }), 'probe or lifecycle host (container "c" uses probe or lifecycle hosts "x", "y")'],
  ])('%s', (_what, spec, text) => expect(told('baseline', spec)).toBe(text));

  it('is what it was in an older version', () => {
    const sysctl = (name: string): object => ({ securityContext: { sysctls: [{ name, value: '1' }] } });
    expect(told('baseline', sysctl('net.ipv4.tcp_rmem'), 31)).toBe('forbidden sysctls (net.ipv4.tcp_rmem)');
    expect(told('baseline', container({}, { livenessProbe: { httpGet: { host: 'x', port: 1 } } }), 33)).toBe('');
    expect(told('baseline', {}, 18, { 'container.seccomp.security.alpha.kubernetes.io/c': 'unconfined' })).toBe('seccompProfile (forbidden annotation container.seccomp.security.alpha.kubernetes.io/c="unconfined")');
    expect(told('baseline', { hostUsers: false, ...container({ procMount: 'Unmasked' }) }, 34)).toMatch(/^procMount/);
  });

  it('reads annotations of AppArmor', () => {
    expect(told('baseline', {}, undefined, { 'container.apparmor.security.beta.kubernetes.io/c': 'unconfined' })).toBe(
      'forbidden AppArmor profile (annotation must not set AppArmor profile type to "container.apparmor.security.beta.kubernetes.io/c="unconfined"")');
  });
});

describe('restricted', () => {
  it.each<[string, object, string]>([
    ['a pod that asks for nothing', SAFE, ''],
    ['volumes', { ...SAFE, volumes: [{ name: 'n', nfs: { server: 's', path: '/' } }, { name: 'h', hostPath: { path: '/' } }, { name: 's', secret: { secretName: 's' } }] }, 'restricted volume types (volumes "n", "h" use restricted volume types "hostPath", "nfs")'],
    ['root', { ...SAFE, securityContext: { ...SAFE.securityContext, runAsUser: 0, runAsNonRoot: false } }, 'runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false), runAsUser=0 (pod must not set runAsUser=0)'],
    ['root of own users', { ...SAFE, hostUsers: false, securityContext: { ...SAFE.securityContext, runAsUser: 0, runAsNonRoot: false } }, ''],
    ['capabilities beyond the one', { ...SAFE, ...container({ allowPrivilegeEscalation: false, capabilities: { add: ['NET_BIND_SERVICE', 'CHOWN'] } }) }, 'unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]; container "c" must not include "CHOWN" in securityContext.capabilities.add)'],
    ['Windows, which has no such things', { os: { name: 'windows' }, securityContext: { runAsNonRoot: true } }, ''],
  ])('%s', (_what, spec, text) => expect(told('restricted', spec)).toBe(text));
});

describe('labels of a namespace', () => {
  const read = (labels: Record<string, string>): string[] => {
    const { policy: { enforce, audit, warn }, errors } = policyOf(Object.fromEntries(Object.entries(labels).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value])));
    return [...[enforce, audit, warn].map(formatStandard), ...errors.map(({ field, message }) => `${field}: ${message}`)];
  };

  it.each<[string, Record<string, string>, string[]]>([
    ['say nothing', {}, ['privileged:latest', 'privileged:latest', 'privileged:latest']],
    ['warn of what is enforced', { enforce: 'baseline', 'enforce-version': 'v1.30' }, ['baseline:v1.30', 'privileged:latest', 'baseline:v1.30']],
    ['warn as they say', { enforce: 'baseline', warn: 'restricted', 'warn-version': 'v1.2' }, ['baseline:latest', 'privileged:latest', 'restricted:v1.2']],
    ['are strict when they can not be read', { enforce: 'x', audit: 'y', 'warn-version': 'v0' }, [
      'restricted:latest', 'privileged:latest', 'privileged:latest',
      'metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "x": must be one of privileged, baseline, restricted',
      'metadata.labels[pod-security.kubernetes.io/audit]: Invalid value: "y": must be one of privileged, baseline, restricted',
      'metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "v0": must be "latest" or "v1.x"',
    ]],
  ])('%s', (_what, labels, expected) => expect(read(labels)).toEqual(expected));
});

it('tells pods of a namespace that becomes stricter, one of each kind of problem', () => {
  const pod = (name: string, spec: object): never => ({ metadata: { name }, spec: { containers: [{ name: 'c' }], ...spec } }) as never;
  expect(namespaceWarnings('n', { level: 'baseline', minor: 30 }, [pod('z', { hostPID: true }), pod('a', { hostPID: true }), pod('m', { hostPID: true }), pod('ok', {}), pod('p', container({ privileged: true }))])).toEqual([
    'existing pods in namespace "n" violate the new PodSecurity enforce level "baseline:v1.30"', 'a (and 2 other pods): host namespaces', 'p: privileged',
  ]);
});

describe('PodSecurity', () => {
  const namespaces = new Map<string, Record<string, string>>();
  const source: ObjectSource = { get: (_group, _plural, _namespace, name) => ({ metadata: { name, labels: namespaces.get(name) ?? {} } }), list: () => [] };
  const validate = async (resource: { group?: string; plural: string }, spec: object, part: Partial<AdmissionRequest> = {}): Promise<string[]> => {
    const request: AdmissionRequest = {
      operation: 'CREATE', resource: { group: '', ...resource } as ResourceInfo, subresource: '', namespace: 'n', name: 'x', object: { metadata: { name: 'x' }, spec } as unknown as KubeObject, oldObject: undefined,
      user: { name: 'u', groups: [] }, dryRun: false, warnings: [], ...part,
    };
    await podSecurity(source).validate!(request);
    return request.warnings;
  };
  const BAD = { hostPID: true, containers: [{ name: 'c', image: 'i' }] };

  it('refuses pods, and warns of workloads', async () => {
    namespaces.set('n', { 'pod-security.kubernetes.io/enforce': 'baseline' });
    await expect(validate({ plural: 'pods' }, BAD)).rejects.toMatchObject({ httpStatus: 403, message: 'pods "x" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostPID=true)' });
    expect(await validate({ group: 'batch', plural: 'cronjobs' }, { jobTemplate: { spec: { template: { spec: BAD } } } })).toEqual(['would violate PodSecurity "baseline:latest": host namespaces (hostPID=true)']);
    expect(await validate({ group: 'apps', plural: 'deployments' }, { template: { spec: { containers: [] } } })).toEqual([]);
  });

  it('looks at updates of pods only where they change images or add containers', async () => {
    const update = (spec: object, subresource = ''): Promise<string[]> => validate({ plural: 'pods' }, spec, { operation: 'UPDATE', subresource, oldObject: { metadata: { name: 'x' }, spec: BAD } as unknown as KubeObject });
    await expect(update({ ...BAD, tolerations: [] })).resolves.toEqual([]);
    await expect(update({ ...BAD, containers: [] }, 'status')).resolves.toEqual([]);
    await expect(update({ ...BAD, containers: [{ name: 'c', image: 'j' }] })).rejects.toThrow('violates PodSecurity');
    await expect(update({ ...BAD, ephemeralContainers: [{ name: 'd', image: 'i' }] }, 'ephemeralcontainers')).rejects.toThrow('violates PodSecurity');
  });
});
