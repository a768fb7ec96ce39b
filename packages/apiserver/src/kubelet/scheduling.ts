import { matchesLabels, type LabelRequirement } from '@kubewright/api';
import type { Node, NodeSelectorRequirement, NodeSelectorTerm, Pod, Taint, Toleration } from '@kubewright/api/core/v1';

/** Where a pod goes, or why nowhere. */
export type Placement = { readonly kind: 'node'; readonly name: string } | { readonly kind: 'none'; readonly message: string };

/**
 * The node with the fewest pods among those that are ready, wanted (node selector, required node affinity) and tolerated. Resources,
 * volumes, and affinity between pods are not looked at.
 * @param podsOn how many pods a node has
 */
export function place(pod: Pod, nodes: readonly Node[], podsOn: (node: string) => number): Placement {
  const reasons = new Map<string, number>();
  let best: { name: string; pods: number } | undefined;
  for (const node of nodes) {
    const name = node.metadata.name ?? '';
    const pods = podsOn(name);
    const reason = misfit(pod, node, pods);
    if (reason) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    else if (!best || pods < best.pods || (pods === best.pods && name < best.name)) best = { name, pods };
  }
  if (best) return { kind: 'node', name: best.name };
  if (nodes.length === 0) return { kind: 'none', message: 'no nodes available to schedule pods' };
  return { kind: 'none', message: `0/${nodes.length} nodes are available: ${[...reasons].map(([reason, count]) => `${count} ${reason}`).sort().join(', ')}.` };
}

function misfit(pod: Pod, node: Node, pods: number): string | undefined {
  if (node.spec?.unschedulable && !tolerates(pod, { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' })) return 'node(s) were unschedulable';
  const untolerated = node.spec?.taints?.find((taint) => taint.effect !== 'PreferNoSchedule' && !tolerates(pod, taint));
  if (untolerated) return `node(s) had untolerated taint {${untolerated.key}: ${untolerated.value ?? ''}}`;
  if (!node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')) return 'node(s) were not ready';
  if (!wants(pod, node)) return "node(s) didn't match Pod's node affinity/selector";
  if (pods >= Number(node.status.allocatable?.pods ?? 110)) return 'Too many pods';
  return undefined;
}

function wants({ spec }: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  if (Object.entries(spec.nodeSelector ?? {}).some(([key, value]) => labels[key] !== value)) return false;
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return !terms || terms.some((term) => matchesTerm(term, node));
}

/** A term without requirements matches nothing. */
function matchesTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, node: Node): boolean {
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  const byFields = { 'metadata.name': node.metadata.name ?? '' };
  return matchesLabels(matchExpressions.map(toRequirement), node.metadata.labels ?? {}) && matchesLabels(matchFields.map(toRequirement), byFields);
}

const OPERATORS: Readonly<Record<string, LabelRequirement['operator']>> = {
  In: 'In', NotIn: 'NotIn', Exists: 'Exists', DoesNotExist: 'DoesNotExist', Gt: 'GreaterThan', Lt: 'LessThan',
};

function toRequirement({ key, operator, values }: NodeSelectorRequirement): LabelRequirement {
  return { key, operator: (Object.hasOwn(OPERATORS, operator) && OPERATORS[operator]) || 'In', values: [...(values ?? [])] };
}

function tolerates({ spec }: Pod, { key, value = '', effect }: Pick<Taint, 'key' | 'value' | 'effect'>): boolean {
  return (spec.tolerations ?? []).some((toleration: Toleration) => {
    if (toleration.effect && toleration.effect !== effect) return false;
    if (toleration.key && toleration.key !== key) return false;
    return toleration.operator === 'Exists' || (toleration.key === key && (toleration.value ?? '') === value);
  });
}
