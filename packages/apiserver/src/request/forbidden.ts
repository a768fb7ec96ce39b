import { ApiError, forbidden } from '@kubewright/api';

import type { RequestAttributes } from '../authz/authorizer.js';

/** The answer to a request that no rule allows. */
export function forbiddenError(attributes: RequestAttributes, reason: string): ApiError {
  const { resource } = attributes;
  if (resource) return forbidden({ group: resource.group, resource: resource.plural }, resource.name, forbiddenText(attributes, reason));
  return ApiError.of(403, 'Forbidden', `forbidden: ${forbiddenText(attributes, reason)}`, {});
}

/** `User "x" cannot list resource "pods" in API group "" in the namespace "default"` */
export function forbiddenText({ user, verb, resource, path }: RequestAttributes, reason: string): string {
  const because = reason === '' ? '' : `: ${reason}`;
  const who = `User ${JSON.stringify(user.name)} cannot ${verb}`;
  if (!resource) return `${who} path ${JSON.stringify(path)}${because}`;
  const { group, plural, subresource, namespace } = resource;
  const what = JSON.stringify(subresource === '' ? plural : `${plural}/${subresource}`);
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return `${who} resource ${what} in API group ${JSON.stringify(group)} ${where}${because}`;
}
