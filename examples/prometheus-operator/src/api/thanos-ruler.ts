import { CustomResource, type Int32, type SetList } from '@kubewright/api';
import type { SecretKeySelector } from '@kubewright/api/core/v1';

import type { ObjectReference, PrometheusRuleExcludeConfig } from './enforced-limits.js';
import type { GrpcServerTlsConfig } from './http/tls-config.js';
import type { WebConfig } from './http/web-config.js';
import type { PodOptions } from './pod-options.js';
import type { RemoteWriteSpec } from './remote-write.js';
import type { NonEmptyString, PrometheusDuration } from './scalars.js';
import type { LabelSelector } from './selectors.js';
import type { ThanosObjectStorage } from './thanos-spec.js';
import type { WorkloadStatus } from './workload-status.js';

/** A ThanosRuler: evaluates rules against queriers of Thanos. */
@CustomResource({
  group: 'monitoring.coreos.com',
  version: 'v1',
  shortNames: ['ruler'],
  categories: ['prometheus-operator'],
  printColumns: [
    { name: 'Version', path: '.spec.version' },
    { name: 'Replicas', path: '.spec.replicas' },
    { name: 'Ready', path: '.status.availableReplicas' },
    { name: 'Reconciled', path: ".status.conditions[?(@.type == 'Reconciled')].status" },
    { name: 'Available', path: ".status.conditions[?(@.type == 'Available')].status" },
    { name: 'Age', path: '.metadata.creationTimestamp' },
    { name: 'Paused', path: '.status.paused', priority: 1 },
  ],
})
export class ThanosRuler {
  /** What is wanted. */
  spec!: ThanosRulerSpec;
  /** What is. */
  status?: WorkloadStatus;
}

/** What is wanted of a ThanosRuler. */
export interface ThanosRulerSpec extends PodOptions, ThanosObjectStorage {
  /** PrometheusRules that are evaluated; none when absent. */
  ruleSelector?: LabelSelector;
  /** Namespaces in which PrometheusRules are looked for; the own one when absent. */
  ruleNamespaceSelector?: LabelSelector;
  /**
   * Time between two evaluations of a rule.
   * @default 15s
   */
  evaluationInterval?: PrometheusDuration;
  /** How far in the past rules look that do not say so themselves. */
  ruleQueryOffset?: PrometheusDuration;
  /**
   * How many rules of a group are evaluated at a time.
   * @minimum 1
   */
  ruleConcurrentEval?: Int32;
  /** How long an outage may last for an alert's `for` state to be restored. */
  ruleOutageTolerance?: PrometheusDuration;
  /** Least time between a restored alert and its firing. */
  ruleGracePeriod?: PrometheusDuration;
  /** Least time between two sendings of one alert. */
  resendDelay?: PrometheusDuration;
  /** Addresses of queriers. */
  queryEndpoints?: string[];
  /** The key of a Secret with the configuration of queriers; it wins over the addresses. */
  queryConfig?: SecretKeySelector;
  /** URLs of the Alertmanagers that get every alert. */
  alertmanagersUrl?: string[];
  /** The key of a Secret with the configuration of Alertmanagers; it wins over the URLs. */
  alertmanagersConfig?: SecretKeySelector;
  /** URL of the querier that alerts link to. */
  alertQueryUrl?: string;
  /** Labels that are taken off alerts before they are sent. */
  alertDropLabels?: string[];
  /** The key of a Secret with relabelling of alerts. */
  alertRelabelConfigs?: SecretKeySelector;
  /** Path of a file with relabelling of alerts; it wins over the Secret. */
  alertRelabelConfigFile?: string;
  /** Where results are sent instead of being stored. */
  remoteWrite?: RemoteWriteSpec[];
  /** Labels of the results and blocks, which tell replicas apart. */
  labels?: Record<string, string>;
  /**
   * How long data is kept.
   * @default 24h
   */
  retention?: PrometheusDuration;
  /** URL under which users reach the web interface. */
  externalPrefix?: string;
  /** Serves gRPC with TLS. */
  grpcServerTlsConfig?: GrpcServerTlsConfig;
  /** How the web interface is served. */
  web?: WebConfig;
  /** Label that all results and alerts of a rule get, with the rule's namespace as value. */
  enforcedNamespaceLabel?: string;
  /** Objects that are spared the label of their namespace. */
  excludedFromEnforcement?: ObjectReference[];
  /**
   * Rules that are spared the label of their namespace.
   * @deprecated use `excludedFromEnforcement`
   */
  prometheusRulesExcludedFromEnforce?: PrometheusRuleExcludeConfig[];
  /** Features of ThanosRuler that are off by default. */
  enableFeatures?: SetList<NonEmptyString>;
}
