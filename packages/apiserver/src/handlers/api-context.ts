/**
 * @module handlers: one file a verb. A handler turns a request into calls of the registry and the result into an answer; what is true of
 * objects is not its business. router/dispatch.ts chooses the handler. A handler throws ApiError; router/pipeline.ts writes it.
 */
import type { Clock, Random, Scheduler } from '@kubewright/platform';

import type { Authorizer } from '../authz/authorizer.js';
import type { RequestScope } from '../registry/request-scope.js';
import type { ResourceRegistry } from '../registry/resource-registry.js';
import type { Store } from '../registry/store.js';
import type { RequestInfo } from '../request/request-info.js';
import type { ServerRequest, ServerResponse } from '../request/server-request.js';
import type { Storage } from '../storage/storage.js';
import type { OpenWatches } from './open-watches.js';

/** What handlers work with; one for the whole server. */
export interface ApiContext {
  readonly storage: Storage;
  readonly store: Store;
  readonly registry: ResourceRegistry;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly watches: OpenWatches;
  /** Subresources and resources that are more than objects, by `group/plural/subresource`; the subresource is empty for reviews. */
  readonly connections: ReadonlyMap<string, Connection>;
}

/** One request on its way through a handler. */
export interface ApiRequest {
  readonly http: ServerRequest;
  readonly info: RequestInfo;
  readonly scope: RequestScope;
}

/** Handles one request. */
export type Handler = (context: ApiContext, request: ApiRequest) => Promise<ServerResponse>;

/**
 * Answers for a subresource that is not a view of the stored object: `pods/log`, `serviceaccounts/token`; or for a resource that is only
 * asked, such as an access review. Register it by `group/plural/subresource`.
 */
export type Connection = Handler;
