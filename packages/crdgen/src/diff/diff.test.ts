import { describe, expect, it } from 'vitest';
import type { JSONSchemaProps } from '@kubewright/api';

import type { Definition, DefinitionVersion } from '../crd/definition.js';
import { diffDefinitions } from './definition-diff.js';

const version = (name: string, spec: JSONSchemaProps, more: Partial<DefinitionVersion> = {}): DefinitionVersion => ({
  name,
  served: true,
  storage: false,
  schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
  ...more,
});

const definition = (versions: DefinitionVersion[], more: Record<string, unknown> = {}): Definition =>
  ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.demo.example.com' },
    spec: { group: 'demo.example.com', names: { kind: 'Widget', listKind: 'WidgetList', plural: 'widgets', singular: 'widget' }, scope: 'Namespaced', versions, ...more },
  }) as Definition;

const object = (properties: Record<string, JSONSchemaProps>, required: string[] = []): JSONSchemaProps => ({ type: 'object', properties, ...(required.length > 0 ? { required } : {}) });
const one = (schema: JSONSchemaProps, required: string[] = []) => object({ a: schema }, required);
const text: JSONSchemaProps = { type: 'string' };

const worst = (changes: readonly { verdict: string }[]) => (changes.some((c) => c.verdict === 'breaking') ? 'breaking' : changes.some((c) => c.verdict === 'warning') ? 'warning' : 'ok');

