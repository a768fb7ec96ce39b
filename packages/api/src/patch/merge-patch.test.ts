import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { deepEqual } from '../json/deep-equal.js';
import { applyMergePatch, createMergePatch } from './merge-patch.js';

describe('applyMergePatch', () => {
  // The table of RFC 7386, appendix A.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [['a', 'b'], ['c', 'd'], ['c', 'd']],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%o with %o', (document, patch, expected) => {
    const before = structuredClone(document);
    expect(applyMergePatch(document, patch)).toEqual(expected);
    expect(document).toEqual(before);
  });

  it('makes __proto__ a key like any other', () => {
    const result = applyMergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}')) as Record<string, unknown>;
    expect(Object.keys(result)).toEqual(['__proto__']);
    expect(result.polluted).toBeUndefined();
  });
});

describe('createMergePatch', () => {
  it('is the smallest that does it', () => {
    expect(createMergePatch({ a: 1, b: { c: 1, d: 2 }, l: [1] }, { a: 1, b: { c: 1, d: 3 }, l: [1, 2] })).toEqual({ b: { d: 3 }, l: [1, 2] });
    expect(createMergePatch({ a: 1, b: 2 }, { b: 2 })).toEqual({ a: null });
    expect(createMergePatch({ a: { b: 1 } }, { a: {} })).toEqual({ a: { b: null } });
    expect(createMergePatch({}, { a: {} })).toEqual({ a: {} });
  });

  it('is undefined for documents that say the same', () => {
    expect(createMergePatch({ a: 1, b: null, c: undefined }, { a: 1 })).toBeUndefined();
  });

  it('turns one document into the other, as far as a merge patch can', () => {
    fc.assert(fc.property(object, object, (before, after) => {
      const patch = createMergePatch(before, after);
      const result = patch ? applyMergePatch(before, patch) : before;
      return deepEqual(result, after) && (patch === undefined) === deepEqual(before, after);
    }), { numRuns: 500 });
  });
});

/** Objects without null: a merge patch has no way to write one. */
const { object } = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, fc.constantFrom(0, 1, 'x', true), fc.array(tie('value'), { maxLength: 3 }), tie('object')),
  object: fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), tie('value'), { maxKeys: 4 }) as fc.Arbitrary<Record<string, unknown>>,
}));
