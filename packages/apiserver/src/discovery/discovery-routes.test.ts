import type { JSONSchemaProps } from '@kubewright/api';
import { structuralSchema } from '@kubewright/api';
import { describe, expect, it } from 'vitest';

import type { ResourceInfo } from '../registry/resource.js';
import { ResourceRegistry } from '../registry/resource-registry.js';
import { builtinDiscovery } from '../schemas/builtin-discovery.js';
import { loadDocument } from '../schemas/load.js';
import { defaultTable } from '../table/table-for.js';
import { discoveryRoutes } from './discovery-routes.js';
import { compareVersionPriority } from '../registry/version-order.js';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];

function resource(fields: Pick<ResourceInfo, 'group' | 'version' | 'kind' | 'plural'> & Partial<ResourceInfo>): ResourceInfo {
  return {
    listKind: `${fields.kind}List`, singular: fields.kind.toLowerCase(), namespaced: true, shortNames: [], categories: [], verbs: VERBS, subresources: [],
    custom: true, storageVersion: fields.version, schema: undefined, strategy: {} as ResourceInfo['strategy'], table: defaultTable, ...fields,
  };
}

function builtinRegistry(): ResourceRegistry {
  const registry = new ResourceRegistry();
  for (const { group, version, resources } of builtinDiscovery()) for (const info of resources) registry.add(resource({ ...info, group, version, custom: false }));
  return registry;
}

const widgetSchema: JSONSchemaProps = {
  type: 'object', description: 'A widget.', required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      properties: {
        size: { type: 'integer' }, port: { 'x-kubernetes-int-or-string': true }, name: { type: 'string', nullable: true },
        template: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
    metadata: { type: 'object' },
  },
};
const scale = { name: 'scale', verbs: ['get', 'patch', 'update'], group: 'autoscaling', version: 'v1', kind: 'Scale' };
const widgets = resource({
  group: 'example.com', version: 'v1', kind: 'Widget', plural: 'widgets', shortNames: ['wd'], categories: ['all'], schema: structuralSchema(widgetSchema),
  subresources: [{ name: 'status', verbs: ['get', 'patch', 'update'], kind: 'Widget' }, scale],
});

function ask(registry: ResourceRegistry) {
  const routes = discoveryRoutes(registry);
  const get = (path: string, accept = '', ifNoneMatch?: string) => routes({ path, accept, ...(ifNoneMatch !== undefined && { ifNoneMatch }) });
  const json = (path: string, accept = '') => JSON.parse(Buffer.from(get(path, accept)!.body).toString()) as Record<string, unknown>;
  return { get, json };
}

