/** @module render/workload: the StatefulSet of one shard, its containers and volumes, and the Service in front. */
import type { StatefulSet } from '@kubewright/api/apps/v1';
import type { PodSpec } from '@kubewright/api/core/v1';
import type { Writable } from '@kubewright/runtime';

import { GOVERNING_SERVICE, statefulSetName } from '../../names.js';
import type { OperatorConfig } from '../../operator-config.js';
import type { Version } from '../../version.js';
import { ownedMetadata, podSelectorLabels, type PrometheusObject } from '../metadata.js';
import { configReloader } from './config-reloader.js';
import { prometheusContainer } from './prometheus-container.js';
import { podVolumes, type PodVolumes } from './volumes.js';

/** What a StatefulSet is rendered from besides the Prometheus itself. */
export interface WorkloadInputs {
  readonly config: OperatorConfig;
  readonly version: Version;
  readonly shard: number;
  /** Names of the ConfigMaps with rules that are mounted. */
  readonly ruleConfigMaps: readonly string[];
  /** Digest of everything that the StatefulSet follows from; equal digests mean that nothing has to be written. */
  readonly inputHash: string;
}

export const INPUT_HASH = 'prometheus-operator-input-hash';

/** Labels of the CR go to the StatefulSet; kubectl's own annotations do not. */
export function prometheusStatefulSet(prometheus: PrometheusObject, inputs: WorkloadInputs): Writable<typeof StatefulSet> {
  const { config, shard, version } = inputs;
  const { spec, metadata } = prometheus;
  const selector = shardSelectorLabels(metadata.name!, shard, config);
  const annotations = Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([key]) => !key.startsWith('kubectl.kubernetes.io/')));
  const volumes = podVolumes(prometheus, inputs.ruleConfigMaps);
  return {
    metadata: ownedMetadata(prometheus, config, statefulSetName(metadata.name!, shard), {
      labels: { ...metadata.labels, ...selector, 'operator.prometheus.io/mode': 'server' },
      annotations: { ...annotations, [INPUT_HASH]: inputs.inputHash },
    }),
    spec: {
      serviceName: GOVERNING_SERVICE,
      replicas: spec.replicas ?? 1,
      podManagementPolicy: spec.podManagementPolicy ?? 'Parallel',
      updateStrategy: { type: 'RollingUpdate' },
      ...(spec.minReadySeconds !== undefined && { minReadySeconds: spec.minReadySeconds }),
      selector: { matchLabels: selector },
      template: {
        metadata: {
          labels: { ...spec.podMetadata?.labels, ...selector, 'app.kubernetes.io/version': String(version) },
          annotations: { 'kubectl.kubernetes.io/default-container': 'prometheus', ...spec.podMetadata?.annotations },
        },
        spec: podSpec(prometheus, inputs, volumes),
      },
      ...(volumes.claimTemplates.length > 0 && { volumeClaimTemplates: volumes.claimTemplates }),
    },
  };
}

/** Labels that select the pods of one shard. */
export function shardSelectorLabels(name: string, shard: number, config: OperatorConfig): Record<string, string> {
  return { ...podSelectorLabels(name, config), 'operator.prometheus.io/shard': String(shard) };
}

function podSpec(prometheus: PrometheusObject, { config, version, shard }: WorkloadInputs, volumes: PodVolumes): PodSpec {
  const { spec } = prometheus;
  const reloader = { shard, watchedDirectories: volumes.ruleDirectories, volumeMounts: volumes.reloaderMounts };
  return {
    automountServiceAccountToken: spec.automountServiceAccountToken ?? true,
    shareProcessNamespace: false,
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 600,
    initContainers: [configReloader(prometheus, config, { ...reloader, init: true })],
    containers: [prometheusContainer(prometheus, config, version, volumes.prometheusMounts), configReloader(prometheus, config, { ...reloader, init: false })],
    volumes: volumes.volumes,
    ...(spec.serviceAccountName && { serviceAccountName: spec.serviceAccountName }),
    ...(spec.securityContext && { securityContext: spec.securityContext }),
    ...(spec.priorityClassName && { priorityClassName: spec.priorityClassName }),
    ...(spec.nodeSelector && { nodeSelector: spec.nodeSelector }),
    ...(spec.tolerations && { tolerations: spec.tolerations }),
    ...(spec.affinity && { affinity: spec.affinity }),
    ...(spec.imagePullSecrets && { imagePullSecrets: spec.imagePullSecrets }),
    ...(spec.hostNetwork && { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }),
  };
}
