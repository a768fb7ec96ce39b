import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { applyDefaults } from './defaults.js';
import type { JSONSchemaProps } from './json-schema.js';
import { pruneObject } from './prune.js';
import { structuralSchema } from './typed-schema.js';
import { validateObject } from './validate.js';

const string: JSONSchemaProps = { type: 'string' };
const object = (properties: Record<string, JSONSchemaProps>, rest: JSONSchemaProps = {}): JSONSchemaProps => ({ type: 'object', properties, ...rest });

function prune(schema: JSONSchemaProps, spec: unknown): { spec: unknown; removed: string[] } {
  const value = { apiVersion: 'v1', kind: 'Widget', metadata: { name: 'a', odd: 1 }, spec };
  const removed = pruneObject(value, structuralSchema(object({ spec: schema })));
  expect(value).toMatchObject({ apiVersion: 'v1', kind: 'Widget', metadata: { name: 'a', odd: 1 } });
  return { spec: value.spec, removed };
}

describe('pruneObject', () => {
  it('removes unknown fields at every level and names them in order', () => {
    const schema = object({ a: string, o: object({ b: string }), l: { type: 'array', items: object({ c: string }) }, m: { type: 'object', additionalProperties: object({ d: string }) } });
    const { spec, removed } = prune(schema, { a: 'x', z: 1, o: { b: 'y', z: 1 }, l: [{ c: 'q', z: 1 }, { z: 2 }], m: { k: { d: 'w', z: 1 }, e: {} } });
    expect(spec).toEqual({ a: 'x', o: { b: 'y' }, l: [{ c: 'q' }, {}], m: { k: { d: 'w' }, e: {} } });
    expect(removed).toEqual(['spec.l[0].z', 'spec.l[1].z', 'spec.m.k.z', 'spec.o.z', 'spec.z']);
  });

  it('keeps what a preserving node does not know and prunes what it does', () => {
    const schema = object({ open: object({ known: object({ a: string }) }, { 'x-kubernetes-preserve-unknown-fields': true }), any: { 'x-kubernetes-preserve-unknown-fields': true } });
    const { spec, removed } = prune(schema, { open: { x: { y: [1, { z: 2 }] }, known: { a: 'q', gone: 1 } }, any: [1, { three: 3 }] });
    expect(spec).toEqual({ open: { x: { y: [1, { z: 2 }] }, known: { a: 'q' } }, any: [1, { three: 3 }] });
    expect(removed).toEqual(['spec.open.known.gone']);
  });

  it('keeps the keys of additionalProperties: true, but nothing inside of their values', () => {
    expect(prune({ type: 'object', additionalProperties: true }, { any: [1, { x: 'y' }] })).toEqual({ spec: { any: [1, {}] }, removed: ['spec.any[1].x'] });
  });

  it('leaves apiVersion, kind and metadata of embedded resources alone', () => {
    const schema = object({ spec: object({ a: string }) }, { 'x-kubernetes-embedded-resource': true });
    const { spec, removed } = prune(object({ t: schema }), { t: { apiVersion: 'v1', kind: 'Pod', metadata: { odd: 1 }, status: 1, spec: { a: 'x', z: 1 } } });
    expect(spec).toEqual({ t: { apiVersion: 'v1', kind: 'Pod', metadata: { odd: 1 }, spec: { a: 'x' } } });
    expect(removed).toEqual(['spec.t.spec.z', 'spec.t.status']);
  });

  it('takes __proto__ for an ordinary key', () => {
    const value = JSON.parse('{"spec":{"__proto__":{"a":1},"a":"x"}}') as Record<string, unknown>;
    expect(pruneObject(value, structuralSchema(object({ spec: object({ a: string }) })))).toEqual(['spec.__proto__']);
    expect(Object.keys(value['spec'] as object)).toEqual(['a']);
  });
});

function defaulted(schema: JSONSchemaProps, spec: unknown): unknown {
  const value = { spec };
  applyDefaults(value, structuralSchema(object({ spec: schema })));
  return value.spec;
}

