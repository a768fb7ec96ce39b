import { FakeClock, readAll, SeededRandom } from '@kubewright/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ApiServer } from './api-server.js';

type Json = Record<string, unknown>;

/** Who owns what, and since when, where what is applied is not all that is stored. */
const WIDGETS = '/apis/x.example.com/v1/namespaces/default/widgets';
const clock = new FakeClock();
let server: ApiServer;

beforeEach(async () => {
  server = new ApiServer({ clock, random: new SeededRandom(1) });
  await server.start();
  const fields = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  await call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'widgets.x.example.com' },
    spec: {
      group: 'x.example.com', scope: 'Namespaced', names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: { type: 'object', properties: { spec: fields, status: fields } } } }],
    },
  });
  await apply('a', { spec: { n: 1 } });
  await apply('s', { status: { n: 1 } }, '/status');
});

afterEach(() => server.close());

async function call(method: string, path: string, body?: unknown, type = 'application/json'): Promise<{ status: number; body: Json }> {
  const response = await server.transport().dispatch({ method, path, headers: { 'content-type': type }, ...(body !== undefined && { body: Buffer.from(JSON.stringify(body)) }) });
  return { status: response.status, body: JSON.parse(Buffer.from(await readAll(response.body)).toString()) as Json };
}

/** @returns what the manager owns, since when, and the resourceVersion */
async function apply(manager: string, { metadata, ...fields }: Json, subresource = ''): Promise<{ owned: unknown; time: unknown; version: unknown }> {
  await clock.advance(1_000);
  const object = { apiVersion: 'x.example.com/v1', kind: 'Widget', ...fields, metadata: { ...(metadata as Json | undefined), name: 'w' } };
  const { body } = await call('PATCH', `${WIDGETS}/w${subresource}?fieldManager=${manager}`, object, 'application/apply-patch+yaml');
  const { managedFields, resourceVersion } = body['metadata'] as { managedFields: Json[]; resourceVersion: string };
  const entry = managedFields.find((each) => each['manager'] === manager)!;
  return { owned: entry['fieldsV1'], time: entry['time'], version: resourceVersion };
}

describe('a configuration that speaks of what its door does not write', () => {
  it('owns only the rest, and has a time of its own, as the merged object was another for a moment', async () => {
    const main = await apply('b', { spec: { n: 1 }, status: { n: 2 } });
    expect(main).toMatchObject({ owned: { 'f:spec': { 'f:n': {} } }, time: expect.any(String) as string });
    const status = await apply('c', { metadata: { labels: { l: 'x' } }, spec: { n: 2 }, status: { n: 1 } }, '/status');
    expect(status).toMatchObject({ owned: { 'f:status': { 'f:n': {} } }, time: expect.any(String) as string });
  });

  it('has none where it changed nothing even for a moment', async () => {
    expect((await apply('b', { spec: { n: 1 } })).time).toBeUndefined();
  });

  it('is no write when it is applied again', async () => {
    const first = await apply('c', { metadata: { annotations: {} }, status: { n: 1 } }, '/status');
    expect(await apply('c', { metadata: { annotations: {} }, status: { n: 1 } }, '/status')).toEqual(first);
  });
});

describe('a PUT that would make an object', () => {
  it('does not when it names the uid of one', async () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', uid: 'u' }, spec: { clusterIP: 'None' } };
    expect((await call('PUT', '/api/v1/namespaces/default/services/s', service)).body).toMatchObject({ code: 409, message: expect.stringMatching(/Precondition failed: UID in precondition: u, UID in object meta: $/) as string });
  });
});
