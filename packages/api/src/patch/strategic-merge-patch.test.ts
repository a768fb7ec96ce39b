import { describe, expect, it } from 'vitest';

import type { JSONSchemaProps } from '../schema/json-schema.js';
import type { TypedSchema } from '../schema/typed-schema.js';
import { applyStrategicMergePatch } from './strategic-merge-patch.js';

const keyed = (mergeKey: string, items: JSONSchemaProps, strategy = 'merge'): JSONSchemaProps => ({ type: 'array', items, 'x-kubernetes-patch-merge-key': mergeKey, 'x-kubernetes-patch-strategy': strategy });

/** The parts of a Deployment, with references as the OpenAPI documents have them. */
const types: Record<string, JSONSchemaProps> = {
  Container: {
    type: 'object',
    properties: { name: { type: 'string' }, args: { type: 'array', items: { type: 'string' } }, env: keyed('name', { type: 'object' }), ports: keyed('containerPort', { type: 'object' }) },
  },
  Volume: { type: 'object', properties: { name: { type: 'string' }, emptyDir: { type: 'object' }, secret: { type: 'object' } } },
};
const root: JSONSchemaProps = {
  type: 'object',
  properties: {
    metadata: {
      type: 'object',
      properties: { labels: { type: 'object', additionalProperties: { type: 'string' } }, finalizers: { type: 'array', items: { type: 'string' }, 'x-kubernetes-patch-strategy': 'merge' } },
    },
    spec: {
      type: 'object',
      properties: {
        strategy: { allOf: [{ $ref: 'Strategy' }], 'x-kubernetes-patch-strategy': 'retainKeys' },
        containers: keyed('name', { $ref: 'Container' }),
        volumes: keyed('name', { $ref: 'Volume' }, 'merge,retainKeys'),
        selector: { type: 'object', additionalProperties: { type: 'string' } },
      },
    },
  },
};
types.Strategy = { type: 'object', properties: { type: { type: 'string' }, rollingUpdate: { type: 'object' } } };
const schema: TypedSchema = {
  root,
  resolve: (node) => {
    const ref = node.$ref ?? node.allOf?.[0]?.$ref;
    return ref ? { ...types[ref], ...node } : node;
  },
};

const object = {
  metadata: { labels: { a: '1', b: '2' }, finalizers: ['x/a', 'x/b'] },
  spec: {
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } },
    containers: [
      { name: 'one', image: 'i:1', args: ['x', 'y'], env: [{ name: 'A', value: '1' }, { name: 'B', value: '2' }], ports: [{ containerPort: 80, name: 'web' }] },
      { name: 'two', image: 'j:1' },
    ],
    volumes: [{ name: 'v', emptyDir: {} }],
    selector: { app: 'x' },
  },
};

const apply = (patch: unknown): typeof object => applyStrategicMergePatch(object, patch, schema) as typeof object;

