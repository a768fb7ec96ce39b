import fc, { type Arbitrary } from 'fast-check';

import type { Claim, ModelKind, ModelRequest } from './expected.js';
import type { JsonStep } from './patch-rules.js';
import type { Json, JsonMap, MapShape, Shape } from './shape.js';

const word = fc.constantFrom('a', 'b', 'c');

/** Values that fit a shape. Small ones, so that writers meet. */
export function valueOf(shape: Shape): Arbitrary<Json> {
  switch (shape.is) {
    case 'scalar': return shape.type === 'string' ? word : shape.type === 'integer' ? fc.integer({ min: 1, max: 3 }) : fc.boolean();
    case 'free': return fc.oneof(word, fc.array(word, { maxLength: 2 }), fc.dictionary(word, fc.oneof(word, fc.dictionary(word, word, { maxKeys: 2 })), { maxKeys: 2 })) as Arbitrary<Json>;
    case 'map': return shape.fields ? someFields(shape) : (fc.dictionary(word, valueOf(shape.items!), { maxKeys: 3, noNullPrototype: true }) as Arbitrary<Json>);
    case 'list': {
      if (shape.of !== 'map') return fc.uniqueArray(valueOf(shape.items), { maxLength: 3 }) as Arbitrary<Json>;
      const keys = shape.keys!;
      const fields = (shape.items as MapShape).fields!;
      const items = fc.tuple(keyFields(fields, keys), someFields(shape.items as MapShape, keys)).map(([key, rest]) => ({ ...(rest as JsonMap), ...(key as JsonMap) }));
      const named = (item: JsonMap): string => JSON.stringify(keys.map((key) => item[key] ?? (fields[key] as { default?: Json }).default));
      return fc.uniqueArray(items as Arbitrary<JsonMap>, { maxLength: 3, selector: named });
    }
  }
}

/** A key with a default may be left out. */
function keyFields(fields: Readonly<Record<string, Shape>>, keys: readonly string[]): Arbitrary<Json> {
  const one = (key: string): Arbitrary<Json> => {
    const preset = (fields[key] as { default?: Json }).default;
    return preset === undefined ? valueOf(fields[key]!) : fc.constantFrom(preset, 'UDP');
  };
  return fc.record(Object.fromEntries(keys.map((key) => [key, one(key)])), { requiredKeys: keys.filter((key) => !('default' in fields[key]!)), noNullPrototype: true }) as Arbitrary<Json>;
}

function someFields({ fields = {} }: MapShape, except: readonly string[] = []): Arbitrary<Json> {
  const names = Object.keys(fields).filter((name) => !except.includes(name));
  if (names.length === 0) return fc.constant({});
  const entry = fc.oneof(...names.map((name) => valueOf(fields[name]!).map((value): [string, Json] => [name, value])));
  return fc.array(entry, { maxLength: 4 }).map((entries) => Object.fromEntries(entries));
}

/** What stands beside the identity: labels now and then, and the parts of the kind. */
export function contentOf(kind: ModelKind, subresource: '' | 'status'): Arbitrary<JsonMap> {
  const { metadata: _, apiVersion: _a, kind: _k, status, ...parts } = (kind.shape as MapShape).fields!;
  const labels = fc.record({ labels: fc.dictionary(word, word, { maxKeys: 2, noNullPrototype: true }), annotations: fc.dictionary(word, word, { maxKeys: 2, noNullPrototype: true }) }, { requiredKeys: [], noNullPrototype: true });
  const main = Object.entries(parts).map(([name, shape]): [string, Arbitrary<Json>] => [name, valueOf(shape)]);
  const all = { metadata: labels as Arbitrary<Json>, ...Object.fromEntries(main), ...(status && { status: valueOf(status) }) };
  const required: string[] = subresource === 'status' ? ['status'] : main.map(([name]) => name);
  return (fc.record(all, { requiredKeys: required as never[], noNullPrototype: true }) as Arbitrary<JsonMap>).map((content) => kind.fill?.(content) ?? content);
}

/** A merge patch: contents with nulls here and there. */
function patchOf(kind: ModelKind, subresource: '' | 'status'): Arbitrary<JsonMap> {
  return fc.tuple(contentOf(kind, subresource), fc.array(fc.nat(60), { maxLength: 3 })).map(([content, places]) => {
    let seen = 0;
    const walk = (value: Json, depth: number): Json => {
      if (depth > 0 && places.includes(seen++)) return null;
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, depth === 0 && name === 'metadata' ? item : walk(item, depth + 1)]));
    };
    return walk(content, -1) as JsonMap;
  });
}

