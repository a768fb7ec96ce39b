import { formatApiVersion, formatLabelSelector, parseLabelSelector, requirementsOf, type ResourceKind } from '@kubewright/api';

import type { ListOptions } from './options.js';

/** What a path points at: a collection without `name`, an object with it. */
export interface PathTarget {
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** The path of a request: `/apis/apps/v1/namespaces/default/deployments/web/scale?dryRun=All`. A cluster-scoped kind has no namespace in it. */
export function resourcePath(kind: ResourceKind<never> | ResourceKind, target: PathTarget = {}, query: Query = {}): string {
  let path = kind.group === '' ? `/api/${kind.version}` : `/apis/${formatApiVersion(kind.group, kind.version)}`;
  if (kind.scope === 'Namespaced' && target.namespace) path += `/namespaces/${encodeURIComponent(target.namespace)}`;
  path += `/${encodeURIComponent(kind.plural)}`;
  if (target.name) path += `/${encodeURIComponent(target.name)}`;
  if (target.name && target.subresource) path += `/${encodeURIComponent(target.subresource)}`;
  const text = formatQuery(query);
  return text ? `${path}?${text}` : path;
}

/** The query of a list, a watch or a deletion of many. */
export function selectionQuery(options: ListOptions): Query {
  return {
    labelSelector: labelSelectorText(options.labels),
    fieldSelector: fieldSelectorText(options.fields),
    limit: options.limit,
    continue: options.continue,
    resourceVersion: options.resourceVersion,
    resourceVersionMatch: options.resourceVersionMatch,
  };
}

/** The text form of {@link ListOptions.labels}; a selector that is given as text is checked here, where its caller still is. */
export function labelSelectorText(labels: ListOptions['labels']): string | undefined {
  if (labels === undefined) return undefined;
  return formatLabelSelector(typeof labels === 'string' ? parseLabelSelector(labels) : requirementsOf({ matchLabels: { ...labels } })) || undefined;
}

function fieldSelectorText(fields: ListOptions['fields']): string | undefined {
  return Object.entries(fields ?? {}).map(([field, value]) => `${field}=${value.replace(/[\\,=]/g, '\\$&')}`).join(',') || undefined;
}

function formatQuery(query: Query): string {
  let text: URLSearchParams | undefined;
  for (const name in query) {
    const value = query[name];
    if (value !== undefined && value !== '') (text ??= new URLSearchParams()).append(name, String(value));
  }
  return text?.toString() ?? '';
}
