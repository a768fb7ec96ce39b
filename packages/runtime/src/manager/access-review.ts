import { createHash } from 'node:crypto';

import { ApiError, encodeJson } from '@kubewright/api';
import type { TokenReview, UserInfo } from '@kubewright/api/authentication/v1';
import type { SubjectAccessReview } from '@kubewright/api/authorization/v1';
import { jitter, type Clock, type Logger, type Random, type Transport, type TransportRequest } from '@kubewright/platform';

import { readObject } from '../client/response.js';
import { hasCode } from '../errors/kubewright-error.js';
import { ExpiringMap } from './expiring-map.js';
import type { HttpAnswer, HttpQuestion, HttpRoute } from './http-server.js';

/** What an {@link AccessReview} works with. */
export interface AccessReviewOptions {
  /** Reaches the API server as somebody who may create TokenReviews and SubjectAccessReviews. */
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Milliseconds, those of controller-runtime's filter (pkg/metrics/filters/filters.go). */
const TOKEN_TTL = 60_000;
const ALLOWED_TTL = 5 * 60_000;
const DENIED_TTL = 30_000;
const REVIEW_TIMEOUT = 10_000;
const RETRY = { tries: 5, first: 500, factor: 1.5, jitter: 0.2 };

/**
 * Lets a request pass when the API server knows its bearer token (TokenReview) and its user may `get` the path (SubjectAccessReview on the
 * non-resource URL). There are no anonymous users; an answer that can not be had is no permission. Answers are kept: a token for a minute, a
 * permission for five, a refusal for half a minute. Tokens are kept as digests only.
 */
export class AccessReview {
  readonly #users: ExpiringMap<UserInfo | undefined>;
  readonly #verdicts: ExpiringMap<boolean>;

  constructor(private readonly options: AccessReviewOptions) {
    this.#users = new ExpiringMap(options.clock);
    this.#verdicts = new ExpiringMap(options.clock);
  }

  /** The same route for those who may; for others 401 or 403, and 500 where nobody can say. It answers for every path. */
  guard(route: HttpRoute): HttpRoute {
    return async (url, question) => (await this.#check(url, question)) ?? route(url, question);
  }

  async #check(url: URL, { headers, method }: HttpQuestion): Promise<HttpAnswer | undefined> {
    const token = bearerToken(headers.authorization);
    if (token === undefined) return UNAUTHORIZED;
    let user: UserInfo | undefined;
    try {
      user = await this.#users.get(createHash('sha256').update(token).digest('base64'), () => this.#review(token), () => TOKEN_TTL);
    } catch (error) {
      this.options.log.error('token review failed', { path: url.pathname, error });
      return { status: 500, body: 'Authentication failed\n' };
    }
    if (!user) return UNAUTHORIZED;
    const asked = { path: url.pathname, verb: method.toLowerCase() };
    try {
      const key = JSON.stringify([asked, user.username, user.uid, user.groups, user.extra]);
      const isAllowed = await this.#verdicts.get(key, () => this.#mayGet(user, asked), (allowed) => (allowed ? ALLOWED_TTL : DENIED_TTL));
      return isAllowed ? undefined : { status: 403, body: `Authorization denied for user ${user.username ?? ''}\n` };
    } catch (error) {
      this.options.log.error('access review failed', { user: user.username, ...asked, error });
      return { status: 500, body: `Authorization for user ${user.username ?? ''} failed\n` };
    }
  }

  async #review(token: string): Promise<UserInfo | undefined> {
    const { status } = await this.#ask<TokenReview>('authentication.k8s.io', 'TokenReview', { token });
    return status?.authenticated ? (status.user ?? {}) : undefined;
  }

  async #mayGet({ username, uid, groups, extra }: UserInfo, nonResourceAttributes: { readonly path: string; readonly verb: string }): Promise<boolean> {
    const spec = { nonResourceAttributes, ...(username && { user: username }), ...(uid && { uid }), ...(groups && { groups }), ...(extra && { extra }) };
    const { status } = await this.#ask<SubjectAccessReview>('authorization.k8s.io', 'SubjectAccessReview', spec);
    return status?.allowed === true && !status.denied;
  }

  /** A review is a question: its object has no name and is not stored, so that no client's `create` fits. */
  #ask<T extends object>(group: string, kind: string, spec: object): Promise<T> {
    const body = Buffer.from(encodeJson({ apiVersion: `${group}/v1`, kind, metadata: {}, spec }));
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    const request: TransportRequest = { method: 'POST', path: `/apis/${group}/v1/${kind.toLowerCase()}s`, headers, body };
    return this.#retried(async (signal) => readObject<T>(request, await this.options.transport.dispatch(request, signal)));
  }

  /** A question that got no answer, or a busy server, is worth asking again. */
  async #retried<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock, random } = this.options;
    let wait = RETRY.first;
    for (let attempt = 1; ; attempt++) {
      const limit = new AbortController();
      const timer = clock.timer(REVIEW_TIMEOUT, () => limit.abort(new Error(`no answer within ${REVIEW_TIMEOUT} ms`)));
      try {
        return await ask(limit.signal);
      } catch (error) {
        if (attempt >= RETRY.tries || limit.signal.aborted || !mayPass(error)) throw error;
      } finally {
        timer.cancel();
      }
      await clock.sleep(jitter(random, wait, RETRY.jitter));
      wait *= RETRY.factor;
    }
  }
}

const UNAUTHORIZED: HttpAnswer = { status: 401, headers: { 'www-authenticate': 'Bearer' }, body: 'Unauthorized\n' };

/** The scheme is told in any case; a token that is empty is none. */
function bearerToken(header: string | undefined): string | undefined {
  return /^bearer +([^\s]+) *$/i.exec(header ?? '')?.[1];
}

function mayPass(error: unknown): boolean {
  if (error instanceof ApiError) return error.httpStatus === 429 || error.httpStatus >= 500;
  return hasCode(error, 'KW_CONNECTION') || hasCode(error, 'KW_REQUEST_TIMEOUT');
}
