import { CustomResource, type Int, type IntOrString, type MapList } from '@kubewright/api';

import type { ConfigResourceStatus } from './binding-status.js';
import type { NonEmptyDuration, NonEmptyString, PrometheusDuration } from './scalars.js';

/** Alerting and recording rules. */
@CustomResource({ group: 'monitoring.coreos.com', version: 'v1', shortNames: ['promrule'], categories: ['prometheus-operator'] })
export class PrometheusRule {
  /** The rules. */
  spec!: PrometheusRuleSpec;
  /** Which workloads evaluate them. */
  status?: ConfigResourceStatus;
}

/** The rules, in groups. */
export interface PrometheusRuleSpec {
  /** Groups of rules, one of each name. */
  groups?: MapList<RuleGroup, 'name'>;
}

/** Rules that are evaluated one after the other at one time. */
export interface RuleGroup {
  /** Unique within the object. */
  name: NonEmptyString;
  /** Labels that each rule adds; the rule's own win. */
  labels?: Record<string, string>;
  /** Time between two evaluations. */
  interval?: PrometheusDuration;
  /** How far in the past the rules look. */
  query_offset?: PrometheusDuration;
  /** The rules. */
  rules?: Rule[];
  /**
   * What ThanosRuler does with partial answers.
   * @pattern ^(?i)(abort|warn)?$
   */
  partial_response_strategy?: string;
  /** How many alerts or series a rule may make; 0 is no limit. */
  limit?: Int;
}

/** A recording rule (with `record`) or an alerting rule (with `alert`). */
export interface Rule {
  /** Name of the series that is recorded. */
  record?: string;
  /** Name of the alert. */
  alert?: string;
  /** The PromQL expression. */
  expr: IntOrString;
  /** How long the expression must hold before the alert fires. */
  for?: PrometheusDuration;
  /** How long the alert goes on after the expression stopped to hold. */
  keep_firing_for?: NonEmptyDuration;
  /** Labels to add. */
  labels?: Record<string, string>;
  /** Annotations of the alert. */
  annotations?: Record<string, string>;
}
