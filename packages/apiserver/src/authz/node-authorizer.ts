import type { ClusterRole } from '@kubewright/api/rbac/v1';

import type { ObjectSource } from '../storage/object-source.js';
import type { Authorizer, RequestAttributes } from './authorizer.js';
import { ruleAllows } from './policy-rule.js';

/**
 * Kubelets may do what the ClusterRole `system:node` says. The real authorizer also follows which Secrets and volumes belong to the pods
 * of a node and refuses the rest; here a kubelet may read all of them.
 */
export class NodeAuthorizer implements Authorizer {
  constructor(private readonly objects: ObjectSource) {}

  authorize(attributes: RequestAttributes): { allowed: boolean; reason: string } {
    const { name, groups } = attributes.user;
    if (!name.startsWith('system:node:') || !groups.includes('system:nodes')) return { allowed: false, reason: '' };
    const role = this.objects.get('rbac.authorization.k8s.io', 'clusterroles', '', 'system:node') as ClusterRole | undefined;
    return { allowed: role?.rules?.some((rule) => ruleAllows(rule, attributes)) ?? false, reason: '' };
  }
}
