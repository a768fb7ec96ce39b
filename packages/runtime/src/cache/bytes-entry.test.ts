import { decodeJson, type KubeObject, type ResourceKind } from '@kubewright/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parsedObjects } from './bytes-entry.js';
import { cutManagedFields } from './cut-managed-fields.js';
import { entryCodec } from './entry-codec.js';
import { entryOf } from './entry.js';
import { SlabSpace } from './slab.js';

const kind: ResourceKind<never> = { group: 'demo', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' };
const cut = (text: string): unknown => JSON.parse(Buffer.from(cutManagedFields(Buffer.from(text))).toString());
const managedFields = [{ manager: 'a"b\\', fieldsV1: { 'f:spec': { '.': {}, 'k:{"x":"]}"}': {} } } }];

describe('cutManagedFields', () => {
  it.each<[string, object]>([
    ['first', { metadata: { managedFields, name: 'a' }, spec: {} }],
    ['last', { metadata: { name: 'a', managedFields } }],
    ['in the middle', { kind: 'X', metadata: { name: 'a', managedFields, uid: 'u' }, spec: [] }],
    ['alone', { metadata: { managedFields } }],
    ['empty', { metadata: { name: 'a', managedFields: [] } }],
    ['null', { metadata: { name: 'a', managedFields: null } }],
  ])('takes it away where it stands %s', (_where, object) => {
    const { managedFields: _, ...metadata } = (object as { metadata: Record<string, unknown> }).metadata;
    expect(cut(JSON.stringify(object))).toEqual({ ...object, metadata });
  });

  it.each<[string, string]>([
    ['of a template', JSON.stringify({ metadata: { name: 'a' }, spec: { template: { metadata: { managedFields } } } })],
    ['in a text', JSON.stringify({ metadata: { name: 'a', annotations: { x: JSON.stringify({ managedFields }), managedFields: 'y' } } })],
    ['of an object before metadata', JSON.stringify({ data: { metadata: { managedFields } }, metadata: { name: 'a' } })],
    ['written with spaces', JSON.stringify({ metadata: { name: 'a', managedFields } }, null, 2)],
    ['of something without metadata', '{"spec":{"managedFields":[1]}}'],
  ])('leaves it alone %s', (_what, text) => {
    expect(Buffer.from(cutManagedFields(Buffer.from(text))).toString()).toBe(text);
  });

  it('does no harm to bytes that break off', () => {
    const bytes = Buffer.from(JSON.stringify({ kind: 'X', metadata: { name: 'a', managedFields }, spec: { a: ['x', { y: 1 }] } }));
    for (let end = 0; end < bytes.length; end++) expect(() => JSON.parse(Buffer.from(cutManagedFields(bytes.subarray(0, end))).toString()) as unknown).toThrow();
  });
});

const name = fc.stringMatching(/^[a-z]{1,8}$/);
const objects = fc.record({
  metadata: fc.record({
    name, uid: name, resourceVersion: fc.nat().map(String),
  }, { requiredKeys: ['name', 'uid', 'resourceVersion'] }).chain((metadata) =>
    fc.record({
      namespace: name, labels: fc.dictionary(name, fc.string()), annotations: fc.dictionary(fc.string(), fc.string({ unit: 'grapheme' })), generation: fc.nat(),
      managedFields: fc.array(fc.jsonValue() as fc.Arbitrary<object>), finalizers: fc.array(name), deletionTimestamp: fc.constant('2026-01-01T00:00:00Z'),
      ownerReferences: fc.array(fc.record({ apiVersion: name, kind: name, name, uid: name })),
    }, { requiredKeys: [] }).map((more) => ({ ...metadata, ...more }))),
  spec: fc.jsonValue(),
  status: fc.jsonValue(),
}, { requiredKeys: ['metadata'] });

describe('an entry that keeps bytes', () => {
  const codec = (store: 'bytes' | 'objects', keepManagedFields = false) => entryCodec(kind, { store, keepManagedFields }, { parsed: parsedObjects(1), space: new SlabSpace() });

  it('says the same as one that keeps the object, whatever the object is', () => {
    fc.assert(
      fc.property(objects, fc.boolean(), (given, keep) => {
        const text = Buffer.from(JSON.stringify(given));
        const [bytes, plain] = (['bytes', 'objects'] as const).map((store) => codec(store, keep)).map(({ decode, toEntry }) => toEntry(decode(text)));
        for (const field of ['key', 'name', 'namespace', 'uid', 'resourceVersion', 'generation', 'labels', 'annotations', 'ownerReferences', 'finalizers', 'deletionTimestamp'] as const) {
          expect(bytes![field]).toEqual(plain![field]);
        }
        expect(bytes!.object()).toEqual(plain!.object());
        const parsed = decodeJson(text) as KubeObject;
        expect(plain!.object()).toEqual(entryOf({ apiVersion: 'demo/v1', kind: 'Widget', ...parsed }, { keepManagedFields: keep }).object());
      }),
      { numRuns: 300 },
    );
  });

  it('does not hold on to the bytes it was made of, freezes what it parses, and keeps large integers', () => {
    const bytes = Buffer.from('{"metadata":{"name":"a","uid":"u","resourceVersion":"1","labels":{"a":"b"}},"spec":{"size":9007199254740993}}');
    const { decode, toEntry } = codec('bytes');
    const entry = toEntry(decode(bytes));
    bytes.fill(0);
    expect(entry.object()).toMatchObject({ kind: 'Widget', spec: { size: 9007199254740993n } });
    expect(Object.isFrozen(entry.labels) && Object.isFrozen(entry.object())).toBe(true);
    const others = Array.from({ length: 20 }, (_, index) => toEntry(decode(Buffer.from(`{"metadata":{"name":"n${index}","labels":{"i":"${index}"}}}`))));
    for (const other of others) void other.object();
    expect(others.map(({ labels, name: of }) => `${of} ${labels['i']}`)).toEqual(others.map((_, index) => `n${index} ${index}`));
    expect(entry.labels).toEqual({ a: 'b' });
  });

  it('tells objects with very long names apart', () => {
    const { decode, toEntry } = codec('bytes');
    const keys = ['a', 'b'].map((end) => toEntry(decode(Buffer.from(JSON.stringify({ metadata: { name: 'x'.repeat(2000) + end, namespace: 'n' } })))).key);
    expect(keys).toEqual(['a', 'b'].map((end) => `n/${'x'.repeat(2000)}${end}`));
  });
});
