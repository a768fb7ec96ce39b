/** The checks of the baseline: what lets a pod out of its container (k8s.io/pod-security-admission/policy). */
import { goQuote } from '@kubewright/api';
import type { Container, LifecycleHandler, Probe, SELinuxOptions } from '@kubewright/api/core/v1';

import { counted, namesOf, plural, quoted, settersOf, sorted, type Check, type CheckPod, type PodView } from './check.js';

const APPARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/';

const appArmorProfile: CheckPod = (pod) => {
  const isBad = (type: string | undefined): boolean => type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost';
  const ofPod = pod.spec.securityContext?.appArmorProfile?.type;
  const typeOf = (container: Container): string | undefined => container.securityContext?.appArmorProfile?.type;
  const setters = settersOf(isBad(ofPod), namesOf(pod, (container) => isBad(typeOf(container))));
  const annotations = Object.entries(pod.annotations)
    .filter(([key, value]) => key.startsWith(APPARMOR_ANNOTATION) && value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/'))
    .map(([key, value]) => `${key}=${goQuote(value)}`).sort();
  if (annotations.length > 0) setters.push(plural('annotation', annotations.length));
  if (setters.length === 0) return undefined;
  const values = [...sorted([ofPod, ...pod.containers.map(typeOf)].filter((type) => type !== undefined && isBad(type)) as string[]), ...annotations];
  return { reason: plural('forbidden AppArmor profile', values.length), detail: `${setters.join(' and ')} must not set AppArmor profile type to ${quoted(values)}` };
};

const DEFAULT_CAPABILITIES: ReadonlySet<string> = new Set([
  'AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT',
]);

const capabilities: CheckPod = (pod) => {
  const badOf = (container: Container): string[] => (container.securityContext?.capabilities?.add ?? []).filter((name) => !DEFAULT_CAPABILITIES.has(name));
  const containers = namesOf(pod, (container) => badOf(container).length > 0);
  if (containers.length === 0) return undefined;
  return { reason: 'non-default capabilities', detail: `${counted('container', containers)} must not include ${quoted(sorted(pod.containers.flatMap(badOf)))} in securityContext.capabilities.add` };
};

const hostNamespaces: CheckPod = ({ spec }) => {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field] === true);
  return shared.length === 0 ? undefined : { reason: 'host namespaces', detail: shared.map((field) => `${field}=true`).join(', ') };
};

const hostPathVolumes: CheckPod = ({ spec }) => {
  const volumes = (spec.volumes ?? []).filter(({ hostPath }) => hostPath).map(({ name }) => name);
  return volumes.length === 0 ? undefined : { reason: 'hostPath volumes', detail: counted('volume', volumes) };
};

const hostPorts: CheckPod = (pod) => {
  const portsOf = ({ ports = [] }: Container): string[] => ports.flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : []));
  const containers = namesOf(pod, (container) => portsOf(container).length > 0);
  if (containers.length === 0) return undefined;
  const ports = sorted(pod.containers.flatMap(portsOf));
  return { reason: 'hostPort', detail: `${counted('container', containers)} ${uses(containers)} ${plural('hostPort', ports.length)} ${ports.join(', ')}` };
};