describe('applyStrategicMergePatch', () => {
  it('merges items of keyed lists, new ones first unless their neighbours are known, and replaces other lists', () => {
    const { containers } = apply({ spec: { containers: [{ name: 'one', image: 'i:2', args: ['z'], env: [{ name: 'B', value: 'two' }, { name: 'C', value: '3' }] }, { name: 'three', image: 'k' }] } }).spec;
    expect(containers).toEqual([
      { name: 'one', image: 'i:2', args: ['z'], env: [{ name: 'A', value: '1' }, { name: 'B', value: 'two' }, { name: 'C', value: '3' }], ports: [{ containerPort: 80, name: 'web' }] },
      { name: 'three', image: 'k' },
      { name: 'two', image: 'j:1' },
    ]);
    expect(apply({ spec: { containers: [{ name: 'three' }] } }).spec.containers.map(({ name }) => name)).toEqual(['three', 'one', 'two']);
  });

  it('merges objects and removes by null', () => {
    expect(apply({ metadata: { labels: { a: null, c: '3', d: null } } }).metadata.labels).toEqual({ b: '2', c: '3' });
  });

  it('unites lists of plain values', () => {
    expect(apply({ metadata: { finalizers: ['x/c', 'x/a'] } }).metadata.finalizers).toEqual(['x/c', 'x/a', 'x/b']);
  });

  it.each<[string, unknown, (result: typeof object) => unknown, unknown]>([
    ['deletes an item', { spec: { containers: [{ name: 'one', $patch: 'delete' }] } }, ({ spec }) => spec.containers, [{ name: 'two', image: 'j:1' }]],
    ['deletes an item that is not there', { spec: { containers: [{ name: 'nine', $patch: 'delete' }] } }, ({ spec }) => spec.containers.length, 2],
    ['replaces a list', { spec: { containers: [{ $patch: 'replace' }, { name: 'only' }] } }, ({ spec }) => spec.containers, [{ name: 'only' }]],
    ['replaces an object', { spec: { selector: { $patch: 'replace', b: 'c' } } }, ({ spec }) => spec.selector, { b: 'c' }],
    ['empties an object', { metadata: { labels: { $patch: 'delete' } } }, ({ metadata }) => metadata.labels, {}],
    ['keeps only some fields', { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }, ({ spec }) => spec.strategy, { type: 'Recreate' }],
    ['keeps only some fields of an item', { spec: { volumes: [{ name: 'v', $retainKeys: ['name', 'secret'], secret: { secretName: 's' } }] } }, ({ spec }) => spec.volumes, [{ name: 'v', secret: { secretName: 's' } }]],
    ['deletes plain values', { metadata: { '$deleteFromPrimitiveList/finalizers': ['x/a', 'x/z'] } }, ({ metadata }) => metadata.finalizers, ['x/b']],
    ['orders items', { spec: { '$setElementOrder/containers': [{ name: 'two' }, { name: 'one' }] } }, ({ spec }) => spec.containers.map(({ name }) => name), ['two', 'one']],
    ['orders merged items', { spec: { '$setElementOrder/containers': [{ name: 'two' }, { name: 'three' }, { name: 'one' }], containers: [{ name: 'three', image: 'k' }] } }, ({ spec }) => spec.containers.map(({ name }) => name), ['two', 'three', 'one']],
    ['deletes and orders', { spec: { '$setElementOrder/containers': [{ name: 'two' }], containers: [{ name: 'one', $patch: 'delete' }] } }, ({ spec }) => spec.containers.map(({ name }) => name), ['two']],
    ['orders plain values', { metadata: { '$setElementOrder/finalizers': ['x/b', 'x/a'], finalizers: ['x/a'] } }, ({ metadata }) => metadata.finalizers, ['x/b', 'x/a']],
    ['orders what is not there without effect', { spec: { '$setElementOrder/none': [{ name: 'x' }] } }, ({ spec }) => spec, object.spec],
    ['takes directives out of what is new', { spec: { extra: { $patch: 'replace', a: 1, n: null, list: [{ $patch: 'delete', name: 'x' }, { name: 'y' }] } } }, ({ spec }) => (spec as Record<string, unknown>).extra, { a: 1, list: [{ name: 'y' }] }],
    ['replaces where types differ', { spec: { selector: 'text' } }, ({ spec }) => spec.selector, 'text'],
    ['replaces the whole', { $patch: 'replace', data: 1 }, (result) => result, { data: 1 }],
  ])('%s', (_, patch, select, expected) => {
    const before = structuredClone(object);
    expect(select(apply(patch))).toEqual(expected);
    expect(object).toEqual(before);
  });

  it.each([
    [{ spec: { containers: [{ image: 'q' }] } }, 'map: map[image:q] does not contain declared merge key: name'],
    [{ spec: { selector: { $patch: 'frob' } } }, 'unknown patch type: frob in map: map[$patch:frob]'],
    [{ spec: { containers: [{ $patch: 'merge' }] } }, 'merging lists cannot yet be specified in the patch'],
    [{ spec: { strategy: { $retainKeys: ['type'], rollingUpdate: {} } } }, 'invalid patch format of retainKeys'],
    [{ spec: { '$setElementOrder/containers': [{ name: 'two' }], containers: [{ name: 'one' }] } }, "doesn't match $setElementOrder list"],
    [{ spec: { containers: ['one'] } }, 'list element types are not identical'],
    [[1], 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
  ])('refuses %o', (patch, message) => {
    expect(() => apply(patch)).toThrow(message);
  });
});
