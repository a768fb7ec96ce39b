import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { deepEqual } from '../json/deep-equal.js';
import { createJsonPatch } from './json-patch-diff.js';
import { applyJsonPatch, type JsonPatchOperation } from './json-patch.js';

const document = { spec: { args: ['a', 'b', 'c'], conf: { k: 'v' }, nested: { a: 1 }, size: 1 }, metadata: { labels: { 'app.kubernetes.io/name': 'x' } } };

describe('applyJsonPatch', () => {
  // The first of these is what an API server made of the same patches.
  it.each<[string, JsonPatchOperation[], unknown]>([
    ['adds, replaces and removes', [{ op: 'add', path: '/spec/on', value: true }, { op: 'replace', path: '/spec/size', value: 2 }, { op: 'remove', path: '/spec/conf' }], { args: ['a', 'b', 'c'], nested: { a: 1 }, size: 2, on: true }],
    ['edits lists', [{ op: 'add', path: '/spec/args/0', value: 'z' }, { op: 'add', path: '/spec/args/-', value: 'y' }, { op: 'remove', path: '/spec/args/1' }, { op: 'replace', path: '/spec/args/1', value: 'q' }], { ...document.spec, args: ['z', 'q', 'c', 'y'] }],
    ['adds behind the last item', [{ op: 'add', path: '/spec/args/3', value: 'e' }], { ...document.spec, args: ['a', 'b', 'c', 'e'] }],
    ['moves and copies', [{ op: 'move', from: '/spec/conf/k', path: '/spec/conf/l' }, { op: 'copy', from: '/spec/nested/a', path: '/spec/size' }], { ...document.spec, conf: { l: 'v' }, size: 1 }],
    ['tests', [{ op: 'test', path: '/spec/conf/k', value: 'v' }, { op: 'test', path: '/spec/nothing', value: null }, { op: 'test', path: '/spec/args', value: ['a', 'b', 'c'] }], document.spec],
    ['decodes ~0 and ~1', [{ op: 'add', path: '/spec/conf/a~0b~1c~01', value: 't' }], { ...document.spec, conf: { k: 'v', 'a~b/c~1': 't' } }],
    ['replaces by null', [{ op: 'add', path: '/spec/conf', value: null }], { ...document.spec, conf: null }],
    ['counts negative indices from the end', [{ op: 'remove', path: '/spec/args/-1' }, { op: 'add', path: '/spec/args/-1', value: 'z' }], { ...document.spec, args: ['a', 'b', 'z'] }],
  ])('%s', (_, operations, spec) => {
    const before = structuredClone(document);
    expect((applyJsonPatch(document, operations) as typeof document).spec).toEqual(spec);
    expect(document).toEqual(before);
  });

  it('replaces the whole document by the empty path', () => {
    expect(applyJsonPatch(document, [{ op: 'replace', path: '', value: { a: 1 } }, { op: 'test', path: '', value: { a: 1 } }])).toEqual({ a: 1 });
  });

  it('makes __proto__ a key like any other', () => {
    const result = applyJsonPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]) as object;
    expect(Object.keys(result)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  });

  it('shares what it does not touch', () => {
    const result = applyJsonPatch(document, [{ op: 'replace', path: '/spec/size', value: 5 }]) as typeof document;
    expect(result.metadata).toBe(document.metadata);
    expect(result.spec.args).toBe(document.spec.args);
  });

  it.each([
    [{ op: 'remove', path: '/spec/zzz' }, "error in remove for path: '/spec/zzz': Unable to remove nonexistent key: zzz: missing value"],
    [{ op: 'remove', path: '/nope/zzz' }, 'remove operation does not apply: doc is missing path: "/nope/zzz": missing value'],
    [{ op: 'remove', path: '/spec/args/7' }, "error in remove for path: '/spec/args/7': Unable to access invalid index: 7: invalid index referenced"],
    [{ op: 'add', path: '/spec/args/7', value: 1 }, "error in add for path: '/spec/args/7': Unable to access invalid index: 7: invalid index referenced"],
    [{ op: 'add', path: '/spec/args/x', value: 1 }, `error in add for path: '/spec/args/x': value was not a proper array index: 'x': strconv.Atoi: parsing "x": invalid syntax`],
    [{ op: 'add', path: 'spec', value: 1 }, 'add operation does not apply: doc is missing path: "spec": missing value'],
    [{ op: 'replace', path: '/spec/zzz', value: 1 }, 'replace operation does not apply: doc is missing key: /spec/zzz: missing value'],
    [{ op: 'replace', path: '/a/b', value: 1 }, 'replace operation does not apply: doc is missing path: /a/b: missing value'],
    [{ op: 'test', path: '/spec/size', value: 2 }, 'testing value /spec/size failed: test failed'],
    [{ op: 'test', path: '/spec/size', value: null }, 'testing value /spec/size failed: test failed'],
    [{ op: 'move', from: '/spec/zzz', path: '/spec/a' }, "error in move for path: 'zzz': unable to get nonexistent key: zzz: missing value"],
    [{ op: 'move', from: '/spec', path: '/spec/a' }, 'move operation does not apply: doc is missing destination path: /spec/a: missing value'],
    [{ op: 'copy', from: '/x/y', path: '/spec/a' }, 'copy operation does not apply: doc is missing from path: /x/y: missing value'],
    [{ op: 'frob', path: '/spec' }, 'Unexpected kind: frob'],
    [{ path: '/spec' }, 'Unexpected kind: unknown'],
    [{ op: 'remove' }, 'remove operation failed to decode path: missing value'],
    [{ op: 'move', path: '/a' }, 'move operation failed to decode from: operation, missing from field: missing value'],
  ])('refuses %o', (operation, message) => {
    expect(() => applyJsonPatch(document, [{ op: 'test', path: '/spec/size', value: 1 }, operation as JsonPatchOperation])).toThrow(message);
  });

  it('says which operation failed', () => {
    expect(() => applyJsonPatch(document, [{ op: 'add', path: '/a', value: 1 }, { op: 'remove', path: '/b' }])).toThrow(expect.objectContaining({ index: 1 }));
  });
});

describe('createJsonPatch', () => {
  it('adds and removes items where they were added and removed', () => {
    expect(createJsonPatch({ l: [1, 2, 3, 4] }, { l: [1, 3, 4] })).toEqual([{ op: 'remove', path: '/l/1' }]);
    expect(createJsonPatch({ l: [1, 4] }, { l: [1, 2, 3, 4] })).toEqual([{ op: 'add', path: '/l/1', value: 2 }, { op: 'add', path: '/l/2', value: 3 }]);
    expect(createJsonPatch({ l: [{ a: 1, b: 2 }] }, { l: [{ a: 1, b: 3 }] })).toEqual([{ op: 'replace', path: '/l/0/b', value: 3 }]);
  });

  it('is empty for documents that say the same', () => {
    expect(createJsonPatch({ a: 1, b: undefined }, { a: 1 })).toEqual([]);
  });

  it('turns one document into the other', () => {
    fc.assert(fc.property(json, json, (before, after) => deepEqual(applyJsonPatch(before, createJsonPatch(before, after)), after)), { numRuns: 500 });
  });
});

/** Documents that share keys, so that patches are more than one replacement. */
const json = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, fc.constantFrom(0, 1, 'x', true, null), fc.array(tie('value'), { maxLength: 4 }), fc.dictionary(fc.constantFrom('a', 'b', 'a/b', '~', '', '__proto__', '0'), tie('value'), { maxKeys: 4 })),
})).value;
