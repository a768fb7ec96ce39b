import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type JsonWebKey, type KeyObject } from 'node:crypto';

/** Signs and verifies JSON Web Tokens with ES256 (RFC 7518, 3.4). It knows nothing of what they claim. */
export class SigningKey {
  readonly #private: KeyObject;
  readonly #public: KeyObject;
  /** Names the key in a token's header and in the key set. */
  readonly id: string;

  /** @param pem a P-256 private key. @default a new one */
  constructor(pem?: string) {
    this.#private = pem ? createPrivateKey(pem) : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    this.#public = createPublicKey(this.#private);
    this.id = createHash('sha256').update(this.#public.export({ type: 'spki', format: 'der' })).digest('base64url');
  }

  sign(claims: object): string {
    const input = `${encode({ alg: 'ES256', kid: this.id })}.${encode(claims)}`;
    return `${input}.${sign('sha256', Buffer.from(input), { key: this.#private, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  }

  /** The claims of a token that this key has signed; undefined for anything else. */
  verify(token: string): Record<string, unknown> | undefined {
    const [header, payload, signature, ...rest] = token.split('.');
    if (!header || !payload || !signature || rest.length > 0) return undefined;
    if (decode(header)?.alg !== 'ES256') return undefined;
    const bytes = Buffer.from(signature, 'base64url');
    const input = Buffer.from(`${header}.${payload}`);
    return verify('sha256', input, { key: this.#public, dsaEncoding: 'ieee-p1363' }, bytes) ? decode(payload) : undefined;
  }

  /** The public half, for `/openid/v1/jwks`. */
  jwk(): JsonWebKey {
    return { use: 'sig', kid: this.id, alg: 'ES256', ...this.#public.export({ format: 'jwk' }) };
  }
}

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
