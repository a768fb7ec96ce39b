import { formatApiVersion } from '@kubewright/api';

import { readPage, type ListPage } from '../registry/reading.js';
import type { ResourceInfo } from '../registry/resource.js';
import { parseSelection } from '../registry/selection.js';
import type { Query } from '../request/query.js';
import { headerOf, wantsPretty } from '../request/server-request.js';
import type { Handler } from './api-context.js';
import { encodeResponse } from './encode.js';
import { negotiate } from './media-types.js';
import { includeObjectOf, viewList, type ListBody } from './view.js';

/** GET of a collection. */
export const handleList: Handler = async (context, { http, info, scope }) => {
  const { query } = info;
  const format = negotiate(headerOf(http, 'accept'), wantsPretty(http, query), true, !scope.resource.custom);
  query.integer('timeoutSeconds');
  const page = await readPage(context.storage, scope, selectionOf(scope.resource, query), listQueryOf(query));
  const list = listBody(page, scope.resource);
  return encodeResponse(200, viewList(list, scope.resource, format.view, includeObjectOf(query), context.clock.now()), format);
};

/** The selectors of a request over many objects. @throws ApiError BadRequest */
export function selectionOf(resource: ResourceInfo, query: Query): ReturnType<typeof parseSelection> {
  return parseSelection(resource, query.text('labelSelector'), query.text('fieldSelector'));
}

/** What a list says beside its selectors. @throws ApiError BadRequest */
export function listQueryOf(query: Query): Parameters<typeof readPage>[3] {
  return {
    limit: Math.max(query.integer('limit') ?? 0, 0),
    continue: query.text('continue'),
    resourceVersion: query.text('resourceVersion'),
    resourceVersionMatch: query.text('resourceVersionMatch'),
    sendInitialEvents: query.flag('sendInitialEvents'),
  };
}

/** A page as the list of its kind. */
export function listBody(page: ListPage, resource: ResourceInfo): ListBody {
  return {
    kind: resource.listKind,
    apiVersion: formatApiVersion(resource.group, resource.version),
    metadata: {
      resourceVersion: page.resourceVersion,
      ...((resource.custom || page.continue !== '') && { continue: page.continue }),
      ...(page.remainingItemCount !== undefined && page.remainingItemCount > 0 && { remainingItemCount: page.remainingItemCount }),
    },
    items: page.items,
  };
}
