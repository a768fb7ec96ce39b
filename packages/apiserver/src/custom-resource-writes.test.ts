import { FakeClock, readAll, SeededRandom } from '@kubewright/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ApiServer } from './api-server.js';

type Json = Record<string, unknown>;

/** What the real server (1.36) does with custom resources where several parts of it meet. */
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const WIDGETS = '/apis/x.example.com/v1/namespaces/default/widgets';
const MERGE = 'application/merge-patch+json';
const APPLY = 'application/apply-patch+yaml';

let server: ApiServer;

beforeEach(async () => {
  server = new ApiServer({ clock: new FakeClock(), random: new SeededRandom(1) });
  await server.start();
});

afterEach(() => server.close());

async function call(method: string, path: string, body?: unknown, type = 'application/json', headers: Record<string, string> = {}): Promise<{ status: number; body: Json; warning: string }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await server.transport().dispatch({ method, path, headers: { 'content-type': type, ...headers }, ...(body !== undefined && { body: Buffer.from(text) }) });
  const answer = Buffer.from(await readAll(response.body)).toString();
  return { status: response.status, body: answer.startsWith('{') ? (JSON.parse(answer) as Json) : {}, warning: [response.headers['warning'] ?? []].flat().join() };
}

const spec = (properties: Json, rest: Json = {}): Json => ({ type: 'object', properties: { spec: { type: 'object', properties, ...rest }, status: { type: 'object', properties: { replicas: { type: 'integer' }, phase: { type: 'string' } } } } });
const version = (openAPIV3Schema: Json, rest: Json = {}): Json => ({ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema }, ...rest });
const widget = (name: string, fields: Json = {}): Json => ({ apiVersion: 'x.example.com/v1', kind: 'Widget', metadata: { name }, spec: fields });
const SCALE = { status: {}, scale: { specReplicasPath: '.spec.deep.n', statusReplicasPath: '.status.replicas' } };
const scaleSchema = spec({ deep: { type: 'object', properties: { n: { type: 'integer' } } } });
const scale = (fields: Json, rest: Json = {}): Json => ({ apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: fields, ...rest });

async function define(...versions: Json[]): Promise<void> {
  const { status } = await call('POST', DEFINITIONS, { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'widgets.x.example.com' }, spec: { group: 'x.example.com', scope: 'Namespaced', names: { plural: 'widgets', kind: 'Widget' }, versions } });
  expect(status).toBe(201);
}

const redefine = (...versions: Json[]): Promise<unknown> => call('PATCH', `${DEFINITIONS}/widgets.x.example.com`, { spec: { versions } }, MERGE);

