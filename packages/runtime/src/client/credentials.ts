import type { Clock } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { Credentials, CredentialSource } from './rest-config.js';

/** A bearer token that never changes. */
export function staticToken(token: string): CredentialSource {
  const credentials: Credentials = { headers: { authorization: `Bearer ${token}` } };
  return { current: async () => credentials, known: () => credentials, refused() {} };
}

/**
 * Keeps what `fetch` obtains for `lifetime` milliseconds, and for as long as newer ones can not be had. Calls that come while it is being
 * obtained share one fetch. A refusal fetches anew before the next request, once: a refusal of credentials that were replaced in the
 * meantime changes nothing.
 */
export function cachedCredentials(clock: Clock, lifetime: number, fetch: (refused: boolean) => Promise<Credentials>): CredentialSource {
  let known: { readonly credentials: Credentials; readonly until: number } | undefined;
  let refused = false;
  let pending: Promise<Credentials> | undefined;

  async function renew(): Promise<Credentials> {
    try {
      const credentials = await fetch(refused);
      known = { credentials, until: clock.monotonic() + lifetime };
      refused = false;
      return credentials;
    } catch (error) {
      if (known && !refused) return known.credentials;
      throw error instanceof KubewrightError ? error : new KubewrightError('KW_CREDENTIALS', `credentials could not be obtained: ${(error as Error).message}`, { cause: error });
    } finally {
      pending = undefined;
    }
  }

  const fresh = (): Credentials | undefined => (known && !refused && clock.monotonic() < known.until ? known.credentials : undefined);

  return {
    current() {
      const credentials = fresh();
      return credentials ? Promise.resolve(credentials) : (pending ??= renew());
    },
    known: fresh,
    refused(credentials) {
      if (known?.credentials === credentials) refused = true;
    },
  };
}

/** What `base` gives with what `top` gives laid over it. Equal parts give the very same object, by which a transport keeps its connections. */
export function overlaid(base: CredentialSource, top: CredentialSource): CredentialSource {
  let last: { readonly parts: readonly [Credentials, Credentials]; readonly whole: Credentials } | undefined;
  return {
    async current() {
      const parts = await Promise.all([base.current(), top.current()]);
      if (last?.parts[0] === parts[0] && last.parts[1] === parts[1]) return last.whole;
      const [below, above] = parts;
      const { agent } = { ...below, ...above };
      last = { parts, whole: { headers: { ...below.headers, ...above.headers }, tls: { ...below.tls, ...above.tls }, ...(agent && { agent }) } };
      return last.whole;
    },
    refused(credentials) {
      if (last?.whole !== credentials) return;
      base.refused(last.parts[0]);
      top.refused(last.parts[1]);
    },
  };
}
