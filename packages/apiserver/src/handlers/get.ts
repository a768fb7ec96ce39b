import { badRequest } from '@kubewright/api';

import { readObject } from '../registry/reading.js';
import { readScale } from '../registry/scale.js';
import { headerOf, wantsPretty } from '../request/server-request.js';
import type { Handler } from './api-context.js';
import { encodeResponse } from './encode.js';
import { negotiate } from './media-types.js';
import { includeObjectOf, viewObject, viewScale } from './view.js';

/** GET of one object, its status or its scale. */
export const handleGet: Handler = async (context, { http, info, scope }) => {
  const format = negotiate(headerOf(http, 'accept'), wantsPretty(http, info.query), true, !scope.resource.custom);
  if (info.query.has('export')) throw badRequest('the export parameter, deprecated since v1.14, is no longer supported');
  const object = await readObject(context.storage, scope, info.query.text('resourceVersion'));
  if (scope.subresource === 'scale') return encodeResponse(200, viewScale(readScale(object, scope), scope, format.view, info.query, context.clock.now()), format);
  return encodeResponse(200, viewObject(object, scope.resource, format.view, includeObjectOf(info.query), context.clock.now()), format);
};
