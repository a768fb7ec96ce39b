import type { KubeObject } from '@kubewright/api';

import { updateManagedFields } from '../apply/index.js';
import type { UserInfo } from '../authn/user-info.js';
import { requestApiVersion } from '../registry/conversion.js';
import { headerOf, wantsPretty } from '../request/server-request.js';
import { admitCreate } from './admit-connection.js';
import type { Handler } from './api-context.js';
import { readConnectionBody } from './connection-body.js';
import { encodeResponse } from './encode.js';
import { negotiate } from './media-types.js';

/** POST of a review: a question that is answered and forgotten. */
export function handleReview(answer: (object: KubeObject, user: UserInfo, namespace: string) => KubeObject): Handler {
  return async (context, request) => {
    const { http, scope } = request;
    const format = negotiate(headerOf(http, 'accept'), wantsPretty(http, request.info.query), false, true);
    const object = await readConnectionBody(context, request);
    const { resource, fieldManager: manager } = scope;
    const managedFields = updateManagedFields({ before: undefined, after: object, manager, subresource: '', apiVersion: requestApiVersion(resource), schema: resource.schema, now: context.store.now() });
    // Rules reviews are answered with a new object, all others with the one that asked.
    if (managedFields.length > 0 && resource.plural !== 'selfsubjectrulesreviews') object.metadata.managedFields = managedFields;
    await admitCreate(context, scope, object);
    return encodeResponse(201, answer(object, scope.user, scope.namespace), format);
  };
}
