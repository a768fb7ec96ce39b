import { badRequest, formatTime, type KubeObject } from '@kubewright/api';
import type { SelfSubjectReview, TokenReview, UserInfo as UserInfoV1 } from '@kubewright/api/authentication/v1';
import type { Clock } from '@kubewright/platform';

import type { RequestAuthenticator } from './request-authenticator.js';
import type { UserInfo } from './user-info.js';

/** Answers a TokenReview. @throws ApiError BadRequest when there is no token in it */
export function reviewToken(authenticator: RequestAuthenticator, object: KubeObject): TokenReview {
  const review = object as KubeObject & Partial<TokenReview>;
  const token = review.spec?.token;
  if (!token) throw badRequest('token is required for TokenReview in authentication');
  const asked = review.spec?.audiences;
  const verdict = authenticator.authenticateToken(token, asked?.length ? asked : undefined);
  const status =
    verdict.kind === 'user' ? { authenticated: true, user: toUserInfoV1(verdict.user), audiences: [...verdict.audiences] }
    : { user: {}, error: verdict.kind === 'foreign' ? 'invalid bearer token' : `[invalid bearer token, ${verdict.reason}]` };
  return { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', metadata: review.metadata ?? {}, spec: { ...review.spec, token }, status };
}

/** Answers a SelfSubjectReview: who the server takes the caller for. */
export function reviewSelf(user: UserInfo, clock: Clock): SelfSubjectReview {
  const metadata = { creationTimestamp: formatTime(new Date(clock.now())) };
  return { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata, status: { userInfo: toUserInfoV1(user) } };
}

function toUserInfoV1(user: UserInfo): UserInfoV1 {
  const extra = Object.entries(user.extra ?? {}).map(([key, values]): [string, string[]] => [key, [...values]]);
  return {
    username: user.name,
    ...(user.uid && { uid: user.uid }),
    ...(user.groups.length > 0 && { groups: [...user.groups] }),
    ...(extra.length > 0 && { extra: Object.fromEntries(extra) }),
  };
}
