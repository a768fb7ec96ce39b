import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';

import type { KubeObject } from '@kubewright/api';
import { createCertificateAuthority, FakeClock, readAll, realClock, systemRandom } from '@kubewright/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ApiServer } from './api-server.js';

interface Review {
  readonly apiVersion: string;
  readonly kind: string;
  readonly request: { readonly uid: string; readonly object: KubeObject | null; readonly objects?: KubeObject[]; readonly desiredAPIVersion?: string; readonly [field: string]: unknown };
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & { readonly message?: string; readonly spec?: unknown; readonly data?: unknown; readonly items?: KubeObject[] };
  readonly warning: unknown;
}

const authority = createCertificateAuthority({ commonName: 'webhooks', clock: realClock, random: systemRandom });
const { certificate, key } = authority.issue({ commonName: 'webhook', dnsNames: ['hook.default.svc'], ipAddresses: ['127.0.0.1'], usages: ['server'] });
const caBundle = Buffer.from(authority.certificate).toString('base64');

const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1';
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

describe('webhooks of a server', () => {
  let clock: FakeClock;
  let server: ApiServer;
  let webhook: Server;
  let port: number;
  let connections: number;
  let reviews: { path: string; review: Review }[];
  /** What the webhook answers, by path; it never answers a path that it does not know. */
  let responses: Record<string, (review: Review) => object>;

  beforeEach(async () => {
    [connections, reviews, responses] = [0, [], {}];
    webhook = createServer({ cert: certificate, key }, (request, response) => {
      void readAll(request).then((bytes) => {
        const review = JSON.parse(Buffer.from(bytes).toString()) as Review;
        const path = request.url ?? '';
        reviews.push({ path, review });
        const respond = responses[path.split('?')[0]!];
        if (!respond) return;
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ apiVersion: review.apiVersion, kind: review.kind, response: { uid: review.request.uid, ...respond(review) } }));
      });
    });
    webhook.on('secureConnection', () => void connections++);
    await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
    ({ port } = webhook.address() as AddressInfo);
    clock = new FakeClock(realClock.now());
    server = new ApiServer({ clock, resolveService: (_namespace, name) => {
      if (name !== 'hook') throw new Error(`service ${JSON.stringify(name)} not found`);
      return `https://127.0.0.1:${port}`;
    } });
    await server.start();
  });

  afterEach(async () => {
    await server.close();
    webhook.closeAllConnections();
    await new Promise((resolve) => webhook.close(resolve));
    expect(clock.pending).toBe(0);
  });

  async function call(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<Answer> {
    const response = await server.transport().dispatch({ method, path, headers: { 'content-type': contentType }, ...(body !== undefined && { body: Buffer.from(JSON.stringify(body)) }) });
    const text = Buffer.from(await readAll(response.body)).toString();
    return { status: response.status, body: JSON.parse(text) as Answer['body'], warning: response.headers.warning };
  }

  async function configure(kind: 'Mutating' | 'Validating', clientConfig: object, rule: object = {}): Promise<void> {
    const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'], ...rule }];
    const webhooks = [{ name: `${kind.toLowerCase()}.example.com`, admissionReviewVersions: ['v1'], sideEffects: 'None', timeoutSeconds: 2, clientConfig: { caBundle, ...clientConfig }, rules }];
    const created = await call('POST', `${CONFIGURATIONS}/${kind.toLowerCase()}webhookconfigurations`, { metadata: { name: 'w' }, webhooks });
    expect([created.status, created.warning]).toEqual([201, undefined]);
  }

  const url = (path: string): object => ({ url: `https://127.0.0.1:${port}${path}` });
  const configMap = (name: string, data: object = {}): object => ({ metadata: { name }, data });
  const patch = (...operations: object[]): object => ({ allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(operations)).toString('base64') });

  it('are believed when the bundle holds their own certificate, without its authority', async () => {
    await configure('Mutating', { ...url('/mutate'), caBundle: Buffer.from(certificate).toString('base64') });
    responses['/mutate'] = () => patch({ op: 'add', path: '/data/hooked', value: 'yes' });
    expect(await call('POST', CONFIG_MAPS, configMap('a', { x: '1' }))).toMatchObject({ status: 201, body: { data: { hooked: 'yes' } } });
  });

  it('change and refuse what is written, over connections that are kept', async () => {
    await configure('Mutating', url('/mutate'), { operations: ['CREATE'] });
    await configure('Validating', { service: { namespace: 'default', name: 'hook', path: '/validate', port: 8443 } });
    responses['/mutate'] = () => patch({ op: 'add', path: '/data/hooked', value: 'yes' });
    responses['/validate'] = ({ request: { operation } }) => ({ allowed: operation !== 'DELETE', warnings: ['seen'], status: { message: 'kept' } });
    expect(await call('POST', `${CONFIG_MAPS}?fieldManager=me`, configMap('a', { x: '1' }))).toMatchObject({ status: 201, body: { data: { x: '1', hooked: 'yes' } }, warning: ['299 - "seen"'] });
    expect(await call('POST', CONFIG_MAPS, configMap('b', { y: '1' }))).toMatchObject({ status: 201 });
    expect(connections).toBe(2);
    webhook.closeAllConnections();
    expect(await call('DELETE', `${CONFIG_MAPS}/a`)).toMatchObject({ status: 400, body: { message: 'admission webhook "validating.example.com" denied the request: kept' } });
    expect(reviews.map(({ path }) => path)).toEqual(['/mutate?timeout=2s', '/validate?timeout=2s', '/mutate?timeout=2s', '/validate?timeout=2s', '/validate?timeout=2s']);
    const [mutated, validated] = reviews as [(typeof reviews)[number], (typeof reviews)[number]];
    // What the server gives an object comes after it was changed, and before it is judged.
    expect(mutated.review.request.object?.metadata.uid).toBeUndefined();
    expect(validated.review.request).toMatchObject({ name: 'a', namespace: 'default', dryRun: false, userInfo: { username: 'admin' }, options: { kind: 'CreateOptions', fieldManager: 'me' } });
    expect(validated.review.request.object).toMatchObject({ metadata: { uid: expect.any(String) as string, creationTimestamp: expect.any(String) as string }, data: { hooked: 'yes' } });
  });

  it('have until their time is over', async () => {
    await configure('Validating', url('/silent'));
    const answer = call('POST', CONFIG_MAPS, configMap('a'));
    while (reviews.length === 0) await realClock.yield();
    await clock.advance(2_000);
    expect(await answer).toMatchObject({ status: 500, body: {
      reason: 'InternalError', message: `Internal error occurred: failed calling webhook "validating.example.com": failed to call webhook: Post "https://127.0.0.1:${port}/silent?timeout=2s": context deadline exceeded`,
    } });
  });

  it.each<[string, () => object, RegExp]>([
    ['is not trusted', () => ({ ...url('/x'), caBundle: undefined }), /tls: failed to verify certificate: x509: certificate signed by unknown authority$/],
    ['does not listen', () => ({ url: 'https://127.0.0.1:1/x' }), /dial tcp 127\.0\.0\.1:1: connect: connection refused$/],
    ['is a service that there is not', () => ({ service: { namespace: 'default', name: 'none' } }), /Post "https:\/\/none\.default\.svc:443\/\?timeout=2s": service "none" not found$/],
    ['has no certificate to be known by', () => ({ ...url('/x'), caBundle: Buffer.from('nonsense').toString('base64') }), /could not get REST client: unable to load root certificates/],
  ])('a webhook that %s fails', async (_what, config, message) => {
    await configure('Validating', config());
    const { status, body } = await call('POST', CONFIG_MAPS, configMap('a'));
    expect([status, body.message]).toEqual([500, expect.stringMatching(message)]);
  });

  it('judge evictions, scales and connections for what they are', async () => {
    await configure('Validating', url('/validate'), { apiGroups: ['*'], resources: ['pods/eviction', 'pods/exec', '*/scale', 'tokenreviews'], apiVersions: ['*'] });
    responses['/validate'] = () => ({ allowed: false });
    const container = { name: 'c', image: 'i' };
    await call('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } });
    expect((await call('POST', '/api/v1/namespaces/default/pods', { metadata: { name: 'p' }, spec: { containers: [container] } })).status).toBe(201);
    const labels = { app: 'd' };
    const deployment = { metadata: { name: 'd' }, spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } } } };
    expect((await call('POST', '/apis/apps/v1/namespaces/default/deployments', deployment)).status).toBe(201);
    const attempts = [
      await call('POST', '/api/v1/namespaces/default/pods/p/eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } }),
      await call('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: 'x' } }),
      await call('PATCH', '/apis/apps/v1/namespaces/default/deployments/d/scale', { spec: { replicas: 3 } }, 'application/merge-patch+json'),
    ];
    expect(attempts.map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(reviews.map(({ review: { request } }) => [request.operation, (request.kind as { kind: string }).kind, request.subResource, request.object?.kind])).toEqual([
      ['CREATE', 'Eviction', 'eviction', 'Eviction'], ['CREATE', 'TokenReview', undefined, 'TokenReview'], ['UPDATE', 'Scale', 'scale', 'Scale'],
    ]);
    expect((await call('GET', '/apis/apps/v1/namespaces/default/deployments/d')).body).toMatchObject({ spec: { replicas: 1 } });
  });

  it('change a scale, and with it the object', async () => {
    await configure('Mutating', url('/mutate'), { apiGroups: ['apps'], resources: ['deployments/scale'] });
    responses['/mutate'] = () => patch({ op: 'replace', path: '/spec/replicas', value: 2 });
    const labels = { app: 'd' };
    await call('POST', '/apis/apps/v1/namespaces/default/deployments', { metadata: { name: 'd' }, spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } } } });
    const scaled = await call('PATCH', '/apis/apps/v1/namespaces/default/deployments/d/scale', { spec: { replicas: 9 } }, 'application/merge-patch+json');
    expect(scaled).toMatchObject({ status: 200, body: { spec: { replicas: 2 } } });
  });

  it('convert custom resources on their way in and out, lists in one call', async () => {
    const properties = (field: string): object => ({ openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { [field]: { type: 'integer' } } } } } });
    await call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com', scope: 'Namespaced', names: { plural: 'widgets', kind: 'Widget' },
        versions: [{ name: 'v1', served: true, storage: true, schema: properties('size') }, { name: 'v2', served: true, storage: false, schema: properties('width') }],
        conversion: { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig: { ...url('/convert'), caBundle } } },
      },
    });
    responses['/convert'] = ({ request: { objects = [], desiredAPIVersion = '' } }) => ({
      result: { status: 'Success' },
      convertedObjects: objects.map((object) => {
        const { size, width } = (object as unknown as { spec: { size?: number; width?: number } }).spec;
        return { ...object, apiVersion: desiredAPIVersion, spec: desiredAPIVersion.endsWith('v2') ? { width: size } : { size: width } };
      }),
    });
    const widgets = (version: string): string => `/apis/example.com/${version}/namespaces/default/widgets`;
    const widget = (version: string, name: string, spec: object): object => ({ apiVersion: `example.com/${version}`, kind: 'Widget', metadata: { name }, spec });
    for (let tries = 0; tries < 200; tries++) {
      await realClock.yield();
      if ((await server.transport().dispatch({ method: 'GET', path: widgets('v2'), headers: {} })).status === 200) break;
    }
    expect(await call('POST', widgets('v1'), widget('v1', 'a', { size: 1 }))).toMatchObject({ status: 201, body: { spec: { size: 1 } } });
    expect(reviews).toEqual([]);
    expect(await call('POST', widgets('v2'), widget('v2', 'b', { width: 2 }))).toMatchObject({ status: 201, body: { spec: { width: 2 } } });
    expect((await call('GET', `${widgets('v1')}/b`)).body.spec).toEqual({ size: 2 });
    reviews = [];
    const { body } = await call('GET', widgets('v2'));
    expect(body.items?.map((item) => (item as unknown as { spec: unknown }).spec)).toEqual([{ width: 1 }, { width: 2 }]);
    expect(reviews.map(({ review }) => review.request.objects?.length)).toEqual([2]);
    expect(await call('PATCH', `${widgets('v2')}/a`, { spec: { width: 7 } }, 'application/merge-patch+json')).toMatchObject({ status: 200, body: { spec: { width: 7 }, metadata: { generation: 2 } } });
    expect((await call('GET', `${widgets('v1')}/a`)).body.spec).toEqual({ size: 7 });
    responses['/convert'] = () => ({ result: { status: 'Failure', message: 'cannot do that' } });
    expect(await call('GET', `${widgets('v2')}/a`)).toMatchObject({ status: 500, body: { message: 'conversion webhook for example.com/v1, Kind=Widget failed: cannot do that' } });
    const watch = await server.transport().dispatch({ method: 'GET', path: `${widgets('v2')}?watch=1`, headers: {}, lane: 'watch' });
    expect(JSON.parse(Buffer.from(await readAll(watch.body)).toString())).toMatchObject({ type: 'ERROR', object: { code: 500, reason: 'InternalError' } });
  });
});
