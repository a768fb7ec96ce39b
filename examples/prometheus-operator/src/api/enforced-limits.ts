import type { ByteSize, NonEmptyString, UnsignedInt64 } from './scalars.js';

/** Limits and labels that apply whatever the selected objects say. */
export interface EnforcedLimits {
  /** Label that all samples and alerts of an object get, with the object's namespace as value. */
  enforcedNamespaceLabel?: string;
  /** Objects that are spared the label of their namespace. */
  excludedFromEnforcement?: ObjectReference[];
  /** Most samples of a scrape. */
  enforcedSampleLimit?: UnsignedInt64;
  /** Most targets of a job. */
  enforcedTargetLimit?: UnsignedInt64;
  /** Most labels of a sample. */
  enforcedLabelLimit?: UnsignedInt64;
  /** Greatest length of a label's name. */
  enforcedLabelNameLengthLimit?: UnsignedInt64;
  /** Greatest length of a label's value. */
  enforcedLabelValueLengthLimit?: UnsignedInt64;
  /** Most dropped targets that are remembered. */
  enforcedKeepDroppedTargets?: UnsignedInt64;
  /** Greatest size of an uncompressed answer. */
  enforcedBodySizeLimit?: ByteSize;
}

/** Names one configuration object, or all of a kind in a namespace. */
export interface ObjectReference {
  /**
   * Group of the object.
   * @default monitoring.coreos.com
   */
  group?: 'monitoring.coreos.com';
  /** Plural of the object's kind. */
  resource: 'prometheusrules' | 'servicemonitors' | 'podmonitors' | 'probes' | 'scrapeconfigs';
  /** Namespace of the object. */
  namespace: NonEmptyString;
  /** Name of the object; all of the namespace when absent. */
  name?: string;
}

/** Names one PrometheusRule. */
export interface PrometheusRuleExcludeConfig {
  /** Namespace of the PrometheusRule. */
  ruleNamespace: string;
  /** Name of the PrometheusRule. */
  ruleName: string;
}
