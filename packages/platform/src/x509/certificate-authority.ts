/**
 * @module x509: certificates without openssl. certificate-authority.ts is what callers use, certificate.ts knows what stands in a
 * certificate, der.ts how it is written. Keys are EC P-256 throughout. It never verifies: node:tls and X509Certificate do that.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';

import type { Clock } from '../clock/clock.js';
import type { Random } from '../random/random.js';
import { distinguishedName, signCertificate, type Issuer } from './certificate.js';

/** What a {@link CertificateAuthority} is made of. */
export interface CertificateAuthorityOptions {
  readonly commonName: string;
  readonly clock: Clock;
  /** Gives serial numbers. Keys come from the operating system whatever this is. */
  readonly random: Random;
  /** Milliseconds from now. @default ten years */
  readonly validity?: number;
  /** One that was made before, with the same name: it goes on. @default a new one */
  readonly existing?: KeyedCertificate;
}

/** What an issued certificate shall say. */
export interface CertificateOptions {
  /** The user's name, where the certificate is a client's. */
  readonly commonName: string;
  /** The user's groups. */
  readonly organizations?: readonly string[];
  /** Names a server answers to; `*.example.com` is allowed. */
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly usages: readonly ('server' | 'client')[];
  /** Milliseconds from now; never longer than the authority's own. @default one year */
  readonly validity?: number;
}

/** A certificate and its private key (PKCS #8), both PEM. */
export interface KeyedCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Signs certificates. */
export interface CertificateAuthority extends KeyedCertificate {
  /** @throws TypeError for a name or an address that can not stand in a certificate */
  issue(options: CertificateOptions): KeyedCertificate;
}

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;

/**
 * Makes a self-signed authority. What it issues is valid from an hour ago, so that a clock that is behind does not refuse it.
 *
 * @example
 * const authority = createCertificateAuthority({ commonName: 'demo', clock: realClock, random: systemRandom });
 * const { certificate, key } = authority.issue({ commonName: 'localhost', dnsNames: ['localhost'], usages: ['server'] });
 */
export function createCertificateAuthority(options: CertificateAuthorityOptions): CertificateAuthority {
  const { commonName, clock, random, existing } = options;
  const pair = existing ? pairOf(existing) : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer: Issuer = { name: distinguishedName(commonName, []), ...pair };
  const notAfter = existing ? Date.parse(new X509Certificate(existing.certificate).validTo) : clock.now() + checkedValidity(options.validity ?? 10 * YEAR);
  const none = { organizations: [], dnsNames: [], ipAddresses: [] };
  const base = (): { serial: Uint8Array; notBefore: number } => ({ serial: serialNumber(random), notBefore: clock.now() - HOUR });
  return {
    certificate: existing?.certificate ?? signCertificate({ ...base(), ...none, commonName, usages: [], authority: true, notAfter }, pair.publicKey, issuer),
    key: privatePem(pair.privateKey),
    issue(wanted) {
      check(wanted);
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const end = Math.min(clock.now() + checkedValidity(wanted.validity ?? YEAR), notAfter);
      const content = { ...base(), ...none, ...wanted, authority: false, notAfter: end };
      return { certificate: signCertificate(content, publicKey, issuer), key: privatePem(privateKey) };
    },
  };
}

/** Positive, at most 20 bytes, and of random bits enough that two authorities of equal name do not meet. */
function serialNumber(random: Random): Uint8Array {
  const bytes = random.bytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes;
}

function pairOf({ key }: KeyedCertificate): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  const privateKey = createPrivateKey(key);
  return { publicKey: createPublicKey(privateKey), privateKey };
}

function privatePem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function checkedValidity(milliseconds: number): number {
  if (!(milliseconds > 0)) throw new TypeError(`a certificate's validity is a positive number of milliseconds, not ${milliseconds}`);
  return milliseconds;
}

function check(options: CertificateOptions): void {
  const subject = `the certificate for "${options.commonName}"`;
  if (options.usages.length === 0) throw new TypeError(`${subject} has no usages: say 'server', 'client' or both`);
  for (const name of options.dnsNames ?? []) {
    if (!/^(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$/.test(name)) {
      throw new TypeError(`${subject} can not carry the DNS name "${name}": give host names in ASCII (punycode) and addresses as ipAddresses`);
    }
  }
  for (const address of options.ipAddresses ?? []) {
    if (isIP(address) === 0 || address.includes('%')) throw new TypeError(`${subject} can not carry the IP address "${address}": write it as 10.0.0.1 or fd00::1`);
  }
}
