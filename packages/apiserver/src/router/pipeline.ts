/**
 * @module router: what happens to every request, in order: who asks (authn/), for whom (impersonation), whether they may (authz/), then the
 * handler (dispatch.ts). Errors become Status answers here and nowhere else. request-info.ts reads what a request is about.
 */
import { ApiError, internalError, type Status } from '@kubewright/api';
import type { Logger } from '@kubewright/platform';

import type { Authenticator } from '../authn/authenticator.js';
import { impersonationOf } from '../authn/impersonation.js';
import type { UserInfo } from '../authn/user-info.js';
import type { Authorizer, RequestAttributes } from '../authz/authorizer.js';
import type { ApiContext } from '../handlers/api-context.js';
import { encodeResponse } from '../handlers/encode.js';
import { negotiateError } from '../handlers/media-types.js';
import { dispatch, type BuiltinGroups } from './dispatch.js';
import { warningHeaders } from './warning-headers.js';
import { forbiddenError } from '../request/forbidden.js';
import { parseRequestInfo, type RequestInfo } from '../request/request-info.js';
import { headerOf, textResponse, type ServerRequest, type ServerResponse } from '../request/server-request.js';

/** Answers paths of no resource: discovery, health. Undefined for a path that it does not know. */
export type PathHandler = (request: ServerRequest, info: RequestInfo) => ServerResponse | undefined | Promise<ServerResponse | undefined>;

/** Told of every request when it comes in and when its answer's head goes out. */
export interface RequestRecorder {
  begin(request: ServerRequest, info: RequestInfo): { end(code: number): void };
}

/** What a {@link Pipeline} is made of. */
export interface PipelineOptions {
  readonly context: ApiContext;
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly builtinGroups: BuiltinGroups;
  /** Asked in order. */
  readonly paths: readonly PathHandler[];
  readonly metrics: RequestRecorder;
  readonly log: Logger;
}

/** See the module's comment. It never rejects. */
export class Pipeline {
  constructor(private readonly options: PipelineOptions) {}

  async handle(request: ServerRequest): Promise<ServerResponse> {
    const info = parseRequestInfo(request.method, request.target);
    const measured = this.options.metrics.begin(request, info);
    const warnings: string[] = [];
    let response: ServerResponse;
    try {
      response = await this.#answer(request, info, warnings);
    } catch (error) {
      response = await this.#failure(error, request, info);
    }
    // What an answer tells of must not be forgotten when the process is killed: also where it only saw what somebody else wrote.
    const keeping = this.options.context.storage.settle();
    if (keeping) response = await keeping.then(() => response, (error: unknown) => this.#failure(error, request, info));
    measured.end(response.status);
    const told = warningHeaders(warnings);
    return told.length === 0 ? response : { ...response, headers: { ...response.headers, warning: told } };
  }

  async #answer(request: ServerRequest, info: RequestInfo, warnings: string[]): Promise<ServerResponse> {
    const user = this.#authenticate(request);
    const attributes = attributesOf(info, user);
    const { allowed, reason } = this.options.authorizer.authorize(attributes);
    if (!allowed) throw forbiddenError(attributes, reason);
    for (const path of this.options.paths) {
      const response = await path(request, info);
      if (response) return response;
    }
    if (info.isResource) return dispatch(this.options.context, this.options.builtinGroups, request, info, user, warnings);
    if (isUnknownCoreVersion(info.path)) throw ApiError.of(404, 'NotFound', 'the server could not find the requested resource', {});
    return textResponse(404, '404 page not found\n');
  }

  #authenticate(request: ServerRequest): UserInfo {
    const { authenticator, authorizer } = this.options;
    const user = authenticator.authenticate({
      headers: request.headers,
      ...(request.certificate && { certificate: request.certificate }),
      ...(request.identity && { identity: request.identity }),
    });
    const impersonation = impersonationOf(request.headers);
    if (!impersonation) return user;
    for (const question of impersonation.questions) {
      const attributes: RequestAttributes = { user, verb: 'impersonate', resource: question, path: '' };
      const { allowed, reason } = authorizer.authorize(attributes);
      if (!allowed) throw forbiddenError(attributes, reason);
    }
    return impersonation.user;
  }

  async #failure(error: unknown, request: ServerRequest, info: RequestInfo): Promise<ServerResponse> {
    let status: Status;
    if (error instanceof ApiError) ({ status } = error);
    else {
      this.options.log.error('request failed', { method: request.method, path: info.path, error });
      ({ status } = internalError(error instanceof Error ? error.message : String(error)));
    }
    const retryAfter = status.details?.retryAfterSeconds;
    const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
    return encodeResponse(status.code ?? 500, status, negotiateError(headerOf(request, 'accept')), headers);
  }
}

function attributesOf(info: RequestInfo, user: UserInfo): RequestAttributes {
  const { group, version, resource: plural, subresource, namespace, name, path, verb } = info;
  return info.isResource ? { user, verb, path, resource: { group, version, plural, subresource, namespace, name } } : { user, verb, path };
}

/** `/api/v2` is a path of the core group, whose errors are Status objects. */
function isUnknownCoreVersion(path: string): boolean {
  return path.startsWith('/api/');
}
