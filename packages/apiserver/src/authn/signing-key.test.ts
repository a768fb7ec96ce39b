import { generateKeyPairSync, type KeyObject } from 'node:crypto';

import { createCertificateAuthority, realClock, systemRandom } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { SigningKey } from './signing-key.js';

const pem = (key: KeyObject): string => key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

describe('SigningKey', () => {
  it.each([
    ['RS256', rsa.privateKey], ['ES256', ec('P-256').privateKey], ['ES384', ec('P-384').privateKey], ['ES512', ec('P-521').privateKey],
  ])('signs %s with a key of that kind', (algorithm, key) => {
    const signing = new SigningKey(pem(key));
    const token = signing.sign({ sub: 'a' });
    expect(JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString())).toEqual({ alg: algorithm, kid: signing.id });
    expect(signing.verify(token)).toEqual({ sub: 'a' });
    expect(signing.verify(`${token.slice(0, -8)}AAAAAAAA`)).toBeUndefined();
    expect(signing.jwks()).toMatchObject([{ alg: algorithm, kid: signing.id, use: 'sig' }]);
    expect(signing.jwks()[0]).not.toHaveProperty('d');
  });

  it('believes the tokens of further keys, by their public half or their certificate', () => {
    const authority = createCertificateAuthority({ commonName: 'accounts', clock: realClock, random: systemRandom });
    const own = ec('P-256').privateKey;
    const signing = new SigningKey(pem(own), [pem(rsa.publicKey), authority.certificate, pem(own)]);
    expect(signing.verify(new SigningKey(pem(rsa.privateKey)).sign({ sub: 'r' }))).toEqual({ sub: 'r' });
    expect(signing.verify(new SigningKey(authority.key).sign({ sub: 'c' }))).toEqual({ sub: 'c' });
    expect(signing.verify(new SigningKey().sign({ sub: 'x' }))).toBeUndefined();
    expect(signing.algorithms).toEqual(['ES256', 'RS256']);
    expect(signing.jwks()).toHaveLength(3);
  });

  it('names a kind of key that it can not sign with', () => {
    expect(() => new SigningKey(pem(generateKeyPairSync('ed25519').privateKey))).toThrow(/type ed25519 signs no ServiceAccount tokens: use RSA/);
  });
});