/** Verdict within one version, and between two served versions. */
const TABLE: [string, JSONSchemaProps, JSONSchemaProps, string, string][] = [
  ['optional property added', object({}), one(text), 'ok', 'ok'],
  ['required property added without default', object({}), one(text, ['a']), 'breaking', 'breaking'],
  ['required property added with default', object({}), one({ ...text, default: 'x' }, ['a']), 'ok', 'ok'],
  ['optional property required', one(text), one(text, ['a']), 'breaking', 'breaking'],
  ['property removed', one(text), object({}), 'breaking', 'breaking'],
  ['type changed', one(text), one({ type: 'integer' }), 'breaking', 'breaking'],
  ['integer to number', one({ type: 'integer' }), one({ type: 'number' }), 'warning', 'breaking'],
  ['string to int-or-string', one(text), one({ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }), 'breaking', 'breaking'],
  ['int-or-string to integer', one({ 'x-kubernetes-int-or-string': true }), one({ type: 'integer' }), 'breaking', 'breaking'],
  ['a type given up', one(text), one({ 'x-kubernetes-preserve-unknown-fields': true }), 'breaking', 'breaking'],
  ['a list of another type', one({ type: 'array', items: text }), one(text), 'breaking', 'breaking'],
  ['maxProperties lowered', one({ type: 'object', additionalProperties: text }), one({ type: 'object', additionalProperties: text, maxProperties: 3 }), 'breaking', 'breaking'],
  ['pattern changed', one({ ...text, pattern: '^a' }), one({ ...text, pattern: '^b' }), 'breaking', 'breaking'],
  ['a required field made optional', one(text, ['a']), one(text), 'ok', 'ok'],
  ['set to map', one({ type: 'array', items: object({ k: text }, ['k']), 'x-kubernetes-list-type': 'set' }), one({ type: 'array', items: object({ k: text }, ['k']), 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] }), 'breaking', 'breaking'],
  ['granular said aloud', one(object({ k: text })), one({ ...object({ k: text }), 'x-kubernetes-map-type': 'granular' }), 'ok', 'ok'],
  ['the default of an object changed', one({ ...object({ k: text }), default: {} }), one({ ...object({ k: text }), default: { k: 'x' } }), 'warning', 'warning'],
  ['enum order changed', one({ ...text, enum: ['a', 'b'] }), one({ ...text, enum: ['b', 'a'] }), 'ok', 'ok'],
  ['enum given up', one({ ...text, enum: ['a'] }), one(text), 'ok', 'ok'],
  ['a rule reworded', one({ ...text, 'x-kubernetes-validations': [{ rule: "self != ''", message: 'a' }] }), one({ ...text, 'x-kubernetes-validations': [{ rule: "self != ''", message: 'b' }] }), 'ok', 'ok'],
  ['number to integer', one({ type: 'number' }), one({ type: 'integer' }), 'breaking', 'breaking'],
  ['enum value added', one({ ...text, enum: ['a'] }), one({ ...text, enum: ['a', 'b'] }), 'ok', 'ok'],
  ['enum value removed', one({ ...text, enum: ['a', 'b'] }), one({ ...text, enum: ['a'] }), 'breaking', 'breaking'],
  ['enum added', one(text), one({ ...text, enum: ['a'] }), 'breaking', 'breaking'],
  ['minimum raised', one({ type: 'integer', minimum: 1 }), one({ type: 'integer', minimum: 2 }), 'breaking', 'breaking'],
  ['minLength added', one(text), one({ ...text, minLength: 1 }), 'breaking', 'breaking'],
  ['minItems raised', one({ type: 'array', items: text }), one({ type: 'array', items: text, minItems: 1 }), 'breaking', 'breaking'],
  ['maximum lowered', one({ type: 'integer', maximum: 3 }), one({ type: 'integer', maximum: 2 }), 'breaking', 'breaking'],
  ['maxLength added', one(text), one({ ...text, maxLength: 9 }), 'breaking', 'breaking'],
  ['maxItems lowered', one({ type: 'array', items: text, maxItems: 3 }), one({ type: 'array', items: text, maxItems: 2 }), 'breaking', 'breaking'],
  ['pattern added', one(text), one({ ...text, pattern: '^a' }), 'breaking', 'breaking'],
  ['rule added', one(text), one({ ...text, 'x-kubernetes-validations': [{ rule: "self != ''" }] }), 'breaking', 'breaking'],
  ['bounds relaxed', one({ ...text, minLength: 2, maxLength: 3, pattern: '^a' }), one({ ...text, minLength: 1, maxLength: 4 }), 'ok', 'ok'],
  ['exclusive bound', one({ type: 'integer', minimum: 1 }), one({ type: 'integer', minimum: 1, exclusiveMinimum: true }), 'breaking', 'breaking'],
  ['rule removed', one({ ...text, 'x-kubernetes-validations': [{ rule: "self != ''" }] }), one(text), 'ok', 'ok'],
  ['default added', one(text), one({ ...text, default: 'x' }), 'warning', 'warning'],
  ['default changed', one({ ...text, default: 'x' }), one({ ...text, default: 'y' }), 'warning', 'warning'],
  ['default of an optional field removed', one({ ...text, default: 'x' }), one(text), 'warning', 'warning'],
  ['default of a required field removed', one({ ...text, default: 'x' }, ['a']), one(text, ['a']), 'breaking', 'warning'],
  ['nullable removed', one({ ...text, nullable: true }), one(text), 'breaking', 'breaking'],
  ['nullable added', one(text), one({ ...text, nullable: true }), 'ok', 'ok'],
  ['atomic list to set', one({ type: 'array', items: text, 'x-kubernetes-list-type': 'atomic' }), one({ type: 'array', items: text, 'x-kubernetes-list-type': 'set' }), 'breaking', 'breaking'],
  ['plain list to atomic', one({ type: 'array', items: text }), one({ type: 'array', items: text, 'x-kubernetes-list-type': 'atomic' }), 'ok', 'ok'],
  [
    'map keys changed',
    one({ type: 'array', items: object({ k: text, l: text }, ['k', 'l']), 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] }),
    one({ type: 'array', items: object({ k: text, l: text }, ['k', 'l']), 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k', 'l'] }),
    'breaking',
    'breaking',
  ],
  ['mapType changed', one(object({ k: text })), one({ ...object({ k: text }), 'x-kubernetes-map-type': 'atomic' }), 'breaking', 'breaking'],
  ['documentation', one({ ...text, description: 'a', title: 'a', example: 'a' }), one({ ...text, description: 'b', title: 'b', example: 'b' }), 'ok', 'ok'],
  ['a change in items and map values', one({ type: 'array', items: { type: 'object', additionalProperties: text } }), one({ type: 'array', items: { type: 'object', additionalProperties: { type: 'boolean' } } }), 'breaking', 'breaking'],
  ['unknown fields pruned', one({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }), one({ type: 'object' }), 'breaking', 'breaking'],
];

