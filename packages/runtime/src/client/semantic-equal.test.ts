import { expect, it } from 'vitest';

import { semanticEqual } from './semantic-equal.js';

const spec = (value: unknown) => ({ spec: { containers: [{ resources: { requests: { cpu: value } } }] } });

it.each<[string, unknown, unknown, boolean]>([
  ['quantities by amount', spec('1000m'), spec('1'), true],
  ['quantities by amount, as numbers', spec(1), spec('1000m'), true],
  ['quantities of other amounts', spec('1'), spec('1001m'), false],
  ['what is no quantity by its text', { data: { cpu: '1000m' } }, { data: { cpu: '1' } }, false],
  ['labels by their text', { metadata: { labels: { limits: '1.0' } } }, { metadata: { labels: { limits: '1' } } }, false],
  ['data of that name by its text', { data: { limits: { a: '1.0' } } }, { data: { limits: { a: '1' } } }, false],
  ['the size of a volume', { emptyDir: { sizeLimit: '1Gi' } }, { emptyDir: { sizeLimit: '1024Mi' } }, true],
  ['a target of metrics', { metrics: [{ resource: { target: { value: '1' } } }] }, { metrics: [{ resource: { target: { value: '1000m' } } }] }, true],
  ['an environment value by its text', { env: [{ value: '1' }] }, { env: [{ value: '1000m' }] }, false],
  ['nothing, null, empty lists and empty maps', { a: null, b: [], metadata: { labels: {} }, resources: { limits: {} }, e: undefined }, { metadata: {}, resources: {} }, true],
  ['empty objects that say something', { volumes: [{ name: 'x', emptyDir: {} }] }, { volumes: [{ name: 'x' }] }, false],
  ['a selector of all and none', { namespaceSelector: {} }, {}, false],
  ['zero and nothing', { a: 0 }, {}, false],
  ['an empty text and nothing', { a: '' }, {}, false],
  ['lists in order', { a: ['x', 'y'] }, { a: ['y', 'x'] }, false],
  ['empty members of lists', { a: [{}, 'x'] }, { a: ['x'] }, false],
  ['keys in any order', { a: 1, b: 2 }, { b: 2, a: 1 }, true],
  ['times as instants', { lastTransitionTime: '2026-01-01T00:00:00Z' }, { lastTransitionTime: '2026-01-01T01:00:00.000+01:00' }, true],
  ['microseconds', { renewTime: '2026-01-01T00:00:00.000001Z' }, { renewTime: '2026-01-01T00:00:00.000002Z' }, false],
  ['times elsewhere by their text', { data: { x: '2026-01-01T00:00:00Z' } }, { data: { x: '2026-01-01T00:00:00.000Z' } }, false],
  ['large integers', { a: 5n }, { a: 5 }, true],
  ['large integers that differ', { a: 9007199254740993n }, { a: 9007199254740992 }, false],
  ['texts and numbers', { a: '1' }, { a: 1 }, false],
])('compares %s', (_what, a, b, expected) => {
  expect([semanticEqual(a, b), semanticEqual(b, a)]).toEqual([expected, expected]);
});

it('takes a word on what is a quantity', () => {
  const isQuantity = (path: readonly string[]) => path.join('.') === 'spec.memory';
  expect(semanticEqual({ spec: { memory: '1Gi' } }, { spec: { memory: '1024Mi' } }, { isQuantity })).toBe(true);
  expect(semanticEqual({ spec: { memory: '1Gi' } }, { spec: { memory: '1024Mi' } })).toBe(false);
});
