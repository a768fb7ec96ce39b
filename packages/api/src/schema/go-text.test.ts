import { describe, expect, it } from 'vitest';

import { readAsGo } from './go-shape.js';
import { goFloat, goJson, goNumber, goQuote, goValue } from './go-text.js';
import { readObjectMeta } from './object-meta.js';

describe('values in messages', () => {
  it.each([[0.00001, '1e-05'], [1e21, '1e+21'], [1.5, '1.5'], [123_456_789_012, '123456789012'], [1e20, '1e+20'], [1_234_567.5, '1.2345675e+06'], [100_000.5, '100000.5'], [12_345_678_901_234_567_890n, '1.2345678901234567e+19'], [-0, '0'], [9_007_199_254_740_993n, '9007199254740993']])(
    'writes the number %s as %s', (value, expected) => {
      expect(goNumber(value)).toBe(expected);
    });

  it('writes a float64 with an exponent from a million on', () => {
    expect([0, 999_999, 1e6, 1_234_567, -0.00001, 1e300].map(goFloat)).toEqual(['0', '999999', '1e+06', '1.234567e+06', '-1e-05', '1e+300']);
  });

  it('quotes what can not be printed and nothing else', () => {
    expect(goQuote('a"b\\c\n\u0001é😀\u200b')).toBe('"a\\"b\\\\c\\n\\x01é😀\\u200b"');
  });

  it('writes maps with sorted keys and markup escaped', () => {
    expect(goJson({ b: [1, null], a: '<&>' })).toBe('{"a":"\\u003c\\u0026\\u003e","b":[1,null]}');
    expect(goValue(true)).toBe('true');
  });
});

describe('readObjectMeta', () => {
  it('drops unknown and empty fields and names the unknown ones', () => {
    const read = readObjectMeta({ name: 'a', nonsense: 1, labels: {}, annotations: null, ownerReferences: [{ kind: 'x', extra: 1 }] });
    expect(read.metadata).toEqual({ name: 'a', ownerReferences: [{ apiVersion: '', kind: 'x', name: '', uid: '' }] });
    expect(read.unknown).toEqual(['metadata.nonsense', 'metadata.ownerReferences[0].extra']);
  });

  it.each([
    [{ labels: { a: 1 } }, 'json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string'],
    [{ labels: 'x' }, 'json: cannot unmarshal string into Go struct field ObjectMeta.labels of type map[string]string'],
    [{ generation: 'x' }, 'json: cannot unmarshal string into Go struct field ObjectMeta.generation of type int64'],
    [{ managedFields: 'x' }, 'json: cannot unmarshal string into Go struct field ObjectMeta.managedFields of type []v1.ManagedFieldsEntry'],
    [{ name: true }, 'json: cannot unmarshal bool into Go struct field ObjectMeta.name of type string'],
    ['x', 'json: cannot unmarshal string into Go value of type v1.ObjectMeta'],
  ])('refuses %j in the words of the server', (metadata, message) => {
    expect(() => readObjectMeta(metadata)).toThrow(message);
  });
});

describe('readAsGo', () => {
  it('fills in what must be there', () => {
    const shape = {
      kind: 'struct' as const, name: 'Thing', type: 'v1.Thing',
      fields: () => ({ a: { shape: { kind: 'string' as const, type: 'string' }, when: 'keep' as const }, b: { shape: { kind: 'bool' as const, type: 'bool' }, when: 'omit' as const } }),
    };
    expect(readAsGo({ b: false, c: 1 }, shape)).toEqual({ value: { a: '' }, unknown: ['c'] });
  });
});
