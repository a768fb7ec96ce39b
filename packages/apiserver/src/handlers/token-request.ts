import type { KubeObject } from '@kubewright/api';

import { headerOf } from '../request/server-request.js';
import { admitCreate } from './admit-connection.js';
import type { Handler } from './api-context.js';
import { readConnectionBody } from './connection-body.js';
import { encodeResponse } from './encode.js';
import { checkNamespace } from './identity.js';
import { negotiate } from './media-types.js';

/** POST of `serviceaccounts/x/token`. */
export function handleTokenRequest(issue: (namespace: string, name: string, request: KubeObject) => KubeObject): Handler {
  return async (context, request) => {
    const { http, scope } = request;
    const format = negotiate(headerOf(http, 'accept'), false, false, true);
    const object = await readConnectionBody(context, request);
    checkNamespace(scope, object);
    await admitCreate(context, scope, object);
    return encodeResponse(201, issue(scope.namespace, scope.name, object), format);
  };
}
