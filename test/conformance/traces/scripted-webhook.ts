import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import { createCertificateAuthority, realClock, systemRandom } from '@kubewright/platform';

import { isJson, type Json, type WebhookRoute } from './trace.js';

const authority = createCertificateAuthority({ commonName: 'traces', clock: realClock, random: systemRandom });
const identity = authority.issue({ commonName: 'trace-webhook', dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], usages: ['server'] });

/** What definitions and configurations name as caBundle, base64. */
export const CA_BUNDLE = Buffer.from(authority.certificate).toString('base64');

/** A webhook that answers as a scenario says, and remembers what it was asked. */
export interface ScriptedWebhook {
  readonly port: number;
  readonly calls: unknown[];
  readonly routes: Record<string, WebhookRoute>;
  readonly close: () => void;
}

export async function startWebhook(routes: Readonly<Record<string, WebhookRoute>>): Promise<ScriptedWebhook> {
  const calls: unknown[] = [];
  const current = { ...routes };
  const server = createServer({ key: identity.key, cert: identity.certificate }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Json;
      const path = (request.url ?? '').split('?')[0]!;
      calls.push({ path, review });
      const route: WebhookRoute = current[path] ?? { http: 404 };
      const answer = answerOf(route, review);
      realClock.timer(route.delayMs ?? 0, () => response.writeHead(answer.status, answer.status === 200 ? { 'content-type': 'application/json' } : {}).end(answer.text));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, calls, routes: current, close };
}

function answerOf(route: WebhookRoute, review: Json): { status: number; text: string } {
  if (route.http !== undefined && route.http !== 200) return { status: route.http, text: 'scripted failure' };
  if (route.raw !== undefined) return { status: 200, text: route.raw };
  const { apiVersion, kind } = review;
  const response = kind === 'ConversionReview' ? converted(route, review.request as Json) : admitted(route, review.request as Json);
  return { status: 200, text: JSON.stringify({ apiVersion, kind, response }) };
}

function admitted({ response, patch }: WebhookRoute, { uid }: Json): Json {
  const encoded = patch === undefined ? {} : { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
  return { uid, allowed: true, ...response, ...encoded };
}

function converted(route: WebhookRoute, request: Json): Json {
  const { uid } = request;
  if (route.fail) return { uid, result: { status: 'Failure', message: route.fail } };
  const apiVersion = String(request.desiredAPIVersion);
  const objects = (request.objects as Json[]).map((object) => {
    const copy: Json = { ...structuredClone(object), apiVersion };
    for (const [from, to] of Object.entries(route.rename?.[apiVersion] ?? {})) {
      if (!isJson(copy.spec) || !(from in copy.spec)) continue;
      copy.spec[to] = copy.spec[from];
      delete copy.spec[from];
    }
    for (const [place, value] of Object.entries(route.set ?? {})) put(copy, place.split('.'), value);
    return copy;
  });
  return { uid, convertedObjects: objects.slice(0, route.first ?? Infinity), result: { status: 'Success' }, ...structuredClone(route.response ?? {}) };
}

/** Null takes the field away. */
function put(object: Json, steps: readonly string[], value: unknown): void {
  let at = object;
  for (const step of steps.slice(0, -1)) at = (at[step] ??= {}) as Json;
  const last = steps.at(-1)!;
  if (value === null) delete at[last];
  else at[last] = value;
}
