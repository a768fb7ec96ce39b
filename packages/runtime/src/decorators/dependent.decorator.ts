import type { AnyKind } from '../builder/controller-spec.js';
import { dependent, type Dependent as DependentType, type DependentOptions } from '../dependents/dependent.js';
import { record, type AnyClass } from './metadata.js';

/**
 * Declares children of the primary object, which the framework makes, updates and prunes before `reconcileObject` is called. Once for each kind,
 * or more often with names.
 *
 * @example
 * @Controller(Widget)
 * @Dependent(ConfigMap, { desired: (widget: Widget & KubeObject) => configOf(widget) })
 * @Dependent(Deployment, { desired: deploymentOf, dependsOn: ['configmap'], readyWhen: ([deployment]) => isAvailable(deployment) })
 */
export function Dependent<K extends AnyKind, P>(kind: K, options: DependentOptions<K, P>): (target: AnyClass) => void {
  const declared = dependent(kind, options) as unknown as DependentType;
  return (target) => record(target, (metadata) => ({ ...metadata, dependents: [declared, ...metadata.dependents] }));
}
