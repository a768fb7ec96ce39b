import type { KubeObject } from '@kubewright/api';
import type { Container, KeyToPath, Pod } from '@kubewright/api/core/v1';

/** Finds a Secret or a ConfigMap of the pod's namespace. */
export type ReferenceLookup = (kind: 'Secret' | 'ConfigMap', name: string) => (KubeObject & { data?: Record<string, string>; binaryData?: Record<string, string> }) | undefined;

/** Why the volumes of a pod can not be mounted, as its Event says it; undefined when they can. */
export function mountProblem(pod: Pod, find: ReferenceLookup): string | undefined {
  for (const volume of pod.spec.volumes ?? []) {
    const sources = volume.projected?.sources ?? [{ ...(volume.secret && { secret: { ...volume.secret, name: volume.secret.secretName ?? '' } }), ...(volume.configMap && { configMap: volume.configMap }) }];
    for (const { secret, configMap } of sources) {
      const problem = (secret && sourceProblem('Secret', secret, find)) ?? (configMap && sourceProblem('ConfigMap', configMap, find));
      if (problem) return `MountVolume.SetUp failed for volume ${JSON.stringify(volume.name)} : ${problem}`;
    }
  }
  return undefined;
}

/** Why the environment of a container can not be made; undefined when it can. */
export function environmentProblem(pod: Pod, container: Container, find: ReferenceLookup): string | undefined {
  for (const { secretRef, configMapRef } of container.envFrom ?? []) {
    for (const [kind, reference] of [['Secret', secretRef], ['ConfigMap', configMapRef]] as const) {
      if (reference && !reference.optional && !find(kind, reference.name ?? '')) return `${kind.toLowerCase()} ${JSON.stringify(reference.name)} not found`;
    }
  }
  for (const { valueFrom } of container.env ?? []) {
    for (const [kind, reference] of [['Secret', valueFrom?.secretKeyRef], ['ConfigMap', valueFrom?.configMapKeyRef]] as const) {
      if (!reference || reference.optional) continue;
      const object = find(kind, reference.name ?? '');
      if (!object) return `${kind.toLowerCase()} ${JSON.stringify(reference.name)} not found`;
      if (!hasKey(object, reference.key)) return `couldn't find key ${reference.key} in ${kind} ${pod.metadata.namespace}/${reference.name}`;
    }
  }
  return undefined;
}

function sourceProblem(kind: 'Secret' | 'ConfigMap', source: { name?: string; optional?: boolean; items?: KeyToPath[] }, find: ReferenceLookup): string | undefined {
  if (source.optional) return undefined;
  const object = find(kind, source.name ?? '');
  if (!object) return `${kind.toLowerCase()} ${JSON.stringify(source.name)} not found`;
  const missing = source.items?.find(({ key }) => !hasKey(object, key));
  return missing && `references non-existent ${kind === 'Secret' ? 'secret' : 'config'} key: ${missing.key}`;
}

function hasKey(object: NonNullable<ReturnType<ReferenceLookup>>, key: string): boolean {
  return object.data?.[key] !== undefined || object.binaryData?.[key] !== undefined;
}
