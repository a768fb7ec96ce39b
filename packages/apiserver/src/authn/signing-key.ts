import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type JsonWebKey, type KeyObject } from 'node:crypto';

/** How a kind of key signs (RFC 7518, 3.3 and 3.4). */
interface Algorithm {
  readonly name: string;
  readonly digest: string;
}

interface VerificationKey extends Algorithm {
  /** Names the key in a token's header and in the key set. */
  readonly id: string;
  readonly key: KeyObject;
}

/** Signs JSON Web Tokens with one key and verifies those of others too. It knows nothing of what they claim. */
export class SigningKey {
  readonly #private: KeyObject;
  readonly #own: VerificationKey;
  readonly #trusted: readonly VerificationKey[];

  /**
   * @param pem a private key: RSA, or EC on P-256, P-384 or P-521. @default a new one on P-256
   * @param others PEM of keys or certificates whose tokens are believed as well
   * @throws Error for a key of another kind
   */
  constructor(pem?: string, others: readonly string[] = []) {
    this.#private = pem ? createPrivateKey(pem) : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    this.#own = verificationKey(createPublicKey(this.#private));
    const trusted = [this.#own, ...others.map((other) => verificationKey(createPublicKey(other)))];
    this.#trusted = trusted.filter(({ id }, index) => trusted.findIndex((other) => other.id === id) === index);
  }

  get id(): string {
    return this.#own.id;
  }

  /** What the keys sign with: `['ES256']`. */
  get algorithms(): string[] {
    return [...new Set(this.#trusted.map(({ name }) => name))];
  }

  sign(claims: object): string {
    const { name, digest, id } = this.#own;
    const input = `${encode({ alg: name, kid: id })}.${encode(claims)}`;
    return `${input}.${sign(digest, Buffer.from(input), { key: this.#private, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  }

  /** The claims of a token that one of the keys has signed; undefined for anything else. */
  verify(token: string): Record<string, unknown> | undefined {
    const [header, payload, signature, ...rest] = token.split('.');
    if (!header || !payload || !signature || rest.length > 0) return undefined;
    const { alg, kid } = decode(header) ?? {};
    const bytes = Buffer.from(signature, 'base64url');
    const input = Buffer.from(`${header}.${payload}`);
    const isSigned = this.#trusted.some(({ name, digest, id, key }) =>
      name === alg && (kid === undefined || kid === id) && verify(digest, input, { key, dsaEncoding: 'ieee-p1363' }, bytes));
    return isSigned ? decode(payload) : undefined;
  }

  /** The public halves, for `/openid/v1/jwks`. */
  jwks(): JsonWebKey[] {
    return this.#trusted.map(({ name, id, key }) => ({ use: 'sig', kid: id, alg: name, ...key.export({ format: 'jwk' }) }));
  }
}

function verificationKey(key: KeyObject): VerificationKey {
  const id = createHash('sha256').update(key.export({ type: 'spki', format: 'der' })).digest('base64url');
  return { id, key, ...algorithmOf(key) };
}

function algorithmOf(key: KeyObject): Algorithm {
  if (key.asymmetricKeyType === 'rsa') return { name: 'RS256', digest: 'sha256' };
  const curve = key.asymmetricKeyDetails?.namedCurve;
  const algorithm = key.asymmetricKeyType === 'ec' && curve !== undefined ? CURVES[curve] : undefined;
  if (algorithm) return algorithm;
  throw new Error(`a key of type ${key.asymmetricKeyType}${curve ? ` on ${curve}` : ''} signs no ServiceAccount tokens: use RSA, or EC on P-256, P-384 or P-521`);
}

const CURVES: Readonly<Record<string, Algorithm>> = {
  prime256v1: { name: 'ES256', digest: 'sha256' },
  secp384r1: { name: 'ES384', digest: 'sha384' },
  secp521r1: { name: 'ES512', digest: 'sha512' },
};

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
