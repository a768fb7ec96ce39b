/**
 * @module webhooks: calls of webhooks over HTTPS, for admission and for the conversion of custom resources alike. webhook-caller.ts is what
 * those two know; https-webhook-caller.ts does it with node:https, service-address.ts finds the address behind a Service, and
 * review-answer.ts reads what comes back. What goes wrong is told in the words of a real server, because operators' tests look for them.
 */
import type { GoShape } from '@kubewright/api';

/** Where a webhook is, in configurations and in definitions alike. */
export interface WebhookClientConfig {
  readonly url?: string;
  readonly service?: { readonly namespace: string; readonly name: string; readonly path?: string; readonly port?: number };
  /** PEM in base64; without it the certificate authorities of the machine are trusted. */
  readonly caBundle?: string;
}

/** One call. */
export interface WebhookCall {
  readonly clientConfig: WebhookClientConfig;
  /** Sent as JSON. */
  readonly review: object;
  readonly timeoutSeconds: number;
  /** The Go type of the answer. */
  readonly answer: GoShape;
}

/** Sends a review to a webhook and gives its answer, read as the type that the call names. */
export interface WebhookCaller {
  /** @throws WebhookCallError */
  call(call: WebhookCall): Promise<Record<string, unknown>>;
}

/** A webhook that could not be asked, or has not given an answer that can be read. The message is that of a real server. */
export class WebhookCallError extends Error {
  override readonly name = 'WebhookCallError';

  /** @param isConfiguration whether the call was not even tried, because of what its configuration says */
  constructor(message: string, readonly isConfiguration = false) {
    super(message);
  }
}

/** The address behind a Service: `https://10.0.0.7:9443`. Whatever it throws is told to the client as the reason of the failed call. */
export type ResolveService = (namespace: string, name: string, port: number) => string | Promise<string>;

const DEFAULT_PORT = 443;

/** The URL of a call as messages quote it. */
export function webhookUrl({ url, service }: WebhookClientConfig, timeoutSeconds: number): URL {
  const address = url ?? (service ? `https://${serviceHost(service)}:${service.port ?? DEFAULT_PORT}${service.path?.startsWith('/') ? '' : '/'}${service.path ?? ''}` : '');
  const target = new URL(address);
  target.pathname = target.pathname.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
  target.search = `?timeout=${timeoutSeconds}s`;
  return target;
}

/** {@link webhookUrl} as Go prints it: a port is kept even where it is the usual one. */
export function shownUrl(config: WebhookClientConfig, timeoutSeconds: number): string {
  const { pathname, search } = webhookUrl(config, timeoutSeconds);
  const { service } = config;
  const host = service ? `${serviceHost(service)}:${service.port ?? DEFAULT_PORT}` : (/^https?:\/\/([^/?#]*)/i.exec(config.url ?? '')?.[1] ?? '');
  return `https://${host}${pathname}${search}`;
}

/** The name that the certificate of a Service's webhook has to be made out to. */
export function serviceHost({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${name}.${namespace}.svc`;
}
