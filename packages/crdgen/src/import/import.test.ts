import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { afterAll, describe, expect, it } from 'vitest';
import type { JSONSchemaProps } from '@kubewright/api';

import type { Definition } from '../crd/definition.js';
import { generate } from '../generate.js';
import { importDefinitions } from './import-definition.js';
import { definitionDifferences } from './same-definition.js';

const folder = mkdtempSync(join(tmpdir(), 'crdgen-import-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

const OFFICIAL = new URL('../../../../test/fixtures/prometheus-crds.json.gz', import.meta.url);
const official = JSON.parse(gunzipSync(readFileSync(OFFICIAL)).toString()) as Definition[];

/** Imports definitions and generates them again. */
function roundTrip(definitions: Definition[]) {
  const cwd = join(folder, String(count++));
  const files = importDefinitions(definitions);
  for (const { path, content } of files) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), content);
  }
  const result = generate({ cwd, entries: ['**/*.ts'] });
  const differences = definitions.flatMap((one) => {
    const again = result.definitions.find((other) => other.metadata.name === one.metadata.name);
    return again ? definitionDifferences(one, again) : [`${one.metadata.name} is gone`];
  });
  return { files, errors: result.diagnostics.filter((one) => one.severity === 'error').map((one) => `${one.file}:${one.line} ${one.code} ${one.message}`), differences };
}

/** A definition with one version and this spec. */
function definition(spec: JSONSchemaProps, root: JSONSchemaProps = {}): Definition {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.demo.example.com' },
    spec: {
      group: 'demo.example.com',
      names: { kind: 'Thing', listKind: 'ThingList', plural: 'things', singular: 'thing' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec }, ...root } } }],
    },
  };
}

describe('the official CRDs of the Prometheus operator', () => {
  it.each(official.map((one) => [one.metadata.name, one] as const))('%s comes back from its types', (_name, one) => {
    const { errors, differences } = roundTrip([one]);
    expect(errors).toEqual([]);
    expect(differences).toEqual([]);
  });
});

const text = (more: JSONSchemaProps = {}): JSONSchemaProps => ({ type: 'string', ...more });
const inObject = (...properties: JSONSchemaProps[]): JSONSchemaProps => ({ type: 'object', properties: Object.fromEntries(properties.map((one, index) => [`p${index}`, one])) });

