import { ApiError, badRequest, GoDecodeError, type KubeObject } from '@kubewright/api';

import { requestApiVersion } from '../registry/conversion.js';
import type { RequestScope } from '../registry/request-scope.js';
import { planScaleUpdate, readScale, SCALE_KIND } from '../registry/scale.js';
import { headerOf, wantsPretty, type ServerResponse } from '../request/server-request.js';
import { copyJson } from '../storage/immutable.js';
import type { ApiContext, ApiRequest, Handler } from './api-context.js';
import { authorizeCreate } from './authorize-create.js';
import { checkTypeMeta, decodeDocument, decodeObject, readScaleFields } from './decode-body.js';
import { encodeResponse } from './encode.js';
import { checkName, checkNamespace } from './identity.js';
import { isRegisteredIn } from './known-kinds.js';
import { negotiate } from './media-types.js';
import { includeObjectOf, viewObject, viewScale } from './view.js';

/** PUT of an object, its status, its scale or another subresource that is a view of it. */
export const handleUpdate: Handler = async (context, request) => {
  const { http, info, scope } = request;
  if (scope.subresource === 'scale') return updateScale(context, request);
  const format = negotiate(headerOf(http, 'accept'), wantsPretty(http, info.query), true, !scope.resource.custom);
  const expected = { apiVersion: requestApiVersion(scope.resource), kind: scope.resource.kind };
  const object = await decodeObject(scope, await http.body(), headerOf(http, 'content-type'), expected, isRegisteredIn(context.registry));
  checkName(scope, object);
  checkNamespace(scope, object);
  const { object: updated, created } = await context.store.update(scope, {
    produce: () => copyJson(object),
    createIfMissing: scope.resource.strategy.allowCreateOnUpdate ?? false,
    authorizeCreate: () => authorizeCreate(context, request),
  });
  return encodeResponse(created ? 201 : 200, viewObject(updated, scope.resource, format.view, includeObjectOf(info.query), context.clock.now()), format);
};

async function updateScale(context: ApiContext, { http, info, scope }: ApiRequest): Promise<ServerResponse> {
  const format = negotiate(headerOf(http, 'accept'), wantsPretty(http, info.query), true, !scope.resource.custom);
  const bytes = await http.body();
  const scale = await decodeScale(context, scope, bytes, headerOf(http, 'content-type'));
  checkName(scope, scale);
  checkNamespace(scope, scale);
  const { object } = await context.store.update(scope, planScaleUpdate(context.registry, scope, () => scale, 'update'));
  return encodeResponse(200, viewScale(readScale(object, scope), scope, format.view, info.query, context.clock.now()), format);
}

async function decodeScale(context: ApiContext, scope: RequestScope, bytes: Uint8Array, contentType: string): Promise<KubeObject> {
  const refuse = (problem: string): ApiError => badRequest(`Scale in version "v1" cannot be handled as a Scale: ${problem}`);
  try {
    const { value, problems } = await decodeDocument(bytes, contentType, SCALE_KIND, scope.fieldValidation !== 'Ignore');
    const scale = checkTypeMeta(value, bytes, SCALE_KIND, false, isRegisteredIn(context.registry));
    readScaleFields(scope, scale, problems, refuse);
    scale.metadata ??= {};
    return scale;
  } catch (error) {
    const refusal = error instanceof GoDecodeError ? refuse(error.message) : error;
    // What serves custom resources has not been told what a Scale is, and stumbles over that when it wants to say what is wrong with one.
    if (scope.resource.custom && refusal instanceof ApiError && refusal.reason === 'BadRequest') throw badRequest(SCALE_UNKNOWN);
    throw refusal;
  }
}

const SCALE_UNKNOWN = 'no kind is registered for the type v1.Scale in scheme "k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go:781"';
