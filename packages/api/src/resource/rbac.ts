/** One rule of a Role, as it is written beside the code that needs it. Either `resources` with `groups`, or `urls`. */
export interface RbacRule {
  /** `core` or the empty string name the core group. */
  readonly groups?: readonly string[];
  /** Plurals, with subresources after a slash: `widgets/status`. */
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  /** Paths that are no resources; only in cluster-wide rules. */
  readonly urls?: readonly string[];
  readonly verbs: readonly string[];
  /** Makes the rule part of a Role in this namespace instead of the ClusterRole. */
  readonly namespace?: string;
  /** @default 'manager-role' */
  readonly roleName?: string;
}

/**
 * States what the decorated class needs to be allowed to do; `kubewright generate` collects the rules of a project into roles. It changes
 * nothing at run time. Arguments must be constant expressions.
 */
export function Rbac(..._rules: readonly RbacRule[]): (target: abstract new (...args: never[]) => unknown) => void {
  return () => {};
}
