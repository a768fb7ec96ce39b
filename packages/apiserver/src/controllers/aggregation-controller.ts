import { deepEqual, matchesLabels, requirementsOf } from '@kubewright/api';
import { ClusterRole, type PolicyRule } from '@kubewright/api/rbac/v1';

import type { ControllerContext } from './controller.js';

/** Copies the rules of the cluster roles that an aggregated one selects into it. */
export function clusterRoleAggregationController(context: ControllerContext): void {
  const roles = context.watch(ClusterRole);
  const loop = context.loop(async (name) => {
    const role = roles.get('', name);
    if (!role?.aggregationRule) return;
    const rules = aggregatedRules(role, roles.list());
    if (!deepEqual(rules, role.rules ?? [])) roles.learn(await context.client.update(ClusterRole, { ...role, rules }));
  });
  roles.onChange(() => {
    for (const { aggregationRule, metadata } of roles.list()) if (aggregationRule) loop.add(metadata.name ?? '');
  });
}

/** The rules of all selected roles, in the order of their names, each rule once. */
export function aggregatedRules(role: ClusterRole, roles: Iterable<ClusterRole>): PolicyRule[] {
  const selectors = (role.aggregationRule?.clusterRoleSelectors ?? []).map((selector) => requirementsOf(selector));
  const selected = [...roles].filter(({ metadata }) => metadata.name !== role.metadata.name && selectors.some((requirements) => matchesLabels(requirements, metadata.labels ?? {})));
  selected.sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
  const rules = new Map<string, PolicyRule>();
  for (const rule of selected.flatMap((other) => other.rules ?? [])) rules.set(JSON.stringify(rule), rule);
  return [...rules.values()];
}
