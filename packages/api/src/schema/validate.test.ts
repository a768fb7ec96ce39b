import { describe, expect, it } from 'vitest';

import type { JSONSchemaProps } from './json-schema.js';
import { structuralSchema } from './typed-schema.js';
import { validateObject, validateSchema } from './validate.js';

const spec = (properties: Record<string, JSONSchemaProps>, rest: JSONSchemaProps = {}): JSONSchemaProps => ({ type: 'object', properties: { spec: { type: 'object', properties, ...rest } } });
const object = (value: unknown): object => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a' }, spec: value });

function problems(schema: JSONSchemaProps, value: unknown): string[] {
  return validateObject(object(value), structuralSchema(schema)).map(({ type, field, message }) => `${type.replace('FieldValue', '')} ${field} ${message}`);
}

/** Texts as a real server (1.36) answered them. */
const cases: [what: string, schema: JSONSchemaProps, value: unknown, expected: string[]][] = [
  ['a string for an integer', { type: 'integer' }, 'x', ['TypeInvalid spec.f Invalid value: "string": spec.f in body must be of type integer: "string"']],
  ['a fraction for an integer', { type: 'integer' }, 1.5, [
    'TypeInvalid spec.f Invalid value: "number": spec.f in body must be of type integer: "number"',
    'Invalid <nil> Invalid value: "": Checked value must be of type integer (default format) in spec.f',
  ]],
  ['a whole number for a number', { type: 'number' }, 3, []],
  ['more than 64 bits', { type: 'integer' }, 9_223_372_036_854_775_808n, [
    'TypeInvalid spec.f Invalid value: "number": spec.f in body must be of type integer: "number"',
    'Invalid <nil> Invalid value: "": Checked value must be of type integer (default format) in spec.f',
  ]],
  ['the largest integer', { type: 'integer' }, 9_223_372_036_854_775_807n, []],
  ['more than 32 bits', { type: 'integer', format: 'int32' }, 2_147_483_648, ['Invalid <nil> Invalid value: "": Checked value must be of type integer with format int32 in spec.f']],
  ['more than a float holds', { type: 'number', format: 'float' }, 3.5e38, ['Invalid <nil> Invalid value: "": Checked value must be of type number with format float in spec.f']],
  ['an item of a wrong type', { type: 'array', items: { type: 'string' } }, [1, 'x', true], [
    'TypeInvalid spec.f[0] Invalid value: "integer": spec.f[0] in body must be of type string: "integer"',
    'TypeInvalid spec.f[2] Invalid value: "boolean": spec.f[2] in body must be of type string: "boolean"',
  ]],
  ['null in a list', { type: 'array', items: { type: 'object' } }, [null], ['TypeInvalid spec.f[0] Invalid value: "null": spec.f[0] in body must be of type object: "null"']],
  ['an odd map key', { type: 'object', additionalProperties: { type: 'integer' } }, { 'a.b/c': 'x' }, [
    'TypeInvalid spec.f.a.b/c Invalid value: "string": spec.f.a.b/c in body must be of type integer: "string"',
  ]],
  ['a value outside of the enum', { type: 'string', enum: ['a', ''] }, 'A', ['NotSupported spec.f Unsupported value: "A": supported values: "a", ""']],
  ['a number outside of the enum', { type: 'integer', enum: [1, 2] }, 3, ['NotSupported spec.f Unsupported value: 3: supported values: "1", "2"']],
  ['an object outside of the enum', { type: 'object', enum: [{ x: 1 }, {}] }, { x: 2 }, ['NotSupported spec.f Unsupported value: {"x":2}: supported values: "{\\"x\\":1}", "{}"']],
  ['null where the enum allows it', { type: 'string', nullable: true, enum: ['a', null] }, null, ['NotSupported spec.f Unsupported value: null: supported values: "a", "null"']],
  ['a fraction that Go cuts off', { type: 'number', enum: [1] }, 1.7, []],
  ['too small', { type: 'integer', minimum: 1 }, 0, ['Invalid spec.f Invalid value: 0: spec.f in body should be greater than or equal to 1']],
  ['on an exclusive bound', { type: 'integer', minimum: 1, exclusiveMinimum: true }, 1, ['Invalid spec.f Invalid value: 1: spec.f in body should be greater than 1']],
  ['too large', { type: 'number', maximum: 5.5 }, 5.75, ['Invalid spec.f Invalid value: 5.75: spec.f in body should be less than or equal to 5.5']],
  ['a bound that is no integer', { type: 'integer', maximum: 1.5 }, 1, ['Invalid <nil> Invalid value: "": Maximum boundary value must be of type integer (default format) in spec.f']],
  ['no multiple', { type: 'integer', multipleOf: 5 }, 7, ['Invalid spec.f Invalid value: 7: spec.f in body should be a multiple of 5']],
  ['a multiple of a fraction', { type: 'number', multipleOf: 0.1 }, 0.30000000000000004, []],
  ['too long', { type: 'string', maxLength: 1 }, 'ab', ['TooLong spec.f Too long: may not be more than 1 byte']],
  ['length in characters', { type: 'string', maxLength: 2 }, '😀é', []],
  ['too short', { type: 'string', minLength: 3 }, '😀é', ['Invalid spec.f Invalid value: "😀é": spec.f in body should be at least 3 chars long']],
  ['no match', { type: 'string', pattern: '^q' }, 'x', ["Invalid spec.f Invalid value: \"x\": spec.f in body should match '^q'"]],
  ['a wrong format', { type: 'string', format: 'ipv4' }, '::1', ['TypeInvalid spec.f Invalid value: "::1": spec.f in body must be of type ipv4: "::1"']],
  ['a format that nobody knows', { type: 'string', format: 'colour' }, 'x', []],
  ['too few items', { type: 'array', items: { type: 'string' }, minItems: 1 }, [], ['Invalid spec.f Invalid value: 0: spec.f in body should have at least 1 items']],
  ['too many items', { type: 'array', items: { type: 'string' }, maxItems: 0 }, ['x'], ['TooMany spec.f Too many: 1: must have at most 0 items']],
  ['too few properties', { type: 'object', minProperties: 1 }, {}, ['Invalid spec.f Invalid value: 0: spec.f in body should have at least 1 properties']],
  ['too many properties', { type: 'object', maxProperties: 1 }, { a: 1, b: 2 }, ['TooMany spec.f Too many: 2: must have at most 1 item']],
  ['a missing property', { type: 'object', required: ['x'] }, {}, ['Required spec.f.x Required value']],
  ['a forbidden property', { type: 'object', additionalProperties: false }, { x: 1 }, ['Invalid spec.f Invalid value: "x": spec.f.x in body is a forbidden property']],
  ['a fraction for an int-or-string', { 'x-kubernetes-int-or-string': true }, 1.5, ['TypeInvalid spec.f Invalid value: "number": spec.f in body must be of type integer,string: "number"']],
  ['an int-or-string with its choice', { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }, 5.5, [
    'TypeInvalid spec.f Invalid value: "number": spec.f in body must be of type integer,string: "number"',
    'Invalid <nil> Invalid value: "": "spec.f" must validate at least one schema (anyOf)',
    'TypeInvalid spec.f Invalid value: "number": spec.f in body must be of type integer: "number"',
    'Invalid <nil> Invalid value: "": Checked value must be of type integer (default format) in spec.f',
  ]],
  ['none of anyOf', { type: 'string', anyOf: [{ pattern: '^a' }, { maxLength: 2 }] }, 'xyz', [
    'Invalid <nil> Invalid value: "": "spec.f" must validate at least one schema (anyOf)', "Invalid spec.f Invalid value: \"xyz\": spec.f in body should match '^a'",
  ]],
  ['the best of anyOf', { type: 'object', properties: { k: { type: 'string' }, v: { type: 'integer' } }, anyOf: [{ properties: { k: { enum: ['any'] } } }, { properties: { v: { minimum: 3 } }, required: ['v'] }] }, { k: 'some', v: 2 }, [
    'Invalid <nil> Invalid value: "": "spec.f" must validate at least one schema (anyOf)', 'Invalid spec.f.v Invalid value: 2: spec.f.v in body should be greater than or equal to 3',
  ]],
  ['none of oneOf', { type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }] }, {}, [
    'Invalid <nil> Invalid value: "": "spec.f" must validate one and only one schema (oneOf). Found none valid', 'Required spec.f.a Required value',
  ]],
  ['two of oneOf', { type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }] }, { a: 1, b: 2 }, [
    'Invalid <nil> Invalid value: "": "spec.f" must validate one and only one schema (oneOf). Found 2 valid alternatives',
  ]],
  ['one of allOf', { type: 'string', allOf: [{ pattern: '^b' }, { minLength: 3 }] }, 'bx', [
    'Invalid spec.f Invalid value: "bx": spec.f in body should be at least 3 chars long', 'Invalid <nil> Invalid value: "": "spec.f" must validate all the schemas (allOf)',
  ]],
  ['none of allOf', { type: 'string', allOf: [{ pattern: '^b' }] }, 'x', [
    "Invalid spec.f Invalid value: \"x\": spec.f in body should match '^b'", 'Invalid <nil> Invalid value: "": "spec.f" must validate all the schemas (allOf). None validated',
  ]],
  ['what not forbids', { type: 'string', not: { pattern: '^c' } }, 'c', ['Invalid <nil> Invalid value: "": "spec.f" must not validate the schema (not)']],
  ['doubles in a set', { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' }, ['a', 'a', 'a', 'b', 'b'], [
    'Duplicate spec.f[1] Duplicate value: "a"', 'Duplicate spec.f[4] Duplicate value: "b"',
  ]],
  ['one and "one" in a set', { type: 'array', items: { 'x-kubernetes-int-or-string': true }, 'x-kubernetes-list-type': 'set' }, [1, '1'], []],
  ['doubles in a map list', { type: 'array', items: { type: 'object', properties: { k: { type: 'string' } } }, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] }, [{ k: 'A' }, { k: 'A' }], [
    'Duplicate spec.f[1] Duplicate value: {"k":"A"}',
  ]],
  ['an embedded resource without its type', { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true }, {}, [
    'Required spec.f.apiVersion Required value', 'Required spec.f.kind Required value',
  ]],
  ['an embedded resource of an odd version', { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true }, { apiVersion: 'a/b/c', kind: 'Pod' }, [
    'Invalid spec.f.apiVersion Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
  ]],
];

