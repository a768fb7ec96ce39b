import { CustomResource, type Int32, type Int64 } from '@kubewright/api';
import type { SecretKeySelector } from '@kubewright/api/core/v1';

import type { AlertingSpec } from './alerting-spec.js';
import type { PrometheusRuleExcludeConfig } from './enforced-limits.js';
import type { ImageParts } from './image-parts.js';
import type { CommonPrometheusFields } from './prometheus-common.js';
import type { RemoteReadSpec } from './remote-read.js';
import type { ByteSize, PrometheusDuration } from './scalars.js';
import type { LabelSelector } from './selectors.js';
import type { ShardRetentionPolicy } from './sharding.js';
import type { ThanosSpec } from './thanos-spec.js';
import type { ShardedStatus } from './workload-status.js';

/** A Prometheus server: what it scrapes, which rules it evaluates, and how its pods run. */
@CustomResource({
  group: 'monitoring.coreos.com',
  version: 'v1',
  plural: 'prometheuses',
  shortNames: ['prom'],
  categories: ['prometheus-operator'],
  scale: { specReplicasPath: '.spec.shards', statusReplicasPath: '.status.shards', labelSelectorPath: '.status.selector' },
  printColumns: [
    { name: 'Version', path: '.spec.version' },
    { name: 'Desired', path: '.spec.replicas' },
    { name: 'Ready', path: '.status.availableReplicas' },
    { name: 'Reconciled', path: ".status.conditions[?(@.type == 'Reconciled')].status" },
    { name: 'Available', path: ".status.conditions[?(@.type == 'Available')].status" },
    { name: 'Age', path: '.metadata.creationTimestamp' },
    { name: 'Paused', path: '.status.paused', priority: 1 },
  ],
})
export class Prometheus {
  /** What is wanted. */
  spec!: PrometheusSpec;
  /** What is. */
  status?: ShardedStatus;
}

/** What is wanted of a Prometheus server. */
export interface PrometheusSpec extends CommonPrometheusFields, ImageParts {
  /** PrometheusRules that are evaluated; none when absent. */
  ruleSelector?: LabelSelector;
  /** Namespaces in which PrometheusRules are looked for; the own one when absent. */
  ruleNamespaceSelector?: LabelSelector;
  /**
   * Time between two evaluations of a rule.
   * @default 30s
   */
  evaluationInterval?: PrometheusDuration;
  /** How far in the past rules look that do not say so themselves. */
  ruleQueryOffset?: PrometheusDuration;
  /** How long data is kept. */
  retention?: PrometheusDuration;
  /** How much data is kept. */
  retentionSize?: ByteSize;
  /** What happens to shards when their number shrinks. */
  shardRetentionPolicy?: ShardRetentionPolicy;
  /** Where alerts go. */
  alerting?: AlertingSpec;
  /** The key of a Secret with configurations of Alertmanagers that are added as they are. */
  additionalAlertManagerConfigs?: SecretKeySelector;
  /** The key of a Secret with relabelling of alerts that is added as it is. */
  additionalAlertRelabelConfigs?: SecretKeySelector;
  /** Where older data is read from. */
  remoteRead?: RemoteReadSpec[];
  /** Runs Thanos beside Prometheus, to query it or to upload its blocks. */
  thanos?: ThanosSpec;
  /** Limits of queries. */
  query?: QuerySpec;
  /** File that queries are logged to; a bare name is put on a volume of its own. */
  queryLogFile?: string;
  /** Settings of rules. */
  rules?: RulesSpec;
  /**
   * Rules that are spared the label of their namespace.
   * @deprecated use `excludedFromEnforcement`
   */
  prometheusRulesExcludedFromEnforce?: PrometheusRuleExcludeConfig[];
  /** Settings of the exemplars that are kept. */
  exemplars?: Exemplars;
  /** Opens the API that deletes data and makes snapshots. */
  enableAdminAPI?: boolean;
  /** Keeps blocks as they are written. */
  disableCompaction?: boolean;
  /**
   * Accepts blocks whose times overlap.
   * @deprecated it is always so
   */
  allowOverlappingBlocks?: boolean;
}

/** Settings of the exemplars that are kept in memory. */
export interface Exemplars {
  /** How many are kept of all series together. */
  maxSize?: Int64;
}

/** Limits of queries. */
export interface QuerySpec {
  /** How old a sample may be to count. */
  lookbackDelta?: string;
  /**
   * How many queries run at a time.
   * @minimum 1
   */
  maxConcurrency?: Int32;
  /** How many samples one query may load. */
  maxSamples?: Int32;
  /** Time after which a query is given up. */
  timeout?: PrometheusDuration;
}

/** Settings of rules. */
export interface RulesSpec {
  /** Settings of alerting rules. */
  alert?: RulesAlert;
}

/** Settings of alerting rules. */
export interface RulesAlert {
  /** How long an outage may last for an alert's `for` state to be restored. */
  forOutageTolerance?: string;
  /** Least time between a restored alert and its firing. */
  forGracePeriod?: string;
  /** Least time between two sendings of one alert. */
  resendDelay?: string;
}
