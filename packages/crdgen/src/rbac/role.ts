/**
 * @module rbac: what a project may do. explicit.ts reads `@Rbac`, inferred.ts derives rules from what controllers are decorated with,
 * normalize.ts brings them into one form, and role.ts makes the documents of `role.yaml`.
 */
import type { RbacRule } from '@kubewright/api';

import { normalizeRules, type PolicyRule } from './normalize.js';

/** A ClusterRole, or a Role where the rules name a namespace. */
export interface RoleDocument {
  readonly apiVersion: 'rbac.authorization.k8s.io/v1';
  readonly kind: 'ClusterRole' | 'Role';
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules: readonly PolicyRule[];
}

/** One document for each pair of namespace and role name; cluster-wide ones first, then by namespace. */
export function roleDocuments(rules: readonly RbacRule[], defaultName = 'manager-role'): RoleDocument[] {
  const byRole = new Map<string, { namespace: string; name: string; rules: RbacRule[] }>();
  for (const rule of rules) {
    const [namespace, name] = [rule.namespace ?? '', rule.roleName ?? defaultName];
    const key = JSON.stringify([namespace, name]);
    const role = byRole.get(key) ?? { namespace, name, rules: [] };
    role.rules.push(rule);
    byRole.set(key, role);
  }
  return [...byRole.values()]
    .sort((a, b) => (a.namespace === b.namespace ? (a.name < b.name ? -1 : 1) : a.namespace < b.namespace ? -1 : 1))
    .map(({ namespace, name, rules: own }) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: namespace ? 'Role' : 'ClusterRole',
      metadata: { name, ...(namespace ? { namespace } : {}) },
      rules: normalizeRules(own),
    }));
}
