import { describe, expect, it } from 'vitest';

import type { JSONSchemaProps, KubeObject } from '@kubewright/api';

import type { ResourceInfo } from '../registry/resource.js';
import { customResources } from './custom-resource.js';
import type { Definition } from './definition.js';

const object = (properties: Record<string, JSONSchemaProps>, rest: JSONSchemaProps = {}): JSONSchemaProps => ({ type: 'object', properties, ...rest });
const SCHEMA = object({
  spec: object({ a: { type: 'string', default: 'A' }, n: { type: 'integer', maximum: 10 }, t: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true } }),
  status: object({ phase: { type: 'string' }, n: { type: 'integer', minimum: 0 } }),
});

function definition(versions: Definition['spec']['versions'], spec: Partial<Definition['spec']> = {}): Definition {
  const names = { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList', shortNames: ['w'], categories: ['all'] };
  return {
    metadata: { name: 'widgets.example.com' }, spec: { group: 'example.com', scope: 'Namespaced', names, versions, ...spec },
    status: { acceptedNames: names, conditions: [{ type: 'NamesAccepted', status: 'True' }, { type: 'Established', status: 'True' }], storedVersions: ['v1'] },
  };
}

const version = (rest: Partial<Definition['spec']['versions'][number]> = {}): Definition['spec']['versions'][number] => ({ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: SCHEMA }, ...rest });
const resource = (rest: Parameters<typeof version>[0] = {}): ResourceInfo => customResources(definition([version(rest)]))[0]!;
const widget = (fields: object, metadata: object = {}): KubeObject => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a', ...metadata }, ...fields });
const fields = (value: KubeObject): Record<string, unknown> => value as unknown as Record<string, unknown>;

describe('customResources', () => {
  it('makes one resource of each served version', () => {
    const resources = customResources(definition([version({ served: false }), version({ name: 'v2', storage: false, subresources: { status: {}, scale: { specReplicasPath: '.spec.n', statusReplicasPath: '.status.n' } } })]));
    expect(resources).toHaveLength(1);
    expect(resources[0]).toMatchObject({ group: 'example.com', version: 'v2', kind: 'Widget', listKind: 'WidgetList', plural: 'widgets', singular: 'widget', shortNames: ['w'], categories: ['all'], namespaced: true, storageVersion: 'v1', custom: true });
    expect(resources[0]!.subresources.map(({ name, kind, group }) => [name, kind, group])).toEqual([['status', 'Widget', undefined], ['scale', 'Scale', 'autoscaling']]);
  });

  it('makes none before names are accepted', () => {
    const waiting = definition([version()]);
    expect(customResources({ ...waiting, status: { ...waiting.status!, conditions: [] } })).toEqual([]);
  });

  it('warns of deprecated versions', () => {
    expect(resource({ deprecated: true }).deprecationWarning).toBe('example.com/v1 Widget is deprecated');
    expect(resource({ deprecated: true, deprecationWarning: 'use v2' }).deprecationWarning).toBe('use v2');
    expect(resource().deprecationWarning).toBeUndefined();
  });

  it('converts by name alone, and drops what the other version does not know', async () => {
    const [v1] = customResources(definition([version(), version({ name: 'v2', storage: false, schema: { openAPIV3Schema: object({ spec: object({ n: { type: 'integer' } }) }) } })]));
    const given = widget({ spec: { a: 'x', n: 1 } });
    expect(await v1!.convert!([given], 'example.com/v2')).toEqual([{ ...given, apiVersion: 'example.com/v2', spec: { n: 1 } }]);
    expect(given).toEqual(widget({ spec: { a: 'x', n: 1 } }));
  });

  it('refuses what only a webhook could convert, and nothing else', async () => {
    const conversion = { strategy: 'Webhook', webhook: { clientConfig: { url: 'https://x' }, conversionReviewVersions: ['v1'] } };
    const [v1] = customResources(definition([version(), version({ name: 'v2', storage: false })], { conversion }));
    expect(() => v1!.convert!([widget({})], 'example.com/v2')).toThrow(/conversion webhooks/);
    expect(await v1!.convert!([widget({})], 'example.com/v1')).toEqual([widget({})]);
  });

  it('brings objects up to a schema that has changed since they were stored', () => {
    const changed = definition([version()]);
    const { readStored } = customResources({ ...changed, metadata: { ...changed.metadata, generation: 2 } })[0]!;
    const old = widget({ spec: { gone: 1 } });
    expect(fields(readStored!(old))['spec']).toEqual({ a: 'A' });
    expect(readStored!(old)).toBe(readStored!(old));
    const complete = widget({ spec: { a: 'x' } });
    expect(readStored!(complete)).toBe(complete);
    expect(resource().readStored!(old)).toBe(old);
  });
});

