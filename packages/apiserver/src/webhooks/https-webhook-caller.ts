import { Agent, request, type RequestOptions } from 'node:https';

import { encodeJson } from '@kubewright/api';
import type { Clock } from '@kubewright/platform';

import { networkErrorText } from './network-error.js';
import { readReviewAnswer, type HttpAnswer } from './review-answer.js';
import { serviceHost, shownUrl, webhookUrl, WebhookCallError, type ResolveService, type WebhookCall, type WebhookCaller, type WebhookClientConfig } from './webhook-caller.js';

/** What an {@link HttpsWebhookCaller} needs. */
export interface HttpsWebhookCallerOptions {
  readonly clock: Clock;
  readonly resolveService: ResolveService;
}

/** {@link WebhookCaller} over node:https. Connections are kept for the next call; {@link close} ends them. */
export class HttpsWebhookCaller implements WebhookCaller {
  readonly #agent = new Agent({ keepAlive: true });

  constructor(private readonly options: HttpsWebhookCallerOptions) {}

  async call({ clientConfig, review, timeoutSeconds, answer }: WebhookCall): Promise<Record<string, unknown>> {
    if (!clientConfig.url && !clientConfig.service) throw new WebhookCallError('webhook configuration must have either service or URL', true);
    if (!canParse(clientConfig, timeoutSeconds)) throw new WebhookCallError(`parse ${JSON.stringify(clientConfig.url ?? '')}: invalid URL`, true);
    const ca = caOf(clientConfig);
    const body = Buffer.from(encodeJson(review));
    const deadline = new Deadline(this.options.clock, timeoutSeconds * 1000);
    let received: HttpAnswer;
    try {
      received = await this.#exchange(clientConfig, ca, timeoutSeconds, body, deadline);
    } catch (error) {
      if (error instanceof WebhookCallError && error.isConfiguration) throw error;
      throw new WebhookCallError(`Post ${JSON.stringify(shownUrl(clientConfig, timeoutSeconds))}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      deadline.cancel();
    }
    return readReviewAnswer(received, answer);
  }

  /** Ends the kept connections, and the calls that are under way on them. */
  close(): void {
    this.#agent.destroy();
  }

  async #exchange(config: WebhookClientConfig, ca: string | undefined, timeoutSeconds: number, body: Uint8Array, deadline: Deadline): Promise<HttpAnswer> {
    const { pathname, search, hostname, port } = webhookUrl(config, timeoutSeconds);
    const { service } = config;
    const place = service ? addressOf(await deadline.within(this.options.resolveService(service.namespace, service.name, service.port ?? 443))) : { host: bare(hostname), port: Number(port || 443) };
    const options: RequestOptions = {
      ...place, path: `${pathname}${search}`, method: 'POST', agent: this.#agent,
      ...(service && { servername: serviceHost(service) }),
      // As in Go, whatever certificate the bundle holds is believed: the webhook's own will do, its authority need not be there.
      ...(ca !== undefined && { ca, allowPartialTrustChain: true }),
      headers: {
        'content-type': 'application/json', accept: 'application/json, */*', 'content-length': body.length, 'user-agent': 'kube-apiserver-admission',
        ...(service && { host: `${serviceHost(service)}:${service.port ?? 443}` }),
      },
    };
    const host = service ? serviceHost(service) : place.host;
    try {
      return await send(options, body, host, deadline);
    } catch (error) {
      // A kept connection may have been closed by the other side just now; nothing has been read, so that asking again is safe.
      if (error instanceof StaleConnection) return send({ ...options, agent: false }, body, host, deadline);
      throw error;
    }
  }
}

/** The other side has closed a connection that was kept from an earlier call. */
class StaleConnection extends Error {}

/** Ends whatever waits on it after some time. */
class Deadline {
  readonly #listeners = new Set<(error: Error) => void>();
  readonly #timer: { cancel(): void };
  #error: Error | undefined;

  constructor(clock: Clock, milliseconds: number) {
    this.#timer = clock.timer(milliseconds, () => {
      this.#error = new Error('context deadline exceeded');
      for (const listener of this.#listeners) listener(this.#error);
    });
  }

  within<T>(work: T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const done = this.onExpiry(reject);
      Promise.resolve(work).then(resolve, reject).finally(done);
    });
  }

  /** @returns ends the subscription */
  onExpiry(listener: (error: Error) => void): () => void {
    if (this.#error) listener(this.#error);
    else this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  cancel(): void {
    this.#timer.cancel();
  }
}

function send(options: RequestOptions, body: Uint8Array, host: string, deadline: Deadline): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const settle = (outcome: () => void): void => {
      forget();
      outcome();
    };
    const outgoing = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => settle(() => resolve({ status: response.statusCode ?? 0, contentType: response.headers['content-type'] ?? '', body: Buffer.concat(chunks) })));
      response.on('error', (error) => settle(() => reject(new Error((error as NodeJS.ErrnoException).code === 'ECONNRESET' ? 'unexpected EOF' : error.message))));
    });
    const forget = deadline.onExpiry((error) => {
      reject(error);
      outgoing.destroy();
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      settle(() => reject(isStale ? new StaleConnection() : new Error(networkErrorText(error, host))));
    });
    outgoing.end(body);
  });
}

function canParse(config: WebhookClientConfig, timeoutSeconds: number): boolean {
  try {
    return webhookUrl(config, timeoutSeconds) !== undefined;
  } catch {
    return false;
  }
}

/** @throws WebhookCallError for a bundle that holds no certificate */
function caOf({ caBundle }: WebhookClientConfig): string | undefined {
  if (!caBundle) return undefined;
  const text = Buffer.from(caBundle, 'base64').toString('latin1');
  if (/-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(text)) return text;
  throw new WebhookCallError('unable to load root certificates: unable to parse bytes as PEM block', true);
}

function addressOf(resolved: string): { host: string; port: number } {
  const { hostname, port } = new URL(resolved);
  return { host: bare(hostname), port: Number(port || 443) };
}

/** An IPv6 address without its brackets. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
