import { unauthorized } from '@kubewright/api';

import type { Authenticator, Credentials } from './authenticator.js';
import type { TokenVerdict, TokenVerifier } from './token-verifier.js';
import { ANONYMOUS, AUTHENTICATED, withGroup, type UserInfo } from './user-info.js';

/** What {@link RequestAuthenticator} believes. */
export interface RequestAuthenticatorOptions {
  readonly tokens: TokenVerifier;
  /** Tokens that stand for users as they are. @default none */
  readonly staticTokens?: Readonly<Record<string, UserInfo>>;
  /** Audiences that a token may be for. @default the issuer of {@link tokens} */
  readonly audiences?: readonly string[];
  /** Whether a request that proves nothing is let through as `system:anonymous`. @default true */
  readonly anonymous?: boolean;
}

/** Client certificate, else bearer token, else anonymous: the order of the real server. */
export class RequestAuthenticator implements Authenticator {
  readonly audiences: readonly string[];
  readonly #staticTokens: ReadonlyMap<string, UserInfo>;

  constructor(private readonly options: RequestAuthenticatorOptions) {
    this.audiences = options.audiences ?? [options.tokens.issuer];
    this.#staticTokens = new Map(Object.entries(options.staticTokens ?? {}));
  }

  authenticate(credentials: Credentials): UserInfo {
    if (credentials.identity) return known(credentials.identity);
    if (credentials.certificate?.commonName) return known(userOf(credentials.certificate));
    const token = bearerToken(credentials.headers.authorization);
    if (token !== undefined) {
      const verdict = this.authenticateToken(token);
      if (verdict.kind === 'user') return verdict.user;
      throw unauthorized();
    }
    if (this.options.anonymous === false) throw unauthorized();
    return ANONYMOUS;
  }

  /** Who a token is, for requests and for TokenReview. */
  authenticateToken(token: string, audiences: readonly string[] = this.audiences): TokenVerdict {
    const user = this.#staticTokens.get(token);
    if (user) {
      // Such a token is for this server and says nothing of audiences.
      const shared = this.audiences.filter((audience) => audiences.includes(audience));
      return shared.length > 0 ? { kind: 'user', user: known(user), audiences: shared } : { kind: 'foreign' };
    }
    const verdict = this.options.tokens.verify(token, audiences);
    return verdict.kind === 'user' ? { ...verdict, user: known(verdict.user) } : verdict;
  }
}

/** The user of a certificate; which one it was is told to admission and reviews, as since Kubernetes 1.32. */
function userOf({ commonName, organizations, fingerprint }: NonNullable<Credentials['certificate']>): UserInfo {
  return { name: commonName, groups: organizations, ...(fingerprint && { extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint}`] } }) };
}

/** The anonymous user and who poses as it by impersonation stay as they are. */
function known(user: UserInfo): UserInfo {
  return user.name === ANONYMOUS.name ? user : withGroup(user, AUTHENTICATED);
}

function bearerToken(header: string | readonly string[] | undefined): string | undefined {
  const value = typeof header === 'string' ? header : header?.[0];
  const [scheme = '', token] = (value ?? '').trim().split(' ');
  return scheme.toLowerCase() === 'bearer' && token ? token : undefined;
}
