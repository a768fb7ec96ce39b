/** @module render: pure functions from a Prometheus and what belongs to it to the objects that the operator writes. They never read a cluster. */
import { ownerReferenceTo, type ObjectMeta, type ObjectOf, type OwnerReference } from '@kubewright/api';

import { Prometheus } from '../api/index.js';
import type { OperatorConfig } from '../operator-config.js';

/** A Prometheus as the cache holds it. */
export type PrometheusObject = ObjectOf<typeof Prometheus>;

const MANAGED_BY = { 'managed-by': 'prometheus-operator', 'app.kubernetes.io/managed-by': 'prometheus-operator' };

/** Metadata of an object that belongs to one Prometheus and goes with it. */
export function ownedMetadata(owner: PrometheusObject, config: OperatorConfig, name: string, extra: { labels?: Record<string, string>; annotations?: Record<string, string> } = {}): ObjectMeta & { name: string } {
  const annotations = { ...extra.annotations, ...config.annotations };
  return {
    name,
    namespace: owner.metadata.namespace!,
    labels: { ...extra.labels, ...MANAGED_BY, ...config.labels },
    ...(Object.keys(annotations).length > 0 && { annotations }),
    ownerReferences: [controllerReference(owner)],
  };
}

/** Metadata of the governing Service: several Prometheuses of a namespace share it, so each is an owner and none its controller. */
export function sharedMetadata(owner: PrometheusObject, config: OperatorConfig, name: string, labels: Record<string, string>): ObjectMeta & { name: string } {
  const { apiVersion, kind, name: owned, uid } = controllerReference(owner);
  return { ...ownedMetadata(owner, config, name, { labels }), ownerReferences: [{ apiVersion, kind, name: owned, uid }] };
}

/** Labels that select the pods of one Prometheus, all shards. */
export function podSelectorLabels(name: string, config: OperatorConfig): Record<string, string> {
  return {
    ...config.labels,
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/managed-by': 'prometheus-operator',
    'app.kubernetes.io/name': 'prometheus',
    'operator.prometheus.io/name': name,
    prometheus: name,
  };
}

function controllerReference(owner: PrometheusObject): OwnerReference {
  return ownerReferenceTo(owner, Prometheus, { controller: true, blockOwnerDeletion: true });
}
