import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';
import { applyDefaults, pruneObject, structuralSchema, validateObject, type JSONSchemaProps } from '@kubewright/api';

import { evaluateRules } from '@kubewright/cel';

import type { Definition } from '../crd/definition.js';
import { sampleFiles, sampleObject, sampleValue } from './sample.js';
import { fromPattern } from './text-sample.js';

const OFFICIAL = new URL('../../../../test/fixtures/prometheus-crds.json.gz', import.meta.url);
const official = JSON.parse(gunzipSync(readFileSync(OFFICIAL)).toString()) as Definition[];

describe('samples', () => {
  it.each(official.flatMap((one) => [[one.spec.names.kind, 'minimal', one] as const, [one.spec.names.kind, 'full', one] as const]))('of %s (%s) are taken by the server', (_kind, extent, definition) => {
    const [version] = definition.spec.versions;
    const sample = sampleObject(definition, version!, extent);
    const schema = structuralSchema(version!.schema.openAPIV3Schema);
    const object = structuredClone(sample);
    expect(pruneObject(object, schema)).toEqual([]);
    applyDefaults(object, schema);
    expect(validateObject(object, schema)).toEqual([]);
    expect(evaluateRules(schema.root, object, undefined)).toEqual([]);
  });

  const git = { type: 'object', required: ['kind'], properties: { kind: { type: 'string', enum: ['git', 'oci'] }, url: { type: 'string' }, image: { type: 'string' } } };
  it.each<[string, JSONSchemaProps, string[]]>([
    ['unions', git, ["self.kind == 'git' ? has(self.url) : !has(self.url)", "self.kind == 'oci' ? has(self.image) : !has(self.image)"]],
    ['numbers that are compared', { type: 'object', required: ['min', 'max'], properties: { min: { type: 'integer', minimum: 5 }, max: { type: 'integer' } } }, ['self.min < self.max', 'self.max >= 10']],
    ['texts that begin with something', { type: 'string', maxLength: 40 }, ["self.startsWith('arn:')", "self.endsWith('-x')"]],
    ['lists that are long enough', { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' }, ["self.size() >= 2", "'must' in self"]],
    ['maps with a key', { type: 'object', additionalProperties: { type: 'string' } }, ["'team' in self"]],
    ['members that go together', { type: 'object', properties: { a: { type: 'string' }, b: { type: 'object', properties: { c: { type: 'boolean' } } } } }, ['has(self.a)', '!has(self.a) || (has(self.b) && has(self.b.c) && !self.b.c)']],
    ['names that CEL escapes', { type: 'object', properties: { 'a-b': { type: 'string' }, namespace: { type: 'string' } } }, ["has(self.a__dash__b) && self.__namespace__ == 'x'"]],
    ['times', { type: 'string', format: 'date-time' }, ["self > timestamp('2020-01-01T00:00:00Z')"]],
  ])('are found for rules about %s', (_name, schema, rules) => {
    const ruled: JSONSchemaProps = { ...schema, 'x-kubernetes-validations': rules.map((rule) => ({ rule })) };
    for (const extent of ['minimal', 'full'] as const) expect(evaluateRules(ruled, sampleValue(ruled, extent, 'field'), undefined, { at: 'field', isResource: false })).toEqual([]);
  });

  it('say which rules nothing was found for', () => {
    const spec: JSONSchemaProps = { type: 'object', properties: { a: { type: 'string' } }, 'x-kubernetes-validations': [{ rule: 'has(self.a) && self.a.size() == self.a.size() + 1', message: 'odd' }] };
    const definition = {
      metadata: { name: 'things.demo.example.com' },
      spec: { group: 'demo.example.com', names: { kind: 'Thing', plural: 'things', singular: 'thing' }, scope: 'Namespaced', versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', required: ['spec'], properties: { spec } } } }] },
    } as unknown as Definition;
    const [minimal] = sampleFiles([definition], 'samples');
    expect(minimal?.content).toMatch(/^# No values were found for which these rules hold.*\n#   spec: Invalid value: odd\n---\napiVersion/);
  });

  it.each<[JSONSchemaProps, unknown]>([
    [{ type: 'integer', minimum: 7, multipleOf: 5 }, 10],
    [{ type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 0.5 }, 0.5],
    [{ type: 'string', enum: ['', 'b'] }, 'b'],
    [{ type: 'string', minLength: 8, maxLength: 8 }, 'fieldxxx'],
    [{ type: 'array', items: { type: 'string' }, minItems: 2, 'x-kubernetes-list-type': 'set' }, ['field', 'field2']],
    [{ type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } }, 'x-kubernetes-validations': [{ rule: '(has(self.a)?1:0)+(has(self.b)?1:0) == 1' }] }, { a: 'a' }],
    [{ type: 'object', properties: { a: { type: 'string' }, b: { type: 'string', default: 'x' } }, required: ['a', 'b'] }, { a: 'a' }],
    [{ type: 'object', additionalProperties: { type: 'boolean' }, minProperties: 2 }, { key: true, key2: true }],
    [{ 'x-kubernetes-int-or-string': true, pattern: '^[0-9]+%$', minimum: 5 }, '25%'],
  ])('%j', (schema, wanted) => expect(sampleValue(schema, 'minimal', 'field')).toEqual(wanted));

  it.each(['^[a-z]{3}-\\d+$', '^(a|b)?c$', '^[^/]+/[A-Z][[:digit:]]*\\.x$', '^(?:y(?P<n>z))$', '^\\x41\\w{2,}$'])('find a text for %s', (pattern) => {
    expect(fromPattern(pattern)).toMatch(new RegExp(pattern.replace('(?P<', '(?<').replace('[[:digit:]]', '\\d')));
  });
});
