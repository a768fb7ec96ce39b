import type { Authorizer as CelAuthorizer } from '@kubewright/cel';

import { serviceAccountUser, type UserInfo } from '../../authn/user-info.js';
import type { Authorizer } from '../../authz/authorizer.js';

/** Answers the questions of expressions (`authorizer.group('').resource('pods').check('get')`) for the user of a request. */
export function askAuthorizer(authorizer: Authorizer, user: UserInfo): CelAuthorizer {
  return ({ verb, path, group = '', resource, subresource = '', namespace = '', name = '', serviceAccount }) => {
    const asking = serviceAccount ? serviceAccountUser(serviceAccount.namespace, serviceAccount.name) : user;
    if (resource === undefined) return authorizer.authorize({ user: asking, verb, path: path ?? '' });
    return authorizer.authorize({ user: asking, verb, path: '', resource: { group, version: '*', plural: resource, subresource, namespace, name } });
  };
}