describe('compatibility of schemas', () => {
  it.each(TABLE)('%s', (_name, before, after, same, between) => {
    expect(worst(diffDefinitions([definition([version('v1', before)])], [definition([version('v1', after)])]))).toBe(same);
    // Versions that came together are compared with each other.
    expect(worst(diffDefinitions([definition([version('v1beta1', before)])], [definition([version('v1', after), version('v1beta1', before)])]))).toBe(between);
  });

  it('lets a conversion webhook add and remove fields between versions', () => {
    const conversion = { strategy: 'Webhook' };
    const converted = (a: JSONSchemaProps, b: JSONSchemaProps) => diffDefinitions([definition([version('v1beta1', a)], { conversion })], [definition([version('v1beta1', a), version('v1', b)], { conversion })]);
    expect(worst(converted(object({}), one(text, ['a'])))).toBe('ok');
    expect(worst(converted(one(text), object({})))).toBe('ok');
    expect(worst(converted(one(text), one({ type: 'integer' })))).toBe('breaking');
  });

  it('does not repeat what kept served versions apart before', () => {
    const versions = [version('v1beta1', one(text)), version('v1', object({}))];
    expect(diffDefinitions([definition(versions)], [definition(versions)])).toEqual([]);
  });

  it('says where, in which version, and what to try', () => {
    const before = definition([version('v1', one({ type: 'array', items: object({ b: text }) }))]);
    const after = definition([version('v1', one({ type: 'array', items: object({ b: text, c: text }, ['c']) }))]);
    expect(diffDefinitions([before], [after])).toEqual([
      {
        verdict: 'breaking',
        code: 'required-property-added',
        definition: 'widgets.demo.example.com',
        version: 'v1',
        path: 'spec.a[].c',
        message: 'a required field without a default is new',
        hint: 'make it optional, or give it a default',
      },
    ]);
  });
});

describe('compatibility of definitions', () => {
  const v1 = version('v1', one(text), { storage: true });
  const base = definition([v1, version('v1beta1', one(text))]);
  it.each<[string, Definition[], Definition[], string[] | undefined, string]>([
    ['scope', [base], [definition([...base.spec.versions], { scope: 'Cluster' })], undefined, 'breaking'],
    ['group', [base], [definition([...base.spec.versions], { group: 'other.example.com' })], undefined, 'breaking'],
    ['kind', [base], [definition([...base.spec.versions], { names: { ...base.spec.names, kind: 'Gadget' } })], undefined, 'breaking'],
    ['plural', [base], [definition([...base.spec.versions], { names: { ...base.spec.names, plural: 'widgetz' } })], undefined, 'breaking'],
    ['short names', [base], [definition([...base.spec.versions], { names: { ...base.spec.names, shortNames: ['w'] } })], undefined, 'ok'],
    ['printer columns', [base], [definition([{ ...v1, additionalPrinterColumns: [{}] } as DefinitionVersion, base.spec.versions[1]!])], undefined, 'ok'],
    ['a stored version removed', [base], [definition([{ ...base.spec.versions[1]!, storage: true }])], undefined, 'breaking'],
    ['a stored version removed that is gone', [base], [definition([{ ...base.spec.versions[1]!, storage: true }])], ['v1beta1'], 'warning'],
    ['a version removed that is still stored', [base], [definition([v1])], ['v1', 'v1beta1'], 'breaking'],
    ['a definition removed', [base], [], undefined, 'breaking'],
    ['a definition added', [], [base], undefined, 'ok'],
    ['a version not served', [base], [definition([v1, { ...base.spec.versions[1]!, served: false }])], undefined, 'breaking'],
  ])('%s', (_name, before, after, storedVersions, verdict) => {
    expect(worst(diffDefinitions(before, after, storedVersions ? { storedVersions } : {}))).toBe(verdict);
  });
});
