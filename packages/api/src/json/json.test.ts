import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeJson } from './decode-json.js';
import { deepEqual } from './deep-equal.js';
import { encodeJson } from './encode-json.js';
import { JsonParser, JsonSyntaxError } from './json-parser.js';

describe('decodeJson', () => {
  it('keeps int64 values that a double can not hold', () => {
    expect(decodeJson('{"a":9223372036854775807,"b":[-9223372036854775808, 9007199254740993],"c":9007199254740991}')).toEqual({
      a: 9223372036854775807n, b: [-9223372036854775808n, 9007199254740993n], c: 9007199254740991,
    });
  });

  it.each([
    ['9223372036854775807', 9223372036854775807n],
    [' 1234567890123456789', 1234567890123456789n],
    ['-1234567890123456789\n', -1234567890123456789n],
    ['"1234567890123456789"', '1234567890123456789'],
    ['0.12345678901234567890', 0.12345678901234568],
    ['1234567890123456789.5', 1234567890123456800],
    // Beyond int64 Go takes a float as well.
    ['18446744073709551615', 18446744073709552000],
    ['1e3', 1000],
  ])('reads the number in %s', (text, value) => {
    expect(decodeJson(text)).toEqual(value);
  });

  it('finds a long number wherever it stands', () => {
    for (let padding = 0; padding < 40; padding++) {
      const text = `{"${'k'.repeat(padding)}":1234567890123456789,"x":"00000000000000000000"}`;
      expect((decodeJson(text) as Record<string, unknown>)['k'.repeat(padding)]).toBe(1234567890123456789n);
      expect((decodeJson(new TextEncoder().encode(text)) as Record<string, unknown>)['k'.repeat(padding)]).toBe(1234567890123456789n);
    }
  });

  it('takes __proto__ for a key like any other', () => {
    for (const text of ['{"__proto__":{"x":1}}', '{"__proto__":{"x":1},"n":1234567890123456789}']) {
      const value = decodeJson(text) as Record<string, unknown>;
      expect(Object.keys(value)).toContain('__proto__');
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect(encodeJson(value)).toBe(text);
    }
  });

  it('tells duplicate keys with their path, each once, and takes the last value', () => {
    const paths: string[] = [];
    const value = decodeJson('{"spec":{"a":1,"a":2,"a":3,"l":[{"x":1},{"x":1,"x":2}]},"spec":{"b":1}}', { onDuplicateKey: (path) => paths.push(path) });
    expect(value).toEqual({ spec: { b: 1 } });
    expect(paths).toEqual(['spec.a', 'spec.l[1].x', 'spec']);
  });

  it('refuses what is nested too deeply', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(decodeJson(nested(1000))).toBeInstanceOf(Array);
    expect(() => decodeJson(nested(1001))).toThrow('exceeded max depth');
    expect(() => decodeJson('{"a":{"b":[1]}}', { maxDepth: 2 })).toThrow('exceeded max depth');
    expect(decodeJson('{"a":{"b":"[[[[[[[{{{{{{{"}}', { maxDepth: 2 })).toEqual({ a: { b: '[[[[[[[{{{{{{{' } });
  });

  it('replaces bytes that are no UTF-8, as Go does', () => {
    expect(decodeJson(new Uint8Array([0x22, 0xff, 0x22]))).toBe('\ufffd');
  });

  // The right-hand sides are the texts of Go's encoding/json.
  it.each([
    ['', 'unexpected end of JSON input'],
    ['{"a":', 'unexpected end of JSON input'],
    ['"abc', 'unexpected end of JSON input'],
    ['# comment', "invalid character '#' looking for beginning of value"],
    ['nonsense', "invalid character 'o' in literal null (expecting 'u')"],
    ['{"a":1} x', "invalid character 'x' after top-level value"],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":01}', "invalid character '1' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['{"a":NaN}', "invalid character 'N' looking for beginning of value"],
    ['-x', "invalid character 'x' in numeric literal"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['1ex', "invalid character 'x' in exponent of numeric literal"],
    ['1e+', 'unexpected end of JSON input'],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ["'a'", "invalid character '\\'' looking for beginning of value"],
    ['\ufeff{}', "invalid character 'ï' looking for beginning of value"],
  ])('says what is wrong with %s', (text, message) => {
    expect(() => decodeJson(text)).toThrow(new JsonSyntaxError(message));
  });

  it('says that a number is too large', () => {
    expect(() => new JsonParser('{"n":1e400}', 10).parse()).toThrow('json: cannot unmarshal number 1e400 into Go value of type float64');
  });

  it('reads whatever the native parser reads, to the same value', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 4 }), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(JSON.parse(encodeJson(new JsonParser(text, 1000).parse()))).toEqual(JSON.parse(text));
    }));
  });

  it('gives back what was encoded', () => {
    const json = fc.letrec((tie) => ({
      value: fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.integer(), fc.string(), fc.boolean(), fc.constant(null), fc.array(tie('value'), { maxLength: 4 }), fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 })),
    })).value;
    fc.assert(fc.property(json, (value) => deepEqual(decodeJson(encodeJson(value)), value)));
  });
});

describe('encodeJson', () => {
  it('writes bigints as numbers and leaves out what JSON has no word for', () => {
    expect(encodeJson({ a: 1n, b: undefined, c: [undefined, 2n], d: 'x"y', e: new Date(0) })).toBe('{"a":1,"c":[null,2],"d":"x\\"y","e":"1970-01-01T00:00:00.000Z"}');
    expect(encodeJson({ a: 1, b: undefined, c: [undefined] })).toBe('{"a":1,"c":[null]}');
  });

  it('refuses circular values', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    expect(() => encodeJson(circular)).toThrow(TypeError);
  });
});

describe('deepEqual', () => {
  it.each([
    [{ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }, true],
    [{ a: 1, b: undefined }, { a: 1 }, true],
    [{ a: null }, {}, false],
    [[1, 2], [2, 1], false],
    [{ 0: 'a' }, ['a'], false],
    [5n, 5, true],
    [9007199254740993n, 9007199254740992, false],
    [1, '1', false],
    [1n, '1', false],
    [0, null, false],
    [JSON.parse('{"__proto__":1}'), {}, false],
    [{ a: undefined, b: 1 }, { b: undefined, a: 1 }, false],
  ])('compares %o and %o', (a, b, expected) => {
    expect(deepEqual(a, b)).toBe(expected);
    expect(deepEqual(b, a)).toBe(expected);
  });
});
