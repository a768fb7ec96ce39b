import { createHash } from 'node:crypto';

import type { ObjectOf } from '@kubewright/api';
import type { ConfigMap, Secret, Service } from '@kubewright/api/core/v1';
import type { StatefulSet } from '@kubewright/api/apps/v1';
import type { Writable } from '@kubewright/runtime';

import type { PodMonitor, PrometheusRule, ServiceMonitor } from '../api/index.js';
import type { OperatorConfig } from '../operator-config.js';
import { checkPodMonitor, checkServiceMonitor } from '../select/check-monitor.js';
import { checkRule } from '../select/check-rule.js';
import { select, type NamespaceLabels, type Selection } from '../select/select.js';
import { Version } from '../version.js';
import { prometheusConfig } from './config/prometheus-config.js';
import type { PrometheusObject } from './metadata.js';
import { mountedRuleConfigMaps, ruleConfigMaps, ruleFiles } from './rules.js';
import { configSecret, thanosClientSecret, tlsAssetsSecret, unmanagedConfigSecret, webConfigSecret } from './secrets.js';
import { governingService } from './workload/service.js';
import { prometheusStatefulSet } from './workload/statefulset.js';

/** Everything in the cluster that a Prometheus follows from. */
export interface ClusterView {
  readonly serviceMonitors: Iterable<ObjectOf<typeof ServiceMonitor>>;
  readonly podMonitors: Iterable<ObjectOf<typeof PodMonitor>>;
  readonly rules: Iterable<ObjectOf<typeof PrometheusRule>>;
  readonly namespaces: NamespaceLabels;
  /** Whether the cluster has EndpointSlices. */
  readonly endpointSlices: boolean;
}

/** What was selected, accepted or not. */
export interface SelectedResources {
  readonly serviceMonitors: Selection<ObjectOf<typeof ServiceMonitor>>;
  readonly podMonitors: Selection<ObjectOf<typeof PodMonitor>>;
  readonly rules: Selection<ObjectOf<typeof PrometheusRule>>;
}

/** The objects that a Prometheus wants. */
export interface DesiredObjects {
  readonly selected: SelectedResources;
  readonly version: Version;
  readonly shards: number;
  readonly ruleConfigMaps: Writable<typeof ConfigMap>[];
  readonly configSecret: Writable<typeof Secret>;
  /** Whether the user writes the configuration: then the Secret is created empty where there is none, and never touched again. */
  readonly unmanaged: boolean;
  readonly secrets: Writable<typeof Secret>[];
  readonly service: Writable<typeof Service>;
  /** @param liveSpec spec of the StatefulSet as it is, if it is: it is part of the digest, so that a change by hand is noticed */
  statefulSet(shard: number, liveSpec: unknown): Writable<typeof StatefulSet>;
}

/** Selects and renders. @throws Error for what makes the Prometheus itself unusable; a bad monitor or rule only leaves itself out */
export function desiredObjects(prometheus: PrometheusObject, cluster: ClusterView, config: OperatorConfig): DesiredObjects {
  const { spec, metadata } = prometheus;
  const version = Version.parse(spec.version || config.defaultPrometheusVersion);
  const selected = selectResources(prometheus, cluster, version);
  const shards = Math.max(spec.shards ?? 1, 1);
  const configMaps = ruleConfigMaps(prometheus, config, ruleFiles(selected.rules.accepted, version));
  const mounted = mountedRuleConfigMaps(metadata.name!, configMaps.length);
  const content = prometheusConfig(
    { prometheus, version, endpointSlices: cluster.endpointSlices, shardRetention: true },
    {
      serviceMonitors: selected.serviceMonitors.accepted,
      podMonitors: selected.podMonitors.accepted,
      ruleConfigMaps: spec.ruleSelector ? mounted : undefined,
    },
  );
  const unmanaged = isUnmanaged(prometheus);
  return {
    selected,
    version,
    shards,
    ruleConfigMaps: configMaps,
    unmanaged,
    configSecret: unmanaged ? unmanagedConfigSecret(prometheus, config) : configSecret(prometheus, config, content),
    secrets: [tlsAssetsSecret(prometheus, config), webConfigSecret(prometheus, config), thanosClientSecret(prometheus, config)],
    service: governingService(prometheus, config),
    statefulSet: (shard, liveSpec) =>
      prometheusStatefulSet(prometheus, {
        config,
        version,
        shard,
        ruleConfigMaps: mounted,
        inputHash: digest([metadata.labels, metadata.annotations, metadata.generation, config, liveSpec ?? null, mounted, shard]),
      }),
  };
}

/** No selector at all: the configuration is the user's, and the operator keeps its hands off. */
function isUnmanaged({ spec }: PrometheusObject): boolean {
  return !spec.serviceMonitorSelector && !spec.podMonitorSelector && !spec.probeSelector && !spec.scrapeConfigSelector;
}

function selectResources(prometheus: PrometheusObject, cluster: ClusterView, version: Version): SelectedResources {
  const { spec, metadata } = prometheus;
  const own = metadata.namespace!;
  return {
    serviceMonitors: select(cluster.serviceMonitors, { objects: spec.serviceMonitorSelector, namespaces: spec.serviceMonitorNamespaceSelector, own }, cluster.namespaces, (monitor) =>
      checkServiceMonitor(monitor, prometheus, version),
    ),
    podMonitors: select(cluster.podMonitors, { objects: spec.podMonitorSelector, namespaces: spec.podMonitorNamespaceSelector, own }, cluster.namespaces, (monitor) =>
      checkPodMonitor(monitor, prometheus, version),
    ),
    rules: select(cluster.rules, { objects: spec.ruleSelector, namespaces: spec.ruleNamespaceSelector, own }, cluster.namespaces, checkRule),
  };
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, sortKeys)).digest('hex').slice(0, 16);
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
