import type { OwnerReference } from '@kubewright/api';
import type { Pod, PodTemplateSpec } from '@kubewright/api/core/v1';

/** A pod as a template describes it, for the owner named by `reference`. */
export function podFromTemplate(template: PodTemplateSpec, namespace: string, reference: OwnerReference): Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace,
      generateName: `${reference.name}-`,
      ...(labels && { labels: { ...labels } }),
      ...(annotations && { annotations: { ...annotations } }),
      ...(finalizers && { finalizers: [...finalizers] }),
      ownerReferences: [reference],
    },
    spec: structuredClone(template.spec),
  };
}
