import { badRequest, fieldInvalid, formatTime, invalid, notFound, type FieldError, type KubeObject } from '@kubewright/api';
import type { TokenRequest } from '@kubewright/api/authentication/v1';
import type { Clock, Random } from '@kubewright/platform';

import type { ObjectSource } from '../storage/object-source.js';
import type { SigningKey } from './signing-key.js';

/** Who a server says it is in its tokens, and the audience it takes them for. */
export const DEFAULT_ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** A named object that a token lives and dies with. */
export interface BoundObject {
  readonly name: string;
  readonly uid: string;
}

/** What a ServiceAccount's token claims, as the real server writes it. */
export interface ServiceAccountClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: readonly string[];
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly jti: string;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly serviceaccount: BoundObject;
    readonly pod?: BoundObject;
    readonly node?: BoundObject;
    readonly secret?: BoundObject;
    readonly warnafter?: number;
  };
}

/** For whom and for how long a token is. */
export interface TokenOptions {
  /** @default the issuer */
  readonly audiences?: readonly string[];
  /** @default 3600 */
  readonly expirationSeconds?: number;
  readonly boundObject?: { readonly kind: 'Pod' | 'Secret' | 'Node' } & BoundObject;
  /** The node of a bound pod; only told, never checked. */
  readonly node?: BoundObject;
}

/** What {@link TokenIssuer} needs. */
export interface TokenIssuerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly objects: ObjectSource;
  readonly key: SigningKey;
  /** @default {@link DEFAULT_ISSUER} */
  readonly issuer?: string;
  /** Whom a token is for when nobody says. @default the issuer */
  readonly audiences?: readonly string[];
}

const TEN_MINUTES = 600;
const MAXIMUM = 2 ** 32;
/** Kubelets ask for this odd time; clients that never read the file again then keep working for a year, and are warned about. */
const EXTENDED_REQUEST = 3607;
const EXTENDED_SECONDS = 365 * 24 * 3600;

/** Makes tokens for ServiceAccounts. */
export class TokenIssuer {
  readonly issuer: string;
  readonly #audiences: readonly string[];

  constructor(private readonly options: TokenIssuerOptions) {
    this.issuer = options.issuer ?? DEFAULT_ISSUER;
    this.#audiences = options.audiences ?? [this.issuer];
  }

  /** Signs a token. Whether the bound object exists was checked by the caller; whether it still does is checked with each use. */
  issueToken(serviceAccount: KubeObject, options: TokenOptions = {}): { token: string; expirationTimestamp: string } {
    const { namespace = '', name = '', uid = '' } = serviceAccount.metadata;
    const now = Math.floor(this.options.clock.now() / 1000);
    const asked = options.expirationSeconds ?? 3600;
    const audiences = options.audiences?.length ? options.audiences : this.#audiences;
    const extended = asked === EXTENDED_REQUEST && this.#audiences.some((audience) => audiences.includes(audience));
    const bound = options.boundObject;
    const claims: ServiceAccountClaims = {
      iss: this.issuer,
      sub: `system:serviceaccount:${namespace}:${name}`,
      aud: audiences,
      iat: now,
      nbf: now,
      exp: now + (extended ? EXTENDED_SECONDS : asked),
      jti: this.options.random.uuid(),
      'kubernetes.io': {
        namespace,
        serviceaccount: { name, uid },
        ...(bound && { [bound.kind.toLowerCase()]: { name: bound.name, uid: bound.uid } }),
        ...(options.node && { node: options.node }),
        ...(extended && { warnafter: now + asked }),
      },
    };
    return { token: this.options.key.sign(claims), expirationTimestamp: formatTime(new Date((now + asked) * 1000)) };
  }

  /**
   * Answers `serviceaccounts/{name}/token`.
   * @throws ApiError NotFound for an account or a bound object that is not there, Invalid for a time that is out of bounds, BadRequest for a kind that binds nothing
   */
  requestToken(namespace: string, name: string, request: KubeObject): TokenRequest {
    const spec = (request as Partial<TokenRequest>).spec ?? { audiences: [] };
    const { objects } = this.options;
    const account = objects.get('', 'serviceaccounts', namespace, name);
    if (!account) throw notFound({ group: '', resource: 'serviceaccounts' }, name);
    const given = request.metadata.name;
    if (given && given !== name) {
      const mismatch = fieldInvalid('metadata.name', given, 'must match the service account name if specified');
      throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, name, [mismatch]);
    }
    const expirationSeconds = Number(spec.expirationSeconds ?? 3600);
    const errors = expirationErrors(expirationSeconds);
    if (errors.length > 0) throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '', errors);
    const audiences = spec.audiences?.length ? [...spec.audiences] : [...this.#audiences];
    const reference = spec.boundObjectRef ?? undefined;
    const { bound, node } = reference ? this.#bind(namespace, name, reference) : { bound: undefined, node: undefined };
    const status = this.issueToken(account, { audiences, expirationSeconds, ...(bound && { boundObject: bound }), ...(node && { node }) });
    return {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: { ...request.metadata, name, namespace, creationTimestamp: formatTime(new Date(this.options.clock.now())) },
      // The real server spells an absent reference as null.
      spec: { audiences, expirationSeconds, boundObjectRef: (reference ?? null) as NonNullable<TokenRequest['spec']['boundObjectRef']> },
      status,
    };
  }

  #bind(namespace: string, account: string, reference: NonNullable<TokenRequest['spec']['boundObjectRef']>): { bound: NonNullable<TokenOptions['boundObject']>; node?: BoundObject } {
    const { apiVersion = '', kind = '', name = '', uid } = reference;
    if (apiVersion !== 'v1' || !(kind === 'Pod' || kind === 'Secret' || kind === 'Node')) {
      const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
      throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`);
    }
    const resource = { group: '', resource: `${kind.toLowerCase()}s` };
    const object = this.options.objects.get('', resource.resource, kind === 'Node' ? '' : namespace, name);
    if (!object) throw notFound(resource, name);
    if (uid && uid !== object.metadata.uid) {
      throw badRequest(`the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`);
    }
    const bound = { kind, name, uid: object.metadata.uid ?? '' } as const;
    if (kind !== 'Pod') return { bound };
    const spec = (object as { spec?: { serviceAccountName?: string; nodeName?: string } }).spec ?? {};
    if (spec.serviceAccountName !== account) throw badRequest(`cannot bind token for serviceaccount "${account}" to pod running with different serviceaccount name.`);
    const nodeUid = spec.nodeName ? this.options.objects.get('', 'nodes', '', spec.nodeName)?.metadata.uid : undefined;
    return spec.nodeName && nodeUid ? { bound, node: { name: spec.nodeName, uid: nodeUid } } : { bound };
  }
}

function expirationErrors(seconds: number): FieldError[] {
  const field = 'spec.expirationSeconds';
  if (seconds < TEN_MINUTES) return [{ type: 'FieldValueInvalid', field, message: `Invalid value: ${seconds}: may not specify a duration less than 10 minutes` }];
  if (seconds > MAXIMUM) return [{ type: 'FieldValueInvalid', field, message: `Invalid value: ${seconds}: may not specify a duration larger than 2^32 seconds` }];
  return [];
}
