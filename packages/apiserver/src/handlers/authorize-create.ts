import { forbidden } from '@kubewright/api';

import { forbiddenText } from '../request/forbidden.js';
import { resourceOf } from '../registry/request-scope.js';
import type { ApiContext, ApiRequest } from './api-context.js';

/** Whoever creates by update or apply needs the right to create. @throws ApiError Forbidden */
export function authorizeCreate(context: ApiContext, { info, scope }: ApiRequest): void {
  const { group, version, plural } = scope.resource;
  const resource = { group, version, plural, subresource: '', namespace: scope.namespace, name: scope.name };
  const attributes = { user: scope.user, verb: 'create', resource, path: info.path };
  const { allowed, reason } = context.authorizer.authorize(attributes);
  if (!allowed) throw forbidden(resourceOf(scope), scope.name, forbiddenText(attributes, reason));
}
