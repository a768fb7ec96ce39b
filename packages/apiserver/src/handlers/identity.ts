import { badRequest, type KubeObject } from '@kubewright/api';

import type { RequestScope } from '../registry/request-scope.js';

/** The namespace in a body is that of the URL or left out; then it is filled in. @throws ApiError BadRequest */
export function checkNamespace(scope: RequestScope, object: KubeObject): void {
  matchNamespace(scope, object);
  if (scope.resource.namespaced) object.metadata.namespace = scope.namespace;
  else delete object.metadata.namespace;
}

/** {@link checkNamespace} for an object that stays as it was sent. @throws ApiError BadRequest */
export function matchNamespace(scope: RequestScope, object: KubeObject): void {
  const { namespace } = object.metadata;
  if (scope.resource.namespaced && namespace && namespace !== scope.namespace) throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

/** The name in the body of an update is that of the URL. @throws ApiError BadRequest */
export function checkName(scope: RequestScope, object: KubeObject): void {
  const { name } = object.metadata;
  if (!name) throw badRequest(`the name of the object (${scope.name} based on URL) was undeterminable: name must be provided`);
  if (name !== scope.name) throw badRequest(`the name of the object (${name}) does not match the name on the URL (${scope.name})`);
}
