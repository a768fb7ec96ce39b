import { describe, expect, it } from 'vitest';

import type { KubeObject } from '@kubewright/api';

import type { Definition } from './definition.js';
import { definitionStrategy } from './definition-strategy.js';

const schema = (a: unknown): unknown => ({ openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { a } } } } });

function definition(spec: Record<string, unknown> = {}): Definition {
  return {
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'widgets.example.com' },
    spec: { group: 'example.com', scope: 'Namespaced', names: { plural: 'widgets', kind: 'Widget' }, versions: [{ name: 'v1', served: true, storage: true, schema: schema({ type: 'string' }) }], ...spec },
  } as unknown as Definition;
}

function created(object: Definition): Definition {
  definitionStrategy.prune(object);
  definitionStrategy.applyDefaults(object);
  definitionStrategy.prepareForCreate(object);
  return object;
}

describe('a definition as the server reads it', () => {
  it('gets names, a conversion and a status', () => {
    const { spec, status, metadata } = created(definition());
    expect(spec.names).toEqual({ plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' });
    expect(spec.conversion).toEqual({ strategy: 'None' });
    expect(status).toEqual({ conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: ['v1'] });
    expect(metadata.generation).toBe(1);
  });

  it('loses unknown, empty and null fields, and names the unknown ones', () => {
    const given = definition({
      colour: 'red',
      versions: [{ name: 'v1', storage: true, schema: schema({ type: 'string', default: null, nullable: false, minlength: 3, properties: {}, minLength: 0 }), subresources: { status: { extra: 1 } }, additionalPrinterColumns: [] }],
    });
    expect(definitionStrategy.prune(given as KubeObject)).toEqual([
      'spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.a.minlength', 'spec.versions[0].subresources.status.extra', 'spec.colour',
    ]);
    expect(given.spec.versions).toEqual([{ name: 'v1', served: false, storage: true, schema: schema({ type: 'string', minLength: 0 }), subresources: { status: {} } }]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['versions', { versions: 'v1' }, 'string into Go struct field CustomResourceDefinitionSpec.spec.versions of type []v1.CustomResourceDefinitionVersion'],
    ['served', { versions: [{ name: 'v1', served: 'yes' }] }, 'string into Go struct field CustomResourceDefinitionVersion.spec.versions.served of type bool'],
    ['a length', { versions: [{ schema: schema({ minLength: '3' }) }] }, 'string into Go struct field JSONSchemaProps.spec.versions.schema.openAPIV3Schema.properties.properties.minLength of type int64'],
    ['a type', { versions: [{ schema: schema({ type: ['string', 'null'] }) }] }, 'array into Go struct field JSONSchemaProps.spec.versions.schema.openAPIV3Schema.properties.properties.type of type string'],
    ['a property', { versions: [{ schema: schema(true) }] }, 'bool into Go struct field JSONSchemaProps.spec.versions.schema.openAPIV3Schema.properties.properties of type v1.JSONSchemaProps'],
    ['a certificate', { conversion: { strategy: 'Webhook', webhook: { clientConfig: { caBundle: '*' } } } }, 'base64'],
  ])('is refused for %s of a wrong type', (_what, spec, problem) => {
    expect(() => definitionStrategy.prune(definition(spec) as KubeObject)).toThrow(
      `CustomResourceDefinition in version "v1" cannot be handled as a CustomResourceDefinition: ${problem === 'base64' ? 'illegal base64 data at input byte 0' : `json: cannot unmarshal ${problem}`}`);
  });
});

describe('an update of a definition', () => {
  it('keeps the status, remembers a new storage version and counts the change', () => {
    const old = created(definition());
    const next = definition({ versions: [{ name: 'v1', served: true, storage: false, schema: schema({ type: 'string' }) }, { name: 'v2', served: true, storage: true, schema: schema({ type: 'string' }) }] });
    (next as { status?: unknown }).status = { storedVersions: ['v9'] };
    definitionStrategy.prune(next);
    definitionStrategy.applyDefaults(next);
    definitionStrategy.prepareForUpdate(next, old, '');
    expect(next.status?.storedVersions).toEqual(['v1', 'v2']);
    expect(next.metadata.generation).toBe(2);
  });

  it('through /status leaves the spec alone', () => {
    const old = created(definition());
    const next = structuredClone(old);
    next.spec.scope = 'Cluster';
    next.status!.storedVersions = ['v1', 'v2'];
    definitionStrategy.prepareForUpdate(next, old, 'status');
    expect(next.spec.scope).toBe('Namespaced');
    expect(next.status?.storedVersions).toEqual(['v1', 'v2']);
  });
});

describe('what a writer of a definition is told', () => {
  const withField = (a: unknown): Definition => definition({ versions: [{ name: 'v1', served: true, storage: true, schema: schema(a) }] });
  const warnings = (next: Definition, old?: Definition): string[] => definitionStrategy.warnings!(next, old);

  it('names formats that nobody checks', () => {
    expect(warnings(withField({ type: 'string', format: 'colour' }))).toEqual(['unrecognized format "colour"']);
    expect(warnings(withField({ type: 'string', format: 'date-time' }))).toEqual([]);
  });
});

describe('the deletion of a definition', () => {
  it('keeps it until its instances are gone', () => {
    const object = created(definition());
    definitionStrategy.beginDeletion!(object, Date.UTC(2026, 0, 1));
    expect(object.metadata).toMatchObject({ deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['customresourcecleanup.apiextensions.k8s.io'] });
    expect(object.status?.conditions).toMatchObject([{ type: 'Terminating', status: 'True', reason: 'InstanceDeletionPending' }]);
  });
});
