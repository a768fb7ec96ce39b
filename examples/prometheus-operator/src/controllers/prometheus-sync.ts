import { ApiError, isNotFound, type KindRef, type ObjectOf } from '@kubewright/api';
import { StatefulSet } from '@kubewright/api/apps/v1';
import { ConfigMap, Namespace, Secret, Service } from '@kubewright/api/core/v1';
import type { Client, ReconcileContext } from '@kubewright/runtime';

import { PodMonitor, Prometheus, PrometheusRule, ServiceMonitor } from '../api/index.js';
import { ruleConfigMapName, statefulSetName, tlsAssetsSecretName } from '../names.js';
import type { OperatorConfig } from '../operator-config.js';
import { desiredObjects, type ClusterView, type DesiredObjects, type SelectedResources } from '../render/desired.js';
import type { PrometheusObject } from '../render/metadata.js';
import { covers, createOrUpdate, getOrUndefined } from './create-or-update.js';
import { syncStatefulSet } from './statefulsets.js';

/**
 * Makes everything that belongs to a Prometheus what it should be, in upstream's order: rules before the configuration that names them, the
 * configuration before the pods that read it. What is no longer wanted goes last.
 */
export async function syncPrometheus(prometheus: PrometheusObject, config: OperatorConfig, { client, log, recorder }: ReconcileContext): Promise<DesiredObjects> {
  const desired = desiredObjects(prometheus, await view(client), config);
  reportRejections(prometheus, desired.selected, recorder);

  for (const configMap of desired.ruleConfigMaps) await createOrUpdate(client, ConfigMap, configMap);
  await deleteFrom(client, ConfigMap, prometheus, (index) => ruleConfigMapName(prometheus.metadata.name!, index), desired.ruleConfigMaps.length);
  if (!desired.unmanaged || !(await getOrUndefined(client, Secret, nameIn(prometheus, desired.configSecret.metadata.name)))) {
    await createOrUpdate(client, Secret, desired.configSecret);
  }
  for (const secret of desired.secrets) await createOrUpdate(client, Secret, secret);
  await deleteFrom(client, Secret, prometheus, (index) => tlsAssetsSecretName(prometheus.metadata.name!, index), 1);
  await createOrUpdate(client, Service, desired.service, { merge: (wanted, live) => ({ ...wanted, spec: { ...live.spec, ...wanted.spec } }), matches: covers });
  for (let shard = 0; shard < desired.shards; shard++) await syncStatefulSet(client, (live) => desired.statefulSet(shard, live), log);
  await deleteFrom(client, StatefulSet, prometheus, (index) => statefulSetName(prometheus.metadata.name!, index), desired.shards);
  return desired;
}

/** Reads are from the cache, so a whole view costs no request. */
async function view(client: Client): Promise<ClusterView> {
  const items = async <K extends KindRef>(kind: K): Promise<ObjectOf<K>[]> => (await client.list(kind)).items as readonly unknown[] as ObjectOf<K>[];
  return {
    serviceMonitors: await items(ServiceMonitor),
    podMonitors: await items(PodMonitor),
    rules: await items(PrometheusRule),
    namespaces: new Map((await items(Namespace)).map(({ metadata }) => [metadata.name!, metadata.labels ?? {}])),
    endpointSlices: true,
  };
}

/** Deletes the numbered objects from `first` on, until one is not there. Objects of the same name that belong to others stay. */
async function deleteFrom<K extends KindRef>(client: Client, kind: K, owner: PrometheusObject, name: (index: number) => string, first: number): Promise<void> {
  for (let index = first; ; index++) {
    const key = nameIn(owner, name(index));
    const excess = await getOrUndefined(client, kind, key);
    if (!excess?.metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid)) return;
    await client.delete(kind, key, { propagationPolicy: 'Foreground' }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
}

function nameIn(owner: PrometheusObject, name: string | undefined): { namespace: string; name: string } {
  return { namespace: owner.metadata.namespace!, name: name ?? '' };
}

/** A bad monitor or rule is told on the object itself, where its author looks. */
function reportRejections(prometheus: PrometheusObject, selected: SelectedResources, recorder: ReconcileContext['recorder']): void {
  const related = { ...prometheus, apiVersion: 'monitoring.coreos.com/v1', kind: Prometheus.name };
  for (const { object, message } of [...selected.serviceMonitors.rejected, ...selected.podMonitors.rejected]) {
    const note = `"${object.metadata.namespace}/${object.metadata.name}" was rejected due to invalid configuration: ${message}`;
    recorder.event(object, 'Warning', 'InvalidConfiguration', 'SelectingConfigurationResources', note, related);
  }
  for (const { object } of selected.rules.rejected) {
    const note = `PrometheusRule ${object.metadata.name} was rejected due to invalid configuration: invalid rule`;
    recorder.event(object, 'Warning', 'InvalidConfiguration', 'SelectingPrometheusRuleResources', note, related);
  }
}

/** What a failed sync says in the Reconciled condition: the server's own words where it was the server that refused. */
export function failureMessage(error: unknown): string {
  return error instanceof ApiError || error instanceof Error ? error.message : String(error);
}
