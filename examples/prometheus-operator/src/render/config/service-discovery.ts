import type { LabelSelector, NamespaceSelector } from '../../api/index.js';
import type { ConfigContext } from './context.js';
import { sanitizeLabel, type Relabeling } from './relabeling.js';

/** Objects of these namespaces are discovered; undefined for all. */
export function discoveryNamespaces(selector: NamespaceSelector | undefined, own: string, { prometheus }: ConfigContext): string[] | undefined {
  if (prometheus.spec.ignoreNamespaceSelectors) return [own];
  if (selector?.any) return undefined;
  return selector?.matchNames?.length ? [...selector.matchNames] : [own];
}

/** The discovery of one role. `selectors` is given where the server itself shall select. */
export function discovery(role: string, namespaces: readonly string[] | undefined, selectors?: readonly object[]): Record<string, unknown> {
  return { role, ...(namespaces && { namespaces: { names: namespaces } }), ...(selectors?.length && { selectors }) };
}

/** A label selector as a server-side selector of the discovery, for each role that takes part. */
export function roleSelectors(selector: LabelSelector, roles: readonly string[]): object[] {
  const text = selectorText(selector);
  return text === '' ? [] : roles.map((role) => ({ role, label: text }));
}

/** A label selector as relabelling steps over the discovered labels of `what` (`service` or `pod`). */
export function selectorRelabelings(selector: LabelSelector, what: 'service' | 'pod'): Relabeling[] {
  const label = (key: string): string => `__meta_kubernetes_${what}_label_${sanitizeLabel(key)}`;
  const present = (key: string): string => `__meta_kubernetes_${what}_labelpresent_${sanitizeLabel(key)}`;
  const both = (key: string): string[] => [label(key), present(key)];
  const equal = Object.entries(selector.matchLabels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]): Relabeling => ({ action: 'keep', source_labels: both(key), regex: `(${value});true` }));
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }): Relabeling => {
    switch (operator) {
      case 'In':
        return { action: 'keep', source_labels: both(key), regex: `(${values.join('|')});true` };
      case 'NotIn':
        return { action: 'drop', source_labels: both(key), regex: `(${values.join('|')});true` };
      case 'Exists':
        return { action: 'keep', source_labels: [present(key)], regex: 'true' };
      case 'DoesNotExist':
        return { action: 'drop', source_labels: [present(key)], regex: 'true' };
      default:
        throw new Error(`${JSON.stringify(operator)} is not a valid label selector operator`);
    }
  });
  return [...equal, ...expressions];
}

function selectorText(selector: LabelSelector): string {
  const equal = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => [key, `${key}=${value}`] as const);
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    const list = `(${[...values].sort().join(',')})`;
    const text = operator === 'In' ? `${key} in ${list}` : operator === 'NotIn' ? `${key} notin ${list}` : operator === 'Exists' ? key : `!${key}`;
    return [key, text] as const;
  });
  return [...equal, ...expressions].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, text]) => text).join(',');
}
