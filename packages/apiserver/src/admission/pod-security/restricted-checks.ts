/** The checks that are added for restricted pods: what is best practice today. */
import type { Container, Volume } from '@kubewright/api/core/v1';

import { procMount, seccompProfile, unlessOwnUsers } from './baseline-checks.js';
import { counted, namesOf, plural, quoted, settersOf, sorted, type Check, type CheckPod } from './check.js';

const allowPrivilegeEscalation: CheckPod = (pod) => {
  const containers = namesOf(pod, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false);
  return containers.length === 0 ? undefined : { reason: 'allowPrivilegeEscalation != false', detail: `${counted('container', containers)} must set securityContext.allowPrivilegeEscalation=false` };
};

const capabilities: CheckPod = (pod) => {
  const addedOf = ({ securityContext }: Container): string[] => (securityContext?.capabilities?.add ?? []).filter((name) => name !== 'NET_BIND_SERVICE');
  const keeping = namesOf(pod, ({ securityContext }) => !securityContext?.capabilities?.drop?.includes('ALL'));
  const adding = namesOf(pod, (container) => addedOf(container).length > 0);
  const details = [
    ...(keeping.length > 0 ? [`${counted('container', keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(adding.length > 0 ? [`${counted('container', adding)} must not include ${quoted(sorted(pod.containers.flatMap(addedOf)))} in securityContext.capabilities.add`] : []),
  ];
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') };
};

const ALLOWED_VOLUMES: readonly string[] = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret'];

const restrictedVolumes: CheckPod = ({ spec }) => {
  const typeOf = (volume: Volume): string => Object.entries(volume).find(([field, value]) => field !== 'name' && value !== undefined && value !== null)?.[0] ?? 'unknown';
  const bad = (spec.volumes ?? []).filter((volume) => !ALLOWED_VOLUMES.some((type) => (volume as unknown as Record<string, unknown>)[type]));
  if (bad.length === 0) return undefined;
  const types = sorted(bad.map(typeOf));
  const verb = bad.length === 1 ? 'uses' : 'use';
  return { reason: 'restricted volume types', detail: `${counted('volume', bad.map(({ name }) => name))} ${verb} ${plural('restricted volume type', types.length)} ${quoted(types)}` };
};

const runAsNonRoot: CheckPod = (pod) => {
  const ofPod = pod.spec.securityContext?.runAsNonRoot;
  const reason = 'runAsNonRoot != true';
  const setters = settersOf(ofPod === false, namesOf(pod, ({ securityContext }) => securityContext?.runAsNonRoot === false));
  if (setters.length > 0) return { reason, detail: `${setters.join(' and ')} must not set securityContext.runAsNonRoot=false` };
  const silent = ofPod === true ? [] : namesOf(pod, ({ securityContext }) => securityContext?.runAsNonRoot === undefined);
  return silent.length === 0 ? undefined : { reason, detail: `pod or ${counted('container', silent)} must set securityContext.runAsNonRoot=true` };
};

const runAsUser: CheckPod = (pod) => {
  const setters = settersOf(pod.spec.securityContext?.runAsUser === 0, namesOf(pod, ({ securityContext }) => securityContext?.runAsUser === 0));
  return setters.length === 0 ? undefined : { reason: 'runAsUser=0', detail: `${setters.join(' and ')} must not set runAsUser=0` };
};

const requiredSeccomp: CheckPod = (pod) => {
  const bad = seccompProfile(pod);
  if (bad) return bad;
  const silent = pod.spec.securityContext?.seccompProfile ? [] : namesOf(pod, ({ securityContext }) => !securityContext?.seccompProfile);
  return silent.length === 0 ? undefined : { reason: 'seccompProfile', detail: `pod or ${counted('container', silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"` };
};

/** Windows has none of these. */
function exceptWindows(check: CheckPod): CheckPod {
  return (pod) => (pod.spec.os?.name === 'windows' ? undefined : check(pod));
}

/** In the order in which they are told. */
export const RESTRICTED: readonly Check[] = [
  { id: 'allowPrivilegeEscalation', versions: [[8, allowPrivilegeEscalation], [25, exceptWindows(allowPrivilegeEscalation)]] },
  { id: 'capabilities_restricted', versions: [[22, capabilities], [25, exceptWindows(capabilities)]], overrides: ['capabilities_baseline'] },
  { id: 'procMount_restricted', versions: [[35, procMount]], overrides: ['procMount'] },
  { id: 'restrictedVolumes', versions: [[0, restrictedVolumes]], overrides: ['hostPathVolumes'] },
  { id: 'runAsNonRoot', versions: [[0, runAsNonRoot], [35, unlessOwnUsers(runAsNonRoot)]] },
  { id: 'runAsUser', versions: [[23, runAsUser], [35, unlessOwnUsers(runAsUser)]] },
  { id: 'seccompProfile_restricted', versions: [[19, requiredSeccomp], [25, exceptWindows(requiredSeccomp)]], overrides: ['seccompProfile_baseline'] },
];