const hostProbes: CheckPod = (pod) => {
  const hostsIn = (handler: Probe | LifecycleHandler | undefined): string[] => [handler?.httpGet?.host, handler?.tcpSocket?.host].filter((host) => host !== undefined && host !== '') as string[];
  const hostsOf = ({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): string[] => [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap(hostsIn);
  const containers = sorted(namesOf(pod, (container) => hostsOf(container).length > 0));
  if (containers.length === 0) return undefined;
  const hosts = sorted(pod.containers.flatMap(hostsOf));
  return { reason: 'probe or lifecycle host', detail: `${counted('container', containers)} ${uses(containers)} ${counted('probe or lifecycle host', hosts)}` };
};

const privileged: CheckPod = (pod) => {
  const containers = namesOf(pod, ({ securityContext }) => securityContext?.privileged === true);
  return containers.length === 0 ? undefined : { reason: 'privileged', detail: `${counted('container', containers)} must not set securityContext.privileged=true` };
};

export const procMount: CheckPod = (pod) => {
  const typeOf = ({ securityContext }: Container): string => securityContext?.procMount ?? 'Default';
  const containers = namesOf(pod, (container) => typeOf(container) !== 'Default');
  if (containers.length === 0) return undefined;
  return { reason: 'procMount', detail: `${counted('container', containers)} must not set securityContext.procMount to ${quoted(sorted(pod.containers.map(typeOf).filter((type) => type !== 'Default')))}` };
};

function seLinuxOptions(...types: readonly string[]): CheckPod {
  return (pod) => {
    const all = [pod.spec.securityContext?.seLinuxOptions, ...pod.containers.map(({ securityContext }) => securityContext?.seLinuxOptions)].filter((options) => options !== undefined);
    const hasBadType = ({ type = '' }: SELinuxOptions): boolean => type !== '' && !types.includes(type);
    const isBad = (options: SELinuxOptions | undefined): boolean => options !== undefined && (hasBadType(options) || Boolean(options.user) || Boolean(options.role));
    const setters = settersOf(isBad(pod.spec.securityContext?.seLinuxOptions), namesOf(pod, ({ securityContext }) => isBad(securityContext?.seLinuxOptions)));
    if (setters.length === 0) return undefined;
    const badTypes = sorted(all.filter(hasBadType).map(({ type = '' }) => type));
    const problems = [
      ...(badTypes.length > 0 ? [counted('type', badTypes)] : []),
      ...(all.some(({ user }) => user) ? ['user may not be set'] : []), ...(all.some(({ role }) => role) ? ['role may not be set'] : []),
    ];
    return { reason: 'seLinuxOptions', detail: `${setters.join(' and ')} set forbidden securityContext.seLinuxOptions: ${problems.join('; ')}` };
  };
}

const SECCOMP_ANNOTATION = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_ANNOTATIONS = 'container.seccomp.security.alpha.kubernetes.io/';

const seccompAnnotations: CheckPod = (pod) => {
  const isRight = (value: string): boolean => value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/');
  const keys = [SECCOMP_ANNOTATION, ...pod.containers.map(({ name }) => SECCOMP_ANNOTATIONS + name)];
  const forbidden = sorted(keys.flatMap((key) => {
    const value = pod.annotations[key];
    return value === undefined || isRight(value) ? [] : [`${key}=${goQuote(value)}`];
  }));
  return forbidden.length === 0 ? undefined : { reason: 'seccompProfile', detail: `forbidden ${plural('annotation', forbidden.length)} ${forbidden.join(', ')}` };
};

export function isBadSeccomp(type: string | undefined): boolean {
  return type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost';
}

export const seccompProfile: CheckPod = (pod) => {
  const typeOf = ({ securityContext }: Pick<PodView['spec'], 'securityContext'> | Container): string | undefined => securityContext?.seccompProfile?.type;
  const setters = settersOf(isBadSeccomp(typeOf(pod.spec)), namesOf(pod, (container) => isBadSeccomp(typeOf(container))));
  if (setters.length === 0) return undefined;
  const values = sorted([pod.spec, ...pod.containers].map(typeOf).filter((type) => type !== undefined && isBadSeccomp(type)) as string[]);
  return { reason: 'seccompProfile', detail: `${setters.join(' and ')} must not set securityContext.seccompProfile.type to ${quoted(values)}` };
};

function sysctls(allowed: readonly string[]): CheckPod {
  return ({ spec }) => {
    const forbidden = (spec.securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !allowed.includes(name));
    return forbidden.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: forbidden.join(', ') };
  };
}

const SYSCTLS = ['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start'];
const SYSCTLS_27 = [...SYSCTLS, 'net.ipv4.ip_local_reserved_ports'];
const SYSCTLS_29 = [...SYSCTLS_27, 'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes'];
const SYSCTLS_32 = [...SYSCTLS_29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'];

const windowsHostProcess: CheckPod = (pod) => {
  const setters = settersOf(pod.spec.securityContext?.windowsOptions?.hostProcess === true, namesOf(pod, ({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true));
  return setters.length === 0 ? undefined : { reason: 'hostProcess', detail: `${setters.join(' and ')} must not set securityContext.windowsOptions.hostProcess=true` };
};

/** Root in a user namespace of the pod's own is nobody outside of it. */
export function unlessOwnUsers(check: CheckPod): CheckPod {
  return (pod) => (pod.spec.hostUsers === false ? undefined : check(pod));
}

function uses(containers: readonly string[]): string {
  return containers.length === 1 ? 'uses' : 'use';
}

/** In the order in which they are told. */
export const BASELINE: readonly Check[] = [
  { id: 'appArmorProfile', versions: [[0, appArmorProfile]] },
  { id: 'capabilities_baseline', versions: [[0, capabilities]] },
  { id: 'hostNamespaces', versions: [[0, hostNamespaces]] },
  { id: 'hostPathVolumes', versions: [[0, hostPathVolumes]] },
  { id: 'hostPorts', versions: [[0, hostPorts]] },
  { id: 'hostProbesAndHostLifecycle', versions: [[34, hostProbes]] },
  { id: 'privileged', versions: [[0, privileged]] },
  { id: 'procMount', versions: [[0, procMount], [35, unlessOwnUsers(procMount)]] },
  { id: 'seLinuxOptions', versions: [[0, seLinuxOptions('container_t', 'container_init_t', 'container_kvm_t')], [31, seLinuxOptions('container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t')]] },
  { id: 'seccompProfile_baseline', versions: [[0, seccompAnnotations], [19, seccompProfile]] },
  { id: 'sysctls', versions: [[0, sysctls(SYSCTLS)], [27, sysctls(SYSCTLS_27)], [29, sysctls(SYSCTLS_29)], [32, sysctls(SYSCTLS_32)]] },
  { id: 'windowsHostProcess', versions: [[0, windowsHostProcess]] },
];
