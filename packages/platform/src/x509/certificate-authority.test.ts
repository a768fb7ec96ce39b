import { X509Certificate, createPublicKey } from 'node:crypto';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';

import { describe, expect, it } from 'vitest';

import { FakeClock } from '../clock/fake-clock.js';
import { RealClock } from '../clock/real-clock.js';
import { SeededRandom } from '../random/seeded-random.js';
import { systemRandom } from '../random/system-random.js';
import { createCertificateAuthority } from './certificate-authority.js';
import { integer, namedBits, objectIdentifier, time } from './der.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('der', () => {
  it.each([
    ['zero', integer(Uint8Array.of(0, 0)), '020100'],
    ['a high bit gets a leading zero', integer(Uint8Array.of(0x80)), '02020080'],
    ['leading zeros go', integer(Uint8Array.of(0, 0, 0x7f)), '02017f'],
    ['named bits drop trailing zeros', namedBits([0, 5, 6]), '03020186'],
    ['no bits', namedBits([]), '030100'],
    ['a bit in the second byte', namedBits([8]), '0303070080'],
    ['identifiers in base 128', objectIdentifier('1.2.840.10045.4.3.2'), '06082a8648ce3d040302'],
    ['UTCTime', time(Date.UTC(2049, 11, 31, 23, 59, 59, 999)), `170d${Buffer.from('491231235959Z').toString('hex')}`],
    ['GeneralizedTime from 2050', time(Date.UTC(2050, 0, 1)), `180f${Buffer.from('20500101000000Z').toString('hex')}`],
  ])('%s', (_case, bytes, expected) => expect(hex(bytes)).toBe(expected));
});

describe('createCertificateAuthority', () => {
  const clock = new FakeClock();
  const authority = createCertificateAuthority({ commonName: 'test-ca', clock, random: new SeededRandom(7) });
  const root = new X509Certificate(authority.certificate);

  it('signs itself as an authority', () => {
    expect(root.ca).toBe(true);
    expect(root.subject).toBe('CN=test-ca');
    expect(root.checkIssued(root)).toBe(true);
    expect(root.verify(createPublicKey(root.publicKey.export({ type: 'spki', format: 'pem' })))).toBe(true);
  });

  it('issues server certificates that are checked by name and address', () => {
    const issued = authority.issue({
      commonName: 'kube-apiserver', dnsNames: ['localhost', '*.example.com'], ipAddresses: ['127.0.0.1', '::1', 'fd00::a:1', '::ffff:10.1.2.3'], usages: ['server'],
    });
    const certificate = new X509Certificate(issued.certificate);
    expect(certificate.ca).toBe(false);
    expect(certificate.checkIssued(root)).toBe(true);
    expect(certificate.verify(root.publicKey)).toBe(true);
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkHost('a.example.com')).toBe('*.example.com');
    expect(certificate.checkHost('other')).toBeUndefined();
    for (const address of ['127.0.0.1', '::1', 'fd00::a:1']) expect(certificate.checkIP(address), address).toBe(address);
    expect(certificate.subjectAltName).toContain('IP Address:0:0:0:0:0:FFFF:A01:203');
    expect(certificate.checkIP('10.0.0.1')).toBeUndefined();
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  it('is valid from an hour ago until a year from now, never beyond the authority', () => {
    const certificate = new X509Certificate(authority.issue({ commonName: 'a', usages: ['client'] }).certificate);
    expect(Date.parse(certificate.validFrom)).toBe(clock.now() - 3_600_000);
    expect(Date.parse(certificate.validTo)).toBe(clock.now() + 365 * 24 * 3_600_000);
    const long = new X509Certificate(authority.issue({ commonName: 'a', usages: ['client'], validity: 1e15 }).certificate);
    expect(long.validTo).toBe(root.validTo);
  });

  it('gives each certificate a serial number of its own', () => {
    const serials = Array.from({ length: 4 }, () => new X509Certificate(authority.issue({ commonName: 'a', usages: ['client'] }).certificate).serialNumber);
    expect(new Set([...serials, root.serialNumber]).size).toBe(5);
  });

  it.each([
    [{ commonName: 'x', usages: [] }, /no usages/],
    [{ commonName: 'x', usages: ['server' as const], dnsNames: ['bücher.example'] }, /DNS name "bücher.example"/],
    [{ commonName: 'x', usages: ['server' as const], ipAddresses: ['10.0.0.256'] }, /IP address "10.0.0.256"/],
    [{ commonName: 'x', usages: ['server' as const], validity: -1 }, /positive number/],
  ])('refuses %j', (options, message) => expect(() => authority.issue(options)).toThrow(message));

  it('carries user and groups through mutual TLS', async () => {
    const live = createCertificateAuthority({ commonName: 'live', clock: new RealClock(), random: systemRandom });
    const serving = live.issue({ commonName: 'server', dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], usages: ['server'] });
    const client = live.issue({ commonName: 'jane', organizations: ['system:masters', 'ünion'], usages: ['client'] });
    const server = createServer({ cert: serving.certificate, key: serving.key, ca: live.certificate, requestCert: true, rejectUnauthorized: true }, (incoming, response) => {
      const { subject } = (incoming.socket as TLSSocket).getPeerCertificate();
      response.end(JSON.stringify({ CN: subject.CN, O: subject.O }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const ask = (credentials: object): Promise<string> => new Promise((resolve, reject) => {
        request({ host: '127.0.0.1', port, ca: live.certificate, agent: false, ...credentials }, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk)).on('end', () => resolve(text));
        }).on('error', reject).end();
      });
      expect(JSON.parse(await ask({ cert: client.certificate, key: client.key }))).toEqual({ CN: 'jane', O: ['system:masters', 'ünion'] });
      const foreign = createCertificateAuthority({ commonName: 'live', clock: new RealClock(), random: systemRandom }).issue({ commonName: 'jane', usages: ['client'] });
      await expect(ask({ cert: foreign.certificate, key: foreign.key })).rejects.toThrow();
      await expect(ask({ cert: serving.certificate, key: serving.key })).rejects.toThrow();
    } finally {
      server.close();
    }
  });
});