describe('validateObject', () => {
  it.each(cases)('tells %s', (_what, schema, value, expected) => {
    expect(problems(spec({ f: schema }), { f: value })).toEqual(expected);
  });

  it('tells paths from the value that is looked at, and fields from the object', () => {
    const status = structuralSchema({ type: 'object', properties: { n: { type: 'integer', minimum: 0 } } });
    expect(validateSchema({ n: -1 }, status, { at: 'status' })).toEqual([
      { type: 'FieldValueInvalid', field: 'status.n', message: 'Invalid value: -1: n in body should be greater than or equal to 0' },
    ]);
    expect(validateSchema('x', status, { at: 'status' })[0]).toMatchObject({ field: 'status', message: 'Invalid value: "string":  in body must be of type object: "string"' });
  });

  it('follows references of built-in types', () => {
    const port: JSONSchemaProps = { type: 'integer', maximum: 65_535 };
    const schema = { root: spec({ port: { $ref: '#/port' } }), resolve: (node: JSONSchemaProps) => (node.$ref === '#/port' ? port : node) };
    expect(validateObject(object({ port: 70_000 }), schema)).toHaveLength(1);
  });
});

describe('validateObject with an old object', () => {
  const schema = structuralSchema(spec({
    a: { type: 'integer', maximum: 5 },
    o: { type: 'object', properties: { x: { type: 'integer', maximum: 5 } }, maxProperties: 1, 'x-kubernetes-preserve-unknown-fields': true },
    l: { type: 'array', items: { type: 'object', properties: { n: { type: 'string' }, v: { type: 'integer', maximum: 5 } } }, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['n'] },
    s: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    plain: { type: 'array', items: { type: 'integer', maximum: 5 } },
  }));
  const old = object({ a: 100, o: { x: 9 }, l: [{ n: 'x', v: 9 }, { n: 'y', v: 1 }], s: ['a', 'a'], plain: [9] });
  const fields = (value: unknown): string[] => validateObject(object(value), schema, { old }).map(({ field }) => field);

  it.each<[string, unknown, string[]]>([
    ['lets unchanged values pass', { a: 100, o: { x: 9 } }, []],
    ['refuses another bad value', { a: 101 }, ['spec.a']],
    ['lets an unchanged child of a changed parent pass', { o: { x: 9, y: 1 } }, ['spec.o']],
    ['knows items of map lists by their keys', { l: [{ n: 'y', v: 1 }, { n: 'x', v: 9 }] }, []],
    ['refuses a changed item', { l: [{ n: 'x', v: 10 }] }, ['spec.l[0].v']],
    ['knows no items of other lists', { plain: [9, 1] }, ['spec.plain[0]']],
    ['lets a list that was no set before stay so', { s: ['a', 'a', 'b'] }, []],
  ])('%s', (_what, value, expected) => {
    expect(fields(value)).toEqual(expected);
  });
});
