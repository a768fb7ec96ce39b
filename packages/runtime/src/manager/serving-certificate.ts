import type { Clock, KeyedCertificate, Logger, Random } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { MetricsRegistry } from '../metrics/metrics-registry.js';

/** Where the certificate of a server comes from. */
export interface ServingCertificate {
  /** What to serve with now. @throws KubewrightError KW_CERTIFICATE */
  read(): Promise<TlsMaterial>;
  /** Tells of new ones until the signal aborts. */
  watch(renew: (material: TlsMaterial) => void, signal: AbortSignal): Promise<void>;
}

/** PEM, as node:tls takes it. */
export interface TlsMaterial {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** What the sources of certificates work with. */
export interface CertificateDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: MetricsRegistry;
}

/** How often (ms) files are looked at, and a certificate of our own is asked for its age. */
const LOOK_EVERY = 60_000;
const SELF_SIGNED_VALIDITY = 365 * 24 * 3_600_000;

/**
 * Files that somebody else renews, such as a mounted Secret of cert-manager's. They are read each minute; a pair that can not be read, or
 * whose halves do not belong together (a renewal that is half done), is passed over, counted and logged, and the last one stays in use.
 */
export function certificateFiles(files: { readonly certFile: string; readonly keyFile: string }, { clock, log, metrics }: CertificateDependencies): ServingCertificate {
  const reads = metrics.counter({ name: 'certwatcher_read_certificate_total', help: 'Total number of certificate reads' });
  const failures = metrics.counter({ name: 'certwatcher_read_certificate_errors_total', help: 'Total number of certificate read errors' });
  let last = '';
  const read = async (): Promise<TlsMaterial> => {
    reads.inc();
    try {
      const { readFile } = await import('node:fs/promises');
      const { createSecureContext } = await import('node:tls');
      const [cert, key] = await Promise.all([readFile(files.certFile, 'utf8'), readFile(files.keyFile, 'utf8')]);
      createSecureContext({ cert, key }); // throws where the two do not match
      return { cert, key };
    } catch (cause) {
      failures.inc();
      throw new KubewrightError('KW_CERTIFICATE', `certificate ${files.certFile} with key ${files.keyFile}: ${(cause as Error).message}`, { cause });
    }
  };
  return {
    async read() {
      const material = await read();
      last = `${material.cert}${material.key}`;
      return material;
    },
    async watch(renew, signal) {
      while (await slept(clock, LOOK_EVERY, signal)) {
        try {
          const material = await read();
          if (`${material.cert}${material.key}` === last) continue;
          last = `${material.cert}${material.key}`;
          renew(material);
          log.info('certificate renewed', { certFile: files.certFile });
        } catch (error) {
          log.warn('certificate not renewed', { error });
        }
      }
    },
  };
}

/** A certificate that this process signs itself, for scrapers that do not verify; a new one is made when two thirds of its year are over. */
export function selfSigned(commonName: string, { clock, random, log }: CertificateDependencies): ServingCertificate {
  let issuedAt = Number.NEGATIVE_INFINITY;
  const read = async (): Promise<TlsMaterial> => {
    const { createCertificateAuthority } = await import('@kubewright/platform');
    const authority = createCertificateAuthority({ commonName: `${commonName}-ca`, clock, random });
    const { certificate, key }: KeyedCertificate = authority.issue({
      commonName, dnsNames: ['localhost'], ipAddresses: ['127.0.0.1', '::1'], usages: ['server'], validity: SELF_SIGNED_VALIDITY,
    });
    issuedAt = clock.now();
    return { cert: `${certificate}${authority.certificate}`, key };
  };
  return {
    read,
    async watch(renew, signal) {
      while (await slept(clock, LOOK_EVERY, signal)) {
        if (clock.now() - issuedAt < (SELF_SIGNED_VALIDITY * 2) / 3) continue;
        renew(await read());
        log.info('certificate renewed', { commonName });
      }
    },
  };
}

/** False when the signal ended the wait. */
async function slept(clock: Clock, duration: number, signal: AbortSignal): Promise<boolean> {
  return clock.sleep(duration, signal).then(() => true, () => false);
}
