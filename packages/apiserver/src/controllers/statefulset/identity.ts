import type { KubeObject, OwnerReference } from '@kubewright/api';
import type { StatefulSet } from '@kubewright/api/apps/v1';
import type { PersistentVolumeClaim, Pod, PodTemplateSpec } from '@kubewright/api/core/v1';

import { podFromTemplate } from '../pod-template.js';

/** The label that names the pod of an ordinal, for Services that select one pod. */
export const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
export const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index';
export const REVISION_LABEL = 'controller-revision-hash';

/** The number at the end of a pod's name; undefined for a pod whose name is not made from the set's. */
export function ordinalOf(set: KubeObject, pod: KubeObject): number | undefined {
  const match = /^(.*)-(\d+)$/.exec(pod.metadata.name ?? '');
  return match && match[1] === set.metadata.name ? Number(match[2]) : undefined;
}

/** The pod of an ordinal. `template` is that of the revision named. */
export function statefulPod(set: StatefulSet, template: PodTemplateSpec, revision: string, ordinal: number, reference: OwnerReference): Pod {
  const pod = podFromTemplate(template, set.metadata.namespace ?? '', reference);
  pod.metadata.name = `${set.metadata.name}-${ordinal}`;
  pod.metadata.labels = { ...pod.metadata.labels, [REVISION_LABEL]: revision };
  pod.spec.hostname = pod.metadata.name;
  if (set.spec.serviceName) pod.spec.subdomain = set.spec.serviceName;
  giveIdentity(set, pod, ordinal);
  return pod;
}

/** Puts right what ties a pod to its ordinal: labels and claims. Returns whether anything was wrong. */
export function giveIdentity(set: StatefulSet, pod: Pod, ordinal: number): boolean {
  const wanted = { [POD_NAME_LABEL]: pod.metadata.name ?? '', [POD_INDEX_LABEL]: String(ordinal) };
  const labels = pod.metadata.labels ?? {};
  let changed = false;
  if (Object.entries(wanted).some(([key, value]) => labels[key] !== value)) {
    pod.metadata.labels = { ...labels, ...wanted };
    changed = true;
  }
  const claims = new Map((set.spec.volumeClaimTemplates ?? []).map((template) => [template.metadata.name ?? '', claimName(set, template, ordinal)]));
  const volumes = pod.spec.volumes ?? [];
  const isMounted = ([volume, claim]: [string, string]): boolean => volumes.some(({ name, persistentVolumeClaim }) => name === volume && persistentVolumeClaim?.claimName === claim);
  if (![...claims].every(isMounted)) {
    const own = [...claims].map(([name, claim]) => ({ name, persistentVolumeClaim: { claimName: claim } }));
    // A claim template hides a volume of its name.
    pod.spec.volumes = [...own, ...volumes.filter(({ name }) => !claims.has(name))];
    changed = true;
  }
  return changed;
}

/** The claims of an ordinal, one a template. */
export function claimsOf(set: StatefulSet, ordinal: number): PersistentVolumeClaim[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    ...structuredClone(template),
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      ...template.metadata,
      name: claimName(set, template, ordinal),
      namespace: set.metadata.namespace ?? '',
      labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
    },
  }));
}

function claimName(set: StatefulSet, template: PersistentVolumeClaim, ordinal: number): string {
  return `${template.metadata.name}-${set.metadata.name}-${ordinal}`;
}

/**
 * The references that a claim should have to its set and its pod: they make the garbage collector delete it with the one or the other.
 * The rest of its references are left as they are. Undefined when they are right already.
 */
export function claimOwners(set: StatefulSet, pod: Pod, claim: PersistentVolumeClaim, isSurplus: boolean): OwnerReference[] | undefined {
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
  const bySet = whenDeleted === 'Delete' && !(whenScaled === 'Delete' && isSurplus);
  const byPod = whenScaled === 'Delete' && isSurplus;
  const present = claim.metadata.ownerReferences ?? [];
  const has = (owner: KubeObject): boolean => present.some(({ uid }) => uid === owner.metadata.uid);
  const isRight = has(set) === bySet && has(pod) === byPod && !present.some(({ uid, kind, name }) => kind === 'Pod' && name === pod.metadata.name && uid !== pod.metadata.uid);
  if (isRight) return undefined;
  const others = present.filter(({ uid, kind, name }) => uid !== set.metadata.uid && uid !== pod.metadata.uid && !(kind === 'Pod' && name === pod.metadata.name));
  return [
    ...others,
    ...(bySet ? [reference('apps/v1', 'StatefulSet', set)] : []),
    ...(byPod ? [reference('v1', 'Pod', pod)] : []),
  ];
}

function reference(apiVersion: string, kind: string, owner: KubeObject): OwnerReference {
  return { apiVersion, kind, name: owner.metadata.name ?? '', uid: owner.metadata.uid ?? '', controller: true, blockOwnerDeletion: true };
}