describe('the scale of a custom resource', () => {
  beforeEach(async () => {
    await define(version(scaleSchema, { subresources: SCALE }));
    await call('POST', WIDGETS, widget('a'));
  });

  it('can be written where there are no replicas yet, and not be left without', async () => {
    expect((await call('GET', `${WIDGETS}/a/scale`)).body['message']).toBe('Internal error occurred: the spec replicas field ".spec.deep.n" does not exist');
    expect((await call('PATCH', `${WIDGETS}/a/scale`, { metadata: { labels: { a: 'b' } } }, MERGE)).body).toMatchObject({ code: 400, message: 'the spec replicas field ".spec.deep.n" cannot be empty' });
    expect((await call('PATCH', `${WIDGETS}/a/scale`, { spec: { replicas: 3 } }, MERGE)).body).toMatchObject({ kind: 'Scale', spec: { replicas: 3 } });
    expect((await call('GET', `${WIDGETS}/a`)).body['spec']).toEqual({ deep: { n: 3 } });
  });

  it('is refused in words that know no Scale', async () => {
    const unknown = 'no kind is registered for the type v1.Scale in scheme "k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go:781"';
    for (const body of ['{', scale({ replicas: 'x' }), scale({}, { apiVersion: 'extensions/v1beta1' }), widget('a')]) {
      expect((await call('PUT', `${WIDGETS}/a/scale`, body)).body).toMatchObject({ code: 400, message: unknown });
    }
  });

  it('shows replicas that are zero as nothing, and forgets who owned them', async () => {
    await call('PATCH', `${WIDGETS}/a/scale?fieldManager=m`, { spec: { replicas: 0 } }, MERGE);
    const table = await call('GET', `${WIDGETS}/a/scale`, undefined, 'application/json', { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
    expect(table.body).toMatchObject({ columnDefinitions: [{ name: 'Name', format: 'name' }, { name: 'Desired', type: 'integer' }, { name: 'Available' }, { name: 'Age', type: 'date' }], rows: [{ cells: ['a', null, 0, '0s'] }] });
    const { metadata } = (await call('GET', `${WIDGETS}/a`)).body as { metadata: { managedFields: Json[] } };
    expect(metadata.managedFields.map((entry) => entry['subresource'])).toEqual([undefined]);
  });

  it('can not be applied, as the real server can not convert what it merged', async () => {
    const apply = async (name: string): Promise<unknown> => (await call('PATCH', `${WIDGETS}/${name}/scale?fieldManager=m&force=true`, scale({ replicas: 3 }, { metadata: { name } }), APPLY)).body['message'];
    const end = 'to proper version: request to convert CR to an invalid group/version: autoscaling/v1';
    expect(await apply('a')).toBe(`failed to create manager for existing fields: failed to convert live object (/; autoscaling/v1, Kind=Scale) ${end}`);
    await call('POST', WIDGETS, widget('b', { deep: { n: 2 } }));
    expect(await apply('b')).toBe(`failed to convert new object (/b; autoscaling/v1, Kind=Scale) ${end}`);
  });

  it('tells fields of a wrong type on the way to the replicas', async () => {
    await redefine(version(spec({ deep: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }), { subresources: SCALE }));
    const message = async (name: string, deep: Json): Promise<unknown> => (await call('POST', WIDGETS, widget(name, { deep }))).body['message'];
    expect(await message('b', { n: {} })).toBe('Widget.x.example.com "b" is invalid: .spec.deep.n: Invalid value: 0: .spec.deep.n accessor error: map[] is of the type map[string]interface {}, expected int64');
    expect(await message('c', { n: null })).toBe('Widget.x.example.com "c" is invalid: .spec.deep.n: Invalid value: 0: .spec.deep.n accessor error: <nil> is of the type <nil>, expected int64');
  });
});

describe('a custom resource', () => {
  it('keeps what a rule has come to refuse, with a warning', async () => {
    await define(version(spec({ a: { type: 'string' } })));
    await call('POST', WIDGETS, widget('a', { a: 'x' }));
    await redefine(version(spec({ a: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self != "x"' }] } })));
    const kept = await call('PATCH', `${WIDGETS}/a`, { metadata: { labels: { l: '1' } } }, MERGE);
    expect([kept.status, kept.warning]).toEqual([200, '299 - "spec.a: Invalid value: \\"x\\": failed rule: self != \\"x\\""']);
    expect((await call('PATCH', `${WIDGETS}/a`, { spec: { a: null } }, MERGE)).warning).toBe('');
  });

  it('gets defaults of fields that another version could not write, and loses the record of owners that its versions can not share', async () => {
    const v2 = version(spec({ c: { type: 'string' } }), { name: 'v2', storage: false });
    await define(version(spec({ a: { type: 'string', default: 'A' } })), v2);
    await call('POST', WIDGETS, widget('a'));
    await call('PATCH', `${WIDGETS.replace('v1', 'v2')}/a`, { spec: { c: 'q' } }, MERGE);
    const { body } = await call('GET', `${WIDGETS}/a`);
    expect(body['spec']).toEqual({ a: 'A' });
    expect(body['metadata']).not.toHaveProperty('managedFields');
    const applied = await call('PATCH', `${WIDGETS}/b?fieldManager=m`, widget('b', { a: 'x' }), APPLY);
    expect(applied.status).toBe(201);
    const other = { ...widget('b', { c: 'q' }), apiVersion: 'x.example.com/v2' };
    expect((await call('PATCH', `${WIDGETS.replace('v1', 'v2')}/b?fieldManager=n`, other, APPLY)).body).toMatchObject({ code: 500, message: 'failed to convert new object: .spec.c: field not declared in schema' });
  });

  it('that a patch turns into something else is refused as a patch, or pruned as what it says it is', async () => {
    await define(version(spec({ a: { type: 'string' } }), { subresources: { status: {} } }));
    await call('POST', WIDGETS, widget('a', { a: 'x' }));
    const patch = (body: Json, path = ''): ReturnType<typeof call> => call('PATCH', `${WIDGETS}/a${path}`, body, MERGE);
    expect((await patch({ apiVersion: 'x/y/z' })).body['message']).toMatch(/: unexpected GroupVersion string: x\/y\/z$/);
    expect((await patch({ apiVersion: null })).body['message']).toBe("Internal error occurred: Object 'apiVersion' is missing in 'object has no apiVersion field'");
    expect((await patch({ kind: null })).body['message']).toMatch(/: Object 'Kind' is missing in '\{"apiVersion"/);
    expect((await patch({ apiVersion: 'x.example.com/v9' })).warning).toBe('299 - "unknown field \\"spec\\""');
    const status = await patch({ kind: 'Other', status: { phase: 'p' } }, '/status');
    expect(status.body).toMatchObject({ kind: 'Widget', spec: { a: 'x' }, status: { phase: 'p' } });
    expect(status.body['metadata']).not.toHaveProperty('managedFields');
  });

  it('keeps nulls that were applied, for validation to refuse', async () => {
    await define(version(spec({ a: { type: 'string' }, d: { type: 'string', default: 'D' }, n: { type: 'string', nullable: true } })));
    const apply = (name: string, fields: Json): ReturnType<typeof call> => call('PATCH', `${WIDGETS}/${name}?fieldManager=m`, widget(name, fields), APPLY);
    expect((await apply('a', { a: null })).body['message']).toBe('Widget.x.example.com "a" is invalid: spec.a: Invalid value: "null": spec.a in body must be of type string: "null"');
    expect((await apply('b', { d: null, n: null })).body['spec']).toEqual({ d: 'D', n: null });
    expect((await call('POST', WIDGETS, widget('c', { a: null }))).body['spec']).toEqual({ d: 'D' });
  });

  it('is told keys that stand twice, in YAML and in what is applied', async () => {
    await define(version(spec({ a: { type: 'string' } })));
    const yaml = 'apiVersion: x.example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec:\n  a: "1"\n  a: "2"\n  z: 1\n';
    expect((await call('POST', `${WIDGETS}?fieldValidation=Strict`, yaml, 'application/yaml')).body['message']).toBe(
      'Widget in version "v1" cannot be handled as a Widget: strict decoding error: yaml: unmarshal errors:\n  line 6: key "a" already set in map, unknown field "spec.z"');
    const json = '{"apiVersion":"x.example.com/v1","kind":"Widget","metadata":{"name":"n"},"spec":{"a":"1","a":"2"}}';
    expect((await call('PATCH', `${WIDGETS}/n?fieldManager=m`, json, APPLY)).warning).toBe('299 - "line 1: key \\"a\\" already set in map"');
    expect((await call('PATCH', `${WIDGETS}/n?fieldManager=m&fieldValidation=Strict`, json, APPLY)).body['message']).toBe(
      'error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  line 1: key "a" already set in map');
  });

  it('with a number beyond all bounds is refused by its kind', async () => {
    await define(version(spec({ a: { type: 'number' } })));
    expect((await call('POST', WIDGETS, '{"apiVersion":"x.example.com/v1","kind":"Widget","spec":{"a":1e400}}')).body['message']).toBe(
      'Widget in version "v1" cannot be handled as a Widget: json: cannot unmarshal number 1e400 into Go value of type float64');
  });
});

describe('a body of another kind', () => {
  it('is refused by the list of kinds of the part of the server that it was sent to', async () => {
    const message = async (body: Json): Promise<unknown> => (await call('POST', DEFINITIONS, body)).body['message'];
    expect(await message({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } })).toBe(
      'Pod in version "v1" cannot be handled as a CustomResourceDefinition: no kind "Pod" is registered for version "v1" in scheme "k8s.io/apiextensions-apiserver/pkg/apiserver/apiserver.go:55"');
    expect(await message({ apiVersion: 'apiextensions.k8s.io/v1beta1', kind: 'CustomResourceDefinition' })).toBe(
      'the API version in the data (apiextensions.k8s.io/v1beta1) does not match the expected API version (apiextensions.k8s.io/v1)');
  });
});
