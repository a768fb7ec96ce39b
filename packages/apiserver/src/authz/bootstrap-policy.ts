import type { KubeObject } from '@kubewright/api';

import { loadDocument } from '../schemas/load.js';

/** A resource of rbac.authorization.k8s.io/v1 and the objects that a fresh server has of it. */
export interface BootstrapPolicy {
  readonly plural: 'clusterroles' | 'clusterrolebindings' | 'roles' | 'rolebindings';
  readonly kind: string;
  readonly objects: readonly KubeObject[];
}

const KINDS = { clusterroles: 'ClusterRole', clusterrolebindings: 'ClusterRoleBinding', roles: 'Role', rolebindings: 'RoleBinding' } as const;

/** The roles and bindings that a fresh server makes for itself, as recorded from one. They carry no apiVersion, kind, uid or time, and must not be changed. */
export function bootstrapPolicy(): BootstrapPolicy[] {
  const recorded = loadDocument<Record<BootstrapPolicy['plural'], KubeObject[]>>('rbac-bootstrap');
  return (Object.keys(KINDS) as BootstrapPolicy['plural'][]).map((plural) => ({ plural, kind: KINDS[plural], objects: recorded[plural] }));
}
