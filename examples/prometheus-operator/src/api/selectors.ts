import type { AtomicList } from '@kubewright/api';

/**
 * Chooses objects by their labels. An empty selector chooses all, an absent one none.
 * @structType atomic
 */
export interface LabelSelector {
  /** Labels that must be there with these values. */
  matchLabels?: Record<string, string>;
  /** Requirements that must all hold. */
  matchExpressions?: AtomicList<LabelSelectorRequirement>;
}

/** One requirement on a label. */
export interface LabelSelectorRequirement {
  /** The label. */
  key: string;
  /** `In`, `NotIn`, `Exists` or `DoesNotExist`. */
  operator: string;
  /** Values to compare with; empty for `Exists` and `DoesNotExist`. */
  values?: AtomicList<string>;
}

/** Chooses the namespaces in which a monitor looks for targets. */
export interface NamespaceSelector {
  /** All namespaces; `matchNames` is then ignored. */
  any?: boolean;
  /** Namespaces by name. */
  matchNames?: string[];
}