describe('applyDefaults', () => {
  const schema = object({
    a: { type: 'string', default: 'A' },
    o: object({ b: { type: 'integer', default: 2 }, p: object({ c: { type: 'boolean', default: true } }) }),
    d: object({ f: object({ g: { type: 'number', default: 1.5 } }, { default: {} }) }, { default: {} }),
    l: { type: 'array', items: object({ v: { type: 'integer', default: 7 } }) },
    m: { type: 'object', additionalProperties: object({ v: { type: 'string', default: 'V' } }) },
  });

  it.each<[string, unknown, unknown]>([
    ['fills in what is missing, through defaults that make their parents', {}, { a: 'A', d: { f: { g: 1.5 } } }],
    ['fills in below objects that are there', { o: { p: {} } }, { a: 'A', d: { f: { g: 1.5 } }, o: { b: 2, p: { c: true } } }],
    ['fills in items and values of maps', { l: [{}, { v: 1 }, { v: null }], m: { k: {} } }, { a: 'A', d: { f: { g: 1.5 } }, l: [{ v: 7 }, { v: 1 }, { v: 7 }], m: { k: { v: 'V' } } }],
    ['takes null for missing', { a: null, d: null }, { a: 'A', d: { f: { g: 1.5 } } }],
    ['drops nulls that nothing replaces', { o: null, l: null }, { a: 'A', d: { f: { g: 1.5 } } }],
  ])('%s', (_what, spec, expected) => {
    expect(defaulted(schema, spec)).toEqual(expected);
  });

  it('keeps null where it is allowed', () => {
    const nullable = object({ n: { type: 'string', nullable: true, default: 'd' }, m: { type: 'object', additionalProperties: { type: 'string', nullable: true } }, l: { type: 'array', items: string } });
    expect(defaulted(nullable, { n: null, m: { k: null }, l: [null] })).toEqual({ n: null, m: { k: null }, l: [null] });
  });

  it('never hands out the same default twice', () => {
    const shared = object({ o: object({ l: { type: 'array', items: string } }, { default: { l: ['x'] } }) });
    const [one, two] = [defaulted(shared, {}), defaulted(shared, {})] as { o: { l: string[] } }[];
    one!.o.l.push('y');
    expect(two).toEqual({ o: { l: ['x'] } });
  });
});

describe('pruning and defaulting', () => {
  const leaf = fc.oneof(
    fc.record({ type: fc.constant('string'), default: fc.option(fc.string(), { nil: undefined }), nullable: fc.option(fc.constant(true), { nil: undefined }) }, { requiredKeys: ['type'] }),
    fc.record({ type: fc.constant('integer'), default: fc.option(fc.integer(), { nil: undefined }), minimum: fc.option(fc.integer({ max: 0 }), { nil: undefined }) }, { requiredKeys: ['type'] }),
    fc.constant({ 'x-kubernetes-preserve-unknown-fields': true }),
    fc.constant({ 'x-kubernetes-int-or-string': true }),
  );
  const names = fc.constantFrom('a', 'b', 'c', '__proto__', 'metadata');
  const { node } = fc.letrec<{ node: JSONSchemaProps }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf as fc.Arbitrary<JSONSchemaProps>,
      fc.record({ type: fc.constant('object'), properties: fc.dictionary(names, tie('node')) }),
      fc.record({ type: fc.constant('object'), additionalProperties: tie('node') }),
      fc.record({ type: fc.constant('array'), items: tie('node') }),
    ),
  }));

  it('change nothing the second time, and validation changes nothing at all', () => {
    fc.assert(fc.property(node, fc.jsonValue({ maxDepth: 4 }), (root, value) => {
      const schema = structuralSchema(object({ spec: root }));
      const given: { spec: unknown } = { spec: structuredClone(value) };
      pruneObject(given, schema);
      applyDefaults(given, schema);
      const once = structuredClone(given);
      const errors = validateObject(given, schema);
      expect(given).toEqual(once);
      expect(pruneObject(given, schema)).toEqual([]);
      applyDefaults(given, schema);
      expect(given).toEqual(once);
      expect(validateObject(given, schema)).toEqual(errors);
    }), { numRuns: 300 });
  });
});
