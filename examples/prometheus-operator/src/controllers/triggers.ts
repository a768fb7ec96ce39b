/** Which Prometheuses a change of something else concerns. Pure but for what it reads from the cache; it must not wait. */
import { matchesLabels, nameOf, requirementsOf, type KubeObject, type ObjectOf } from '@kubewright/api';
import { Namespace, type Pod } from '@kubewright/api/core/v1';
import type { CacheReader, DeepReadonly, Request } from '@kubewright/runtime';

import { Prometheus, type LabelSelector, type PrometheusSpec } from '../api/index.js';

type Metadata = DeepReadonly<KubeObject>;

/** A monitor or rule concerns the Prometheuses of its own namespace and those whose namespace selector matches its namespace's labels. */
export function selectingPrometheuses(namespaceSelector: (spec: DeepReadonly<PrometheusSpec>) => DeepReadonly<LabelSelector> | undefined) {
  return (object: Metadata, reader: CacheReader): Request[] => {
    const namespace = object.metadata.namespace ?? '';
    const labels = reader.get(Namespace, { name: namespace })?.metadata.labels ?? {};
    return reader
      .list(Prometheus)
      .filter((prometheus) => prometheus.metadata.namespace === namespace || matches(namespaceSelector(prometheus.spec), labels))
      .map(nameOf);
  };
}

/** A namespace concerns the Prometheuses that select by namespace at all; which labels changed does not matter. */
export function namespacePrometheuses(_namespace: Metadata, reader: CacheReader): Request[] {
  return reader
    .list(Prometheus)
    .filter(({ spec }) => spec.serviceMonitorNamespaceSelector ?? spec.podMonitorNamespaceSelector ?? spec.ruleNamespaceSelector)
    .map(nameOf);
}

/** A pod names its Prometheus in its labels. */
export function podPrometheus(pod: DeepReadonly<ObjectOf<typeof Pod>>): Request[] {
  const name = pod.metadata.labels?.['prometheus'];
  return name ? [{ namespace: pod.metadata.namespace ?? '', name }] : [];
}

function matches(selector: DeepReadonly<LabelSelector> | undefined, labels: Readonly<Record<string, string>>): boolean {
  return selector !== undefined && matchesLabels(requirementsOf(selector), labels);
}
