import { requestApiVersion } from '../registry/conversion.js';
import { headerOf, wantsPretty } from '../request/server-request.js';
import type { Handler } from './api-context.js';
import { decodeObject } from './decode-body.js';
import { encodeResponse } from './encode.js';
import { checkNamespace } from './identity.js';
import { isRegisteredIn } from './known-kinds.js';
import { negotiate } from './media-types.js';
import { includeObjectOf, viewObject } from './view.js';

/** POST to a collection. */
export const handleCreate: Handler = async (context, { http, info, scope }) => {
  const format = negotiate(headerOf(http, 'accept'), wantsPretty(http, info.query), true, !scope.resource.custom);
  const expected = { apiVersion: requestApiVersion(scope.resource), kind: scope.resource.kind };
  const object = await decodeObject(scope, await http.body(), headerOf(http, 'content-type'), expected, isRegisteredIn(context.registry));
  checkNamespace(scope, object);
  const created = await context.store.create(scope, object);
  return encodeResponse(201, viewObject(created, scope.resource, format.view, includeObjectOf(info.query), context.clock.now()), format);
};
