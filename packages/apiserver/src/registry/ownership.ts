import type { KubeObject } from '@kubewright/api';

import type { RequestScope } from './request-scope.js';

type Fields = Record<string, unknown>;

/**
 * The state of an object as far as this write can change it: a write of the main resource does not own what belongs to the status
 * subresource, and the other way round (the reset fields of the real server).
 */
export function ownedState(scope: RequestScope, before: KubeObject | undefined, after: KubeObject): KubeObject {
  const { resource, subresource } = scope;
  if (subresource === '' && resource.subresources.some(({ name }) => name === 'status')) return withField(after, 'status', (before as Fields | undefined)?.status);
  if (subresource !== 'status' || !before) return after;
  const status = (after as unknown as Fields).status;
  const { managedFields } = after.metadata;
  const metadata = resource.custom ? { ...before.metadata, ...(managedFields && { managedFields }) } : after.metadata;
  return withField({ ...before, metadata }, 'status', status);
}

function withField(object: KubeObject, field: string, value: unknown): KubeObject {
  const copy = { ...object } as KubeObject & Fields;
  if (value === undefined) delete copy[field];
  else copy[field] = value;
  return copy;
}