describe('what comes back', () => {
  it.each<[string, JSONSchemaProps]>([
    ['scalars and formats', inObject(text(), text({ format: 'date-time' }), text({ format: 'byte' }), text({ format: 'uuid' }), { type: 'integer' }, { type: 'integer', format: 'int64' }, { type: 'number' }, { type: 'number', format: 'double' }, { type: 'number', format: 'float' }, { type: 'boolean' })],
    ['enums', inObject(text({ enum: ['b', 'a', '', "it's", 'a\\b'] }), { type: 'integer', enum: [3, 1] }, { type: 'integer', format: 'int32', enum: [1] }, { type: 'number', enum: [1, 2] }, { type: 'boolean', enum: [true] })],
    ['bounds', inObject({ type: 'integer', minimum: 1, exclusiveMinimum: true, maximum: 10, multipleOf: 2 }, { type: 'number', minimum: 0.5 }, text({ minLength: 1, maxLength: 5, pattern: '^a*/b$' }), text({ pattern: '^(a|b) $' }))],
    ['defaults, examples and titles', inObject(text({ default: 'true' }), text({ default: '' }), text({ default: 'two words' }), text({ default: 'null' }), { type: 'integer', default: 0 }, { type: 'object', properties: { a: text({ default: 'x' }) }, default: {} }, text({ title: 'A title', example: 'x', externalDocs: { url: 'https://x.example.com', description: 'more of it' } }))],
    ['nullable and open values', inObject(text({ nullable: true }), { type: 'object', nullable: true, properties: { a: text() } }, { 'x-kubernetes-preserve-unknown-fields': true }, { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, { type: 'object' }, { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true })],
    ['int-or-string', inObject({ anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true, pattern: '^x$', default: 1 }, { 'x-kubernetes-int-or-string': true })],
    ['lists', inObject({ type: 'array', items: text({ minLength: 1 }), minItems: 1, 'x-kubernetes-list-type': 'set' }, { type: 'array', items: { type: 'array', items: text({ pattern: '^a' }) } }, { type: 'array', items: text({ enum: ['a', 'b'] }) }, { type: 'array', items: { type: 'object', properties: { z: text(), a: text() }, required: ['a', 'z'] }, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['z', 'a'] }, { type: 'array', items: text({ description: 'one of them' }) })],
    ['maps', inObject({ type: 'object', additionalProperties: text({ maxLength: 5 }) }, { type: 'object', additionalProperties: { type: 'array', items: text() }, 'x-kubernetes-map-type': 'atomic' }, { type: 'object', additionalProperties: { type: 'object', properties: { a: text() } }, minProperties: 1 }, { type: 'object', additionalProperties: true })],
    ['rules and topology of objects', { type: 'object', properties: { a: text(), b: text() }, 'x-kubernetes-map-type': 'atomic', 'x-kubernetes-validations': [{ rule: "self.a != '*/'", message: 'no' }, { rule: 'has(self.b)', reason: 'FieldValueRequired', fieldPath: '.b' }] }],
    ['junctors', { type: 'object', properties: { a: text(), b: text() }, oneOf: [{ required: ['a'] }, { required: ['b'] }] }],
    ['names that are no identifiers', { type: 'object', properties: { 'a-b': text(), "it's": text(), constructor: text(), 'a.b/c': text() }, required: ['a-b', 'constructor'] }],
    ['descriptions that no comment can carry', inObject(text({ description: 'ends */ here' }), text({ description: '@tag first\nthen' }), text({ description: 'one\n---\ntwo' }), text({ description: 'TODO later' }), text({ description: 'a\n\n\nb ' }), text({ description: '```\nopen' }), text({ description: 'plain\n\n  * list\n  * list' }))],
    ['the same shape with several descriptions', { type: 'object', properties: { a: { type: 'array', items: { type: 'object', description: 'one', properties: { x: text(), y: text(), zz: text() } } }, b: { type: 'object', properties: { x: text(), y: text(), zz: text() } }, c: { type: 'object', description: 'three', properties: { x: text(), y: text(), zz: text() } }, d: { type: 'object', additionalProperties: { type: 'object', description: 'four', properties: { x: text(), y: text(), zz: text() } } } } }],
  ])('%s', (_name, spec) => {
    const { errors, differences, files } = roundTrip([definition(spec)]);
    expect(errors, files[0]?.content).toEqual([]);
    expect(differences, files[0]?.content).toEqual([]);
  });

  it('every version, its columns, subresources, conversion and names', () => {
    const one = definition(inObject(text()));
    const [v1] = one.spec.versions;
    const full = {
      ...one,
      metadata: { ...one.metadata, annotations: { a: 'b' }, labels: { c: 'd' } },
      spec: {
        ...one.spec,
        scope: 'Cluster',
        names: { ...one.spec.names, shortNames: ['th'], categories: ['all'] },
        conversion: { strategy: 'Webhook', webhook: { clientConfig: { service: { name: 'a', namespace: 'b', path: '/c', port: 8443 } }, conversionReviewVersions: ['v1beta1', 'v1alpha1'] } },
        versions: [
          {
            ...v1,
            additionalPrinterColumns: [{ name: 'P', type: 'string', jsonPath: '.spec.p0', priority: 1, description: "it's" }, { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }],
            subresources: { status: {}, scale: { specReplicasPath: '.spec.n', statusReplicasPath: '.status.n' } },
            selectableFields: [{ jsonPath: '.spec.p0' }],
            schema: {
              openAPIV3Schema: {
                description: 'Thing is a thing.',
                type: 'object',
                required: ['spec'],
                properties: { apiVersion: text({ description: 'other words' }), kind: text(), metadata: { type: 'object' }, spec: { type: 'object', properties: { p0: text(), n: { type: 'integer' } } }, status: { type: 'object', properties: { n: { type: 'integer' } } } },
                'x-kubernetes-validations': [{ rule: 'has(self.spec)', message: 'spec' }],
              },
            },
          },
          { ...v1, name: 'v1alpha1', served: false, storage: false, deprecated: true, deprecationWarning: 'use v1' },
        ],
      },
    } as unknown as Definition;
    const { errors, differences } = roundTrip([full]);
    expect(errors).toEqual([]);
    expect(differences).toEqual([]);
  });
});

describe('the source', () => {
  it('names shapes after their properties and recognises built-in types', () => {
    const prometheus = official.find((one) => one.spec.names.kind === 'Prometheus');
    const [file] = importDefinitions(prometheus ? [prometheus] : []);
    expect(file?.path).toBe('v1/prometheus.ts');
    expect(file?.content).toMatch(/import type \{[^}]*\bContainer\b[^}]*\} from '@kubewright\/api\/core\/v1';/);
    for (const line of ['export class Prometheus {', '  spec!: PrometheusSpec;', 'export interface PrometheusSpec {', 'containers?: Container[]', 'podMonitorSelector?: LabelSelector;', 'export interface RemoteWrite {'])
      expect(file?.content).toContain(line);
    expect(file?.content).not.toMatch(/@schema/);
  });
});
