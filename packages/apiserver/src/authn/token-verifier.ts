import type { KubeObject } from '@kubewright/api';
import type { Clock } from '@kubewright/platform';

import type { ObjectSource } from '../storage/object-source.js';
import type { SigningKey } from './signing-key.js';
import { DEFAULT_ISSUER, type BoundObject, type ServiceAccountClaims } from './token-issuer.js';
import { serviceAccountUser, type UserInfo } from './user-info.js';

/** Who a token is, or why it is nobody. `audiences` are those of the token that were asked for. */
export type TokenVerdict =
  | { readonly kind: 'user'; readonly user: UserInfo; readonly audiences: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string }
  /** Not a token of this kind at all. */
  | { readonly kind: 'foreign' };

/** What {@link TokenVerifier} needs. */
export interface TokenVerifierOptions {
  readonly clock: Clock;
  readonly objects: ObjectSource;
  readonly key: SigningKey;
  /** @default {@link DEFAULT_ISSUER} */
  readonly issuer?: string;
}

const CACHE_SIZE = 1000;
/** A token outlives the deletion of what it is bound to by this much, as shutting down may need it. */
const DELETION_LEEWAY = 60_000;

/**
 * Verifies the tokens of ServiceAccounts. A token holds as long as its time has not passed and its account, pod, secret and node are the
 * very objects that it names: all of that is looked up with each use. Only the signature is remembered.
 */
export class TokenVerifier {
  readonly #verified = new Map<string, ServiceAccountClaims>();
  readonly issuer: string;

  constructor(private readonly options: TokenVerifierOptions) {
    this.issuer = options.issuer ?? DEFAULT_ISSUER;
  }

  /** @param audiences one of them must be among the token's */
  verify(token: string, audiences: readonly string[]): TokenVerdict {
    const claims = this.#claims(token);
    if (!claims || claims.iss !== this.issuer) return { kind: 'foreign' };
    const shared = claims.aud.filter((audience) => audiences.includes(audience));
    if (shared.length === 0) return refuse(`token audiences ${quoted(claims.aud)} is invalid for the target audiences ${quoted(audiences)}`);
    const now = this.options.clock.now() / 1000;
    if (now >= claims.exp) return refuse('service account token has expired');
    if (now < Math.floor(claims.nbf)) return refuse('service account token is not valid yet');
    const problem = this.#missing(claims);
    if (problem) return refuse(problem);
    const { namespace, serviceaccount } = claims['kubernetes.io'];
    return { kind: 'user', user: { ...serviceAccountUser(namespace, serviceaccount.name, serviceaccount.uid), extra: extraOf(claims) }, audiences: shared };
  }

  #claims(token: string): ServiceAccountClaims | undefined {
    const known = this.#verified.get(token);
    if (known) return known;
    const claims = this.options.key.verify(token);
    if (!claims || !isServiceAccountClaims(claims)) return undefined;
    if (this.#verified.size >= CACHE_SIZE) this.#verified.delete(this.#verified.keys().next().value!);
    this.#verified.set(token, claims);
    return claims;
  }

  #missing(claims: ServiceAccountClaims): string | undefined {
    const { namespace, serviceaccount, pod, secret, node } = claims['kubernetes.io'];
    const account = this.options.objects.get('', 'serviceaccounts', namespace, serviceaccount.name);
    if (!account) return `serviceaccounts "${serviceaccount.name}" not found`;
    return (
      this.#mismatch(account, serviceaccount, 'service account UID', 'claim') ??
      (secret && this.#mismatch(this.options.objects.get('', 'secrets', namespace, secret.name), secret, 'secret UID', 'service account secret ref claim')) ??
      (pod && this.#mismatch(this.options.objects.get('', 'pods', namespace, pod.name), pod, 'pod UID', 'service account pod ref claim')) ??
      // A pod's token names its node for information; only a token that is bound to the node alone falls with it.
      (node && !pod ? this.#mismatch(this.options.objects.get('', 'nodes', '', node.name), node, 'node UID', 'service account node ref claim') : undefined)
    );
  }

  #mismatch(object: KubeObject | undefined, claimed: BoundObject, what: string, where: string): string | undefined {
    if (!object) return 'service account token has been invalidated';
    const { uid = '', deletionTimestamp } = object.metadata;
    if (uid !== claimed.uid) return `${what} (${uid}) does not match ${where} (${claimed.uid})`;
    const gone = deletionTimestamp !== undefined && Date.parse(deletionTimestamp) < this.options.clock.now() - DELETION_LEEWAY;
    return gone ? 'service account token has been invalidated' : undefined;
  }
}

function refuse(reason: string): TokenVerdict {
  return { kind: 'refused', reason };
}

function extraOf(claims: ServiceAccountClaims): Record<string, string[]> {
  const { pod, node } = claims['kubernetes.io'];
  return {
    'authentication.kubernetes.io/credential-id': [`JTI=${claims.jti}`],
    ...(node && { 'authentication.kubernetes.io/node-name': [node.name], 'authentication.kubernetes.io/node-uid': [node.uid] }),
    ...(pod && { 'authentication.kubernetes.io/pod-name': [pod.name], 'authentication.kubernetes.io/pod-uid': [pod.uid] }),
  };
}

/** The signature is ours, so the shape is what token-issuer.ts wrote; a key that was used elsewhere too is caught here. */
function isServiceAccountClaims(claims: Record<string, unknown>): claims is Record<string, unknown> & ServiceAccountClaims {
  const bound = claims['kubernetes.io'] as Partial<ServiceAccountClaims['kubernetes.io']> | undefined;
  return typeof claims.iss === 'string' && typeof claims.exp === 'number' && typeof claims.nbf === 'number' && Array.isArray(claims.aud)
    && typeof bound?.namespace === 'string' && typeof bound.serviceaccount?.name === 'string' && typeof bound.serviceaccount.uid === 'string';
}

function quoted(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
}
