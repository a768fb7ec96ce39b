import { ApiError, isNotFound } from '@kubewright/api';

import { deleteObject } from '../registry/deletion.js';
import { readPage } from '../registry/reading.js';
import { headerOf, wantsPretty } from '../request/server-request.js';
import type { Handler } from './api-context.js';
import { readDeleteOptions } from './delete.js';
import { encodeResponse } from './encode.js';
import { listBody, listQueryOf, selectionOf } from './list.js';
import { negotiate } from './media-types.js';
import { includeObjectOf, viewList } from './view.js';

/** DELETE of a collection: each object by itself, in order. The answer lists what was there before. */
export const handleDeleteCollection: Handler = async (context, request) => {
  const { http, info } = request;
  const format = negotiate(headerOf(http, 'accept'), wantsPretty(http, info.query), true, !request.scope.resource.custom);
  const query = listQueryOf(info.query);
  const selection = selectionOf(request.scope.resource, info.query);
  const options = await readDeleteOptions(request);
  const scope = { ...request.scope, dryRun: (options.dryRun?.length ?? 0) > 0 };
  const page = await readPage(context.storage, scope, selection, query);
  const { preconditions: _preconditions, ...each } = options;
  for (const { metadata } of page.items) {
    try {
      await deleteObject(context.store, { ...scope, namespace: metadata.namespace ?? '', name: metadata.name ?? '' }, each, { isOneOfMany: true });
    } catch (error) {
      // Somebody else was faster, or finalizers have let it go in between.
      if (!(error instanceof ApiError) || !isNotFound(error)) throw error;
    }
  }
  const list = listBody(page, scope.resource);
  return encodeResponse(200, viewList(list, scope.resource, format.view, includeObjectOf(info.query), context.clock.now()), format);
};