describe('objects of a custom resource', () => {
  const withStatus = { subresources: { status: {} } };

  it('are pruned, metadata included', () => {
    const given = widget({ spec: { z: 1, t: { apiVersion: 'v1', kind: 'Pod', metadata: { odd: 1 } } } }, { nonsense: 1 });
    expect(resource().strategy.prune(given)).toEqual(['metadata.nonsense', 'spec.t.metadata.odd', 'spec.z']);
    expect(given).toEqual(widget({ spec: { t: { apiVersion: 'v1', kind: 'Pod', metadata: {} } } }));
  });

  it.each<[object, object, string]>([
    [{}, { labels: { a: 1 } }, 'json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string'],
    [{ spec: { t: { apiVersion: 'v1', kind: 'Pod', metadata: 'x' } } }, {}, 'spec.t.metadata: Invalid value: "x": json: cannot unmarshal string into Go value of type v1.ObjectMeta'],
  ])('are refused for metadata of a wrong type', (given, metadata, problem) => {
    expect(() => resource().strategy.prune(widget(given, metadata))).toThrow(`Widget in version "v1" cannot be handled as a Widget: ${problem}`);
  });

  it('lose their status on create where it has an endpoint of its own', () => {
    const given = widget({ spec: {}, status: { phase: 'x' } });
    resource(withStatus).strategy.prepareForCreate(given);
    expect(fields(given)['status']).toBeUndefined();
    const plain = widget({ spec: {}, status: { phase: 'x' } });
    resource().strategy.prepareForCreate(plain);
    expect(fields(plain)['status']).toEqual({ phase: 'x' });
    expect(plain.metadata.generation).toBe(1);
  });

  it.each<[what: string, before: object, after: object, generation: number]>([
    ['a change of the spec', { spec: { n: 1 } }, { spec: { n: 2 } }, 2],
    ['no change', { spec: { n: 1 } }, { spec: { n: 1 } }, 1],
    ['a change of status by the main resource', { status: { n: 1 } }, { status: { n: 2 } }, 1],
  ])('count %s', (_what, before, after, generation) => {
    const old = widget(before, { generation: 1 });
    const next = widget(after, { generation: 1, labels: { x: 'y' } });
    resource(withStatus).strategy.prepareForUpdate(next, old, '');
    expect(next.metadata.generation).toBe(generation);
    expect(fields(next)['status']).toEqual(fields(old)['status']);
  });

  it('change nothing but status through /status', () => {
    const old = widget({ spec: { n: 1 }, status: { n: 1 } }, { generation: 3, labels: { a: 'b' } });
    const next = widget({ spec: { n: 9 }, status: { n: 2 }, kind: 'Other' }, { labels: { z: 'z' }, managedFields: [{ manager: 'x' }] });
    resource(withStatus).strategy.prepareForUpdate(next, old, 'status');
    expect(next).toEqual(widget({ spec: { n: 1 }, status: { n: 2 } }, { generation: 3, labels: { a: 'b' }, managedFields: [{ manager: 'x' }] }));
  });

  it('are judged through /status by their status alone', () => {
    const { strategy } = resource(withStatus);
    const old = widget({ spec: { n: 99 } });
    expect(strategy.validateUpdate(widget({ spec: { n: 99 }, status: { n: -1 } }), old, 'status')).toEqual([
      { type: 'FieldValueInvalid', field: 'status.n', message: 'Invalid value: -1: n in body should be greater than or equal to 0' },
    ]);
  });

  it('must be of the kind and version of their resource', () => {
    expect(resource().strategy.validate({ ...widget({ spec: { n: 99 } }), apiVersion: 'example.com/v2', kind: 'Gadget' }).map(({ field, message }) => `${field} ${message}`)).toEqual([
      'kind Invalid value: "Gadget": must be Widget', 'apiVersion Invalid value: "example.com/v2": must be example.com/v1',
    ]);
  });

  it('have whole replicas where their scale says', () => {
    const scaled = resource({ subresources: { scale: { specReplicasPath: '.spec.n', statusReplicasPath: '.status.n' } } }).strategy;
    expect(scaled.validate(widget({ spec: { n: -1 } })).map(({ field, message }) => `${field} ${message}`)).toEqual(['.spec.n Invalid value: -1: should be a non-negative integer']);
    expect(scaled.validate(widget({ spec: { n: 'three' } })).at(-1)).toMatchObject({ field: '.spec.n', message: 'Invalid value: 0: .spec.n accessor error: three is of the type string, expected int64' });
  });

  it('say that rules were not checked when the schema refuses them already', () => {
    const ruled = resource({ schema: { openAPIV3Schema: { ...SCHEMA, 'x-kubernetes-validations': [{ rule: 'true' }] } } }).strategy;
    expect(ruled.validate(widget({ spec: { n: 'x' } })).at(-1)).toEqual({
      type: 'FieldValueInvalid', field: '<nil>', message: 'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
    });
    expect(ruled.validate(widget({ spec: {} }))).toEqual([]);
  });

  it('can not come while their definition goes', () => {
    const going = definition([version()]);
    const [terminating] = customResources({ ...going, metadata: { ...going.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
    expect(() => terminating!.strategy.prepareForCreate(widget({}))).toThrow('create not allowed while custom resource definition is terminating');
  });

  it('are warned of finalizers that could clash', () => {
    const { warnings } = resource().strategy;
    expect(warnings!(widget({}, { finalizers: ['bad', 'example.com', 'example.com/ok', 'orphan'] }), widget({}, { finalizers: ['bad'] }))).toEqual([
      'metadata.finalizers: "example.com": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers',
    ]);
  });
});
