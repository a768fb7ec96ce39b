import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';
import { applyDefaults, pruneObject, structuralSchema, validateObject, type JSONSchemaProps } from '@kubewright/api';

import type { Definition } from '../crd/definition.js';
import { sampleObject, sampleValue } from './sample.js';
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