/** Steps of a JSON patch on the fields of the parts; the index of an item may or may not exist. */
function stepsOf(kind: ModelKind, subresource: '' | 'status'): Arbitrary<readonly JsonStep[]> {
  const { metadata: _, apiVersion: _a, kind: _k, status, ...parts } = (kind.shape as MapShape).fields!;
  const roots = Object.entries(subresource === 'status' ? { status: status! } : parts) as [string, MapShape][];
  const step = fc.constantFrom(...roots).chain(([root, shape]) => {
    const fields: readonly (readonly [string, Shape])[] = shape.fields ? Object.entries(shape.fields).filter(([name]) => !kind.fixed?.includes(name)) : ['a', 'b', 'c'].map((name) => [name, shape.items!] as const);
    return fc.constantFrom(...fields).chain(([name, field]) => {
      const whole = fc.tuple(fc.constantFrom<JsonStep['op']>('add', 'replace', 'remove', 'test'), valueOf(field)).map(([op, value]): JsonStep => ({ op, path: `/${root}/${name}`, ...(op !== 'remove' && { value }) }));
      if (field.is !== 'list') return whole;
      const item = fc.tuple(fc.constantFrom<JsonStep['op']>('add', 'replace', 'remove'), fc.constantFrom('0', '1', '-'), valueOf({ ...field, of: 'atomic' }));
      return fc.oneof(whole, item.filter(([op, at, items]) => (items as Json[]).length > 0 && (at !== '-' || op === 'add')).map(([op, at, items]): JsonStep => (
        { op, path: `/${root}/${name}/${at}`, ...(op !== 'remove' && { value: (items as Json[])[0]! }) })));
    });
  });
  return fc.array(step, { minLength: 1, maxLength: 3 });
}

/** Requests on an object of a kind; now and then one is sent twice, as clients do. */
export function sequenceOf(kind: ModelKind): Arbitrary<readonly ModelRequest[]> {
  const times = fc.oneof({ arbitrary: fc.constant(1), weight: 4 }, { arbitrary: fc.constant(2), weight: 1 });
  return fc.array(fc.tuple(requestOf(kind), times), { minLength: 1, maxLength: 12 }).map((requests) => requests.flatMap(([request, count]) => Array.from({ length: count }, () => request)));
}

/** Any request on an object of a kind. */
function requestOf(kind: ModelKind): Arbitrary<ModelRequest> {
  const rarely = <T>(usual: T, ...others: T[]): Arbitrary<T> => fc.oneof({ arbitrary: fc.constant(usual), weight: 12 }, { arbitrary: fc.constantFrom(...others), weight: 1 });
  const claim = rarely<Claim>('none', 'live', 'other');
  const of = (verb: ModelRequest['verb'], subresource: '' | 'status', more: Record<string, Arbitrary<unknown>>): Arbitrary<ModelRequest> => fc.record({
    verb: fc.constant(verb), manager: word, subresource: fc.constant(subresource), uid: claim, version: verb === 'update' ? rarely<Claim>('live', 'other', 'none') : claim, dryRun: rarely(false, true), ...more,
  }, { noNullPrototype: true }) as unknown as Arbitrary<ModelRequest>;
  const door = (subresource: '' | 'status'): { weight: number; arbitrary: Arbitrary<ModelRequest> }[] => [
    { weight: 16, arbitrary: of('apply', subresource, { content: contentOf(kind, subresource), force: fc.boolean() }) },
    { weight: 6, arbitrary: of('update', subresource, { content: contentOf(kind, subresource) }) },
    { weight: 4, arbitrary: of('merge', subresource, { content: patchOf(kind, subresource) }) },
    { weight: 4, arbitrary: of('json', subresource, { steps: stepsOf(kind, subresource) }) },
  ];
  return fc.oneof(
    ...door(''),
    ...((kind.shape as MapShape).fields!['status'] && kind.hasStatus ? door('status').map(({ weight, arbitrary }) => ({ weight: weight / 2, arbitrary })) : []),
    ...(kind.patchKey ? [{ weight: 6, arbitrary: of('strategic', '', { content: patchOf(kind, '') }) }] : []),
    { weight: 4, arbitrary: of('create', '', { content: contentOf(kind, '') }) },
    { weight: 1, arbitrary: of('forget', '', {}) },
    { weight: 1, arbitrary: of('delete', '', {}) },
  );
}