describe('discovery of built-in groups', () => {
  const { get, json } = ask(builtinRegistry());
  const recorded = loadDocument<Record<string, { resources?: unknown[]; items?: { versions: { resources: { subresources?: unknown[] }[] }[] }[] }>>('discovery');

  it('says what the real server says', () => {
    expect(json('/apis')).toEqual(recorded.apis);
    expect(json('/api')).toEqual(recorded.api);
    expect(json('/apis/')).toEqual(recorded.apis);
    for (const [name, document] of Object.entries(recorded)) if (/__/.test(name)) expect(json(`/${name.replaceAll('__', '/')}`)).toEqual(document);
    expect(json('/api', AGGREGATED)).toEqual({ metadata: {}, ...recorded['aggregated-api'] });
    expect(json('/apis', AGGREGATED)).toEqual({ metadata: {}, ...recorded['aggregated-apis'] });
    expect(json('/apis/autoscaling')).toMatchObject({ kind: 'APIGroup', apiVersion: 'v1', name: 'autoscaling', preferredVersion: { version: 'v2' } });
  });

  it('answers unknown groups and versions as the real server does', () => {
    expect(get('/apis/nope')).toMatchObject({ status: 404, contentType: 'text/plain; charset=utf-8' });
    expect(get('/apis/nope/v1')).toMatchObject({ status: 404, contentType: 'text/plain; charset=utf-8' });
    expect(json('/apis/apps/v9')).toMatchObject({ kind: 'Status', code: 404, message: 'the server could not find the requested resource' });
    expect(json('/api/v2')).toMatchObject({ kind: 'Status', code: 404 });
    expect(get('/openapi/v3/apis/nope/v1')).toMatchObject({ status: 404 });
    for (const path of ['/', '/version', '/healthz', '/api/v1/pods', '/apis/apps/v1/deployments', '/apis/apps/v1/namespaces/n/deployments']) expect(get(path)).toBeUndefined();
  });

  it.each([
    ['/apis', `${AGGREGATED},application/json`, 200, AGGREGATED],
    ['/apis', 'application/json;q=0.5, application/yaml', 200, 'application/yaml'],
    ['/apis', 'text/html, */*;q=0.1', 200, 'application/json'],
    ['/apis', 'application/vnd.kubernetes.protobuf,application/json', 200, 'application/vnd.kubernetes.protobuf'],
    ['/apis', AGGREGATED.replace('json', 'vnd.kubernetes.protobuf'), 200, AGGREGATED.replace('json', 'vnd.kubernetes.protobuf')],
    ['/apis', 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList', 406, 'application/json'],
    ['/apis/apps/v1', AGGREGATED, 406, 'application/json'],
    ['/api/v1', 'application/json;as=Table;v=v1;g=meta.k8s.io', 406, 'application/json'],
    ['/openapi/v2', 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf', 406, 'application/json'],
    ['/openapi/v2', 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf, */*', 200, 'application/json'],
  ])('%s as %s gives %d', (path, accept, status, contentType) => expect(get(path, accept)).toMatchObject({ status, contentType }));

  it('answers 304 while nothing changed', () => {
    const registry = builtinRegistry();
    const server = ask(registry);
    const { etag } = server.get('/apis', AGGREGATED)!;
    expect(server.get('/apis', AGGREGATED, etag)).toMatchObject({ status: 304, etag, body: new Uint8Array() });
    registry.add(widgets);
    expect(server.get('/apis', AGGREGATED, etag)).toMatchObject({ status: 200 });
  });
});

describe('discovery of custom groups', () => {
  it('follows the registry', () => {
    const registry = builtinRegistry();
    const { json, get } = ask(registry);
    registry.add(resource({ group: 'z.example.com', version: 'v1', kind: 'Z', plural: 'zs' }));
    registry.add(widgets);
    registry.add({ ...widgets, version: 'v1beta1' });
    registry.add({ ...widgets, version: 'v2' });
    const groups = (json('/apis').groups as { name: string }[]).map(({ name }) => name);
    expect(groups.slice(-3)).toEqual(['flowcontrol.apiserver.k8s.io', 'example.com', 'z.example.com']);
    expect(json('/apis/example.com')).toEqual({
      kind: 'APIGroup', apiVersion: 'v1', name: 'example.com', preferredVersion: { groupVersion: 'example.com/v2', version: 'v2' },
      versions: ['v2', 'v1', 'v1beta1'].map((version) => ({ groupVersion: `example.com/${version}`, version })),
    });
    expect(json('/apis/example.com/v2').resources).toEqual([
      { name: 'widgets', singularName: 'widget', namespaced: true, kind: 'Widget', verbs: VERBS, shortNames: ['wd'], categories: ['all'], storageVersionHash: expect.stringMatching(/^.{11}=$/) as string },
      { name: 'widgets/status', singularName: '', namespaced: true, kind: 'Widget', verbs: ['get', 'patch', 'update'] },
      { name: 'widgets/scale', singularName: '', namespaced: true, group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: ['get', 'patch', 'update'] },
    ]);
    const aggregated = json('/apis', AGGREGATED).items as { metadata: { name: string }; versions: { resources: { responseKind: unknown; subresources: unknown[] }[] }[] }[];
    expect(aggregated.find(({ metadata }) => metadata.name === 'example.com')!.versions[1]!.resources[0]).toMatchObject({
      responseKind: { group: 'example.com', version: 'v1', kind: 'Widget' },
      subresources: [{ subresource: 'status', responseKind: { group: 'example.com', version: 'v1', kind: 'Widget' } }, { subresource: 'scale', responseKind: { group: 'autoscaling' } }],
    });
    for (const version of ['v1', 'v1beta1', 'v2']) registry.remove('example.com', version, 'widgets');
    expect(get('/apis/example.com')).toMatchObject({ status: 404 });
  });

  it('orders versions by stage and number', () => {
    const versions = ['v10', 'v2', 'v1', 'v3beta1', 'v2beta11', 'v2beta1', 'v1beta2', 'v11alpha2', 'v2alpha3', 'a1', 'foo', 'v1gamma'];
    expect([...versions].reverse().sort(compareVersionPriority)).toEqual(versions);
  });
});

describe('OpenAPI', () => {
  const registry = builtinRegistry();
  registry.add(widgets);
  const { get, json } = ask(registry);
  type Document = { paths: Record<string, Record<string, Record<string, unknown>>>; components: { schemas: Record<string, Record<string, unknown>> } };

  it('lists documents with the hash of what they say', () => {
    const { paths } = json('/openapi/v3') as { paths: Record<string, { serverRelativeURL: string }> };
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['api', 'apis', 'api/v1', 'apis/apps', 'apis/apps/v1', 'apis/example.com/v1']));
    expect(paths['apis/apps/v1']!.serverRelativeURL).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{128}$/);
    const other = ask(builtinRegistry());
    expect((other.json('/openapi/v3') as { paths: typeof paths }).paths['apis/apps/v1']).toEqual(paths['apis/apps/v1']);
    for (const path of Object.keys(paths)) expect([path, get(`/openapi/v3/${path}`)?.status]).toEqual([path, 200]);
  });

  it('adds paths to the documents of built-in types', () => {
    const { paths, components } = json('/openapi/v3/apis/apps/v1') as unknown as Document;
    const { patch } = paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']!;
    expect(patch).toMatchObject({ 'x-kubernetes-action': 'patch', 'x-kubernetes-group-version-kind': { group: 'apps', version: 'v1', kind: 'Deployment' } });
    expect((patch!.parameters as { name: string }[]).map(({ name }) => name)).toEqual(['dryRun', 'fieldManager', 'fieldValidation', 'force']);
    expect(paths['/apis/apps/v1/deployments']).toHaveProperty('get.x-kubernetes-action', 'list');
    expect(JSON.stringify(paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale'])).toContain('io.k8s.api.autoscaling.v1.Scale');
    const references = [...JSON.stringify(paths).matchAll(/#\/components\/schemas\/([^"]+)/g)].map(([, name]) => name!);
    expect(references.filter((name) => !(name in components.schemas))).toEqual([]);
    expect(json('/openapi/v3/api/v1')).toHaveProperty('paths./api/v1/nodes/{name}.get');
  });

  it('describes custom resources with the metadata of every object', () => {
    const { paths, components } = json('/openapi/v3/apis/example.com/v1') as unknown as Document;
    const widget = components.schemas['com.example.v1.Widget']!;
    expect(widget).toMatchObject({ description: 'A widget.', required: ['spec'], 'x-kubernetes-group-version-kind': [{ group: 'example.com', version: 'v1', kind: 'Widget' }] });
    const meta = { allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }] };
    expect(widget.properties).toMatchObject({
      apiVersion: { type: 'string' }, metadata: meta,
      spec: { properties: { port: { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true }, template: { properties: { metadata: meta }, required: ['kind', 'apiVersion'] } } },
    });
    expect(components.schemas['com.example.v1.WidgetList']).toMatchObject({ required: ['items'], properties: { items: { items: { $ref: '#/components/schemas/com.example.v1.Widget' } } } });
    expect(paths['/apis/example.com/v1/namespaces/{namespace}/widgets/{name}']!.patch!['x-kubernetes-group-version-kind']).toEqual({ group: 'example.com', version: 'v1', kind: 'Widget' });
    const references = [...JSON.stringify([paths, components]).matchAll(/#\/components\/schemas\/([^"]+)/g)].map(([, name]) => name!);
    expect(references.filter((name) => !(name in components.schemas))).toEqual([]);
  });

  it('has version 2 for older clients', () => {
    const { definitions, swagger } = json('/openapi/v2') as { swagger: string; definitions: Record<string, { properties: { spec: { properties: Record<string, unknown> } } }> };
    expect(swagger).toBe('2.0');
    expect(definitions).toHaveProperty(['io.k8s.api.apps.v1.Deployment']);
    expect(definitions['com.example.v1.Widget']!.properties.spec.properties).toMatchObject({ size: { type: 'integer' }, port: { 'x-kubernetes-int-or-string': true }, name: {} });
    expect(definitions['com.example.v1.Widget']!.properties.spec.properties.name).not.toHaveProperty('type');
    expect(definitions['com.example.v1.Widget']).toHaveProperty('properties.metadata.$ref', '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');
  });
});
