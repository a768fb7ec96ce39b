import { createHash, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';

import { bitString, boolean, explicit, implicit, integer, namedBits, objectIdentifier, octetString, sequence, set, time, utf8String } from './der.js';

/** What a certificate says. Issuer and key identifiers are added when it is signed. */
export interface CertificateContent {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly usages: readonly ('server' | 'client')[];
  readonly authority: boolean;
  /** Big-endian. */
  readonly serial: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Who signs: the encoded subject and the key. */
export interface Issuer {
  readonly name: Uint8Array;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** A signed X.509 v3 certificate (RFC 5280) in PEM. */
export function signCertificate(content: CertificateContent, publicKey: KeyObject, issuer: Issuer): string {
  const body = sequence(
    explicit(0, integer(Uint8Array.of(2))),
    integer(content.serial),
    ECDSA_WITH_SHA256,
    issuer.name,
    sequence(time(content.notBefore), time(content.notAfter)),
    distinguishedName(content.commonName, content.organizations),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions(content, publicKey, issuer))),
  );
  const certificate = sequence(body, ECDSA_WITH_SHA256, bitString(sign('sha256', body, issuer.privateKey)));
  return pem('CERTIFICATE', certificate);
}

/** Organizations and common name, the parts of a subject that Kubernetes reads: groups and user. */
export function distinguishedName(commonName: string, organizations: readonly string[]): Uint8Array {
  const attribute = (type: string, value: string): Uint8Array => set(sequence(objectIdentifier(type), utf8String(value)));
  return sequence(...organizations.map((organization) => attribute('2.5.4.10', organization)), attribute('2.5.4.3', commonName));
}

const ECDSA_WITH_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
const EXTENDED_USAGE = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const;
/** Bits of KeyUsage. */
const DIGITAL_SIGNATURE = 0;
const CERTIFICATE_SIGNING = 5;
const CRL_SIGNING = 6;

function extensions(content: CertificateContent, publicKey: KeyObject, issuer: Issuer): Uint8Array[] {
  const { authority, usages, dnsNames, ipAddresses } = content;
  const names = [...dnsNames.map((name) => implicit(2, Buffer.from(name, 'latin1'))), ...ipAddresses.map((address) => implicit(7, addressBytes(address)))];
  const list = [
    extension('2.5.29.15', true, namedBits(authority ? [DIGITAL_SIGNATURE, CERTIFICATE_SIGNING, CRL_SIGNING] : [DIGITAL_SIGNATURE])),
    extension('2.5.29.19', true, authority ? sequence(boolean(true)) : sequence()),
    extension('2.5.29.14', false, octetString(keyIdentifier(publicKey))),
    extension('2.5.29.35', false, sequence(implicit(0, keyIdentifier(issuer.publicKey)))),
  ];
  if (usages.length > 0) list.push(extension('2.5.29.37', false, sequence(...usages.map((usage) => objectIdentifier(EXTENDED_USAGE[usage])))));
  if (names.length > 0) list.push(extension('2.5.29.17', false, sequence(...names)));
  return list;
}

function extension(type: string, critical: boolean, value: Uint8Array): Uint8Array {
  return sequence(objectIdentifier(type), ...(critical ? [boolean(true)] : []), octetString(value));
}

/** SHA-1 over the bits of the key (RFC 5280, 4.2.1.2): a name, not a protection. The point stands in the last 65 bytes of a P-256 key. */
function keyIdentifier(publicKey: KeyObject): Uint8Array {
  return createHash('sha1').update(publicKey.export({ type: 'spki', format: 'der' }).subarray(-65)).digest();
}

function addressBytes(address: string): Uint8Array {
  if (isIP(address) === 4) return Uint8Array.from(address.split('.').map(Number));
  // ::ffff:1.2.3.4 ends in dotted form: make it two groups first.
  const groups = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, a: string, b: string, c: string, d: string) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(':'));
  const [head = '', tail] = groups.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return Uint8Array.from([...left, ...zeros, ...right].flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]));
}

function pem(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der).toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
