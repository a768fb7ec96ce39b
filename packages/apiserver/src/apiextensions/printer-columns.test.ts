import { describe, expect, it } from 'vitest';

import type { KubeObject } from '@kubewright/api';

import { parseJsonPath } from './json-path.js';
import { printerColumns, selectableFieldsOf } from './printer-columns.js';

const NOW = Date.UTC(2026, 0, 1);
const object = (spec: unknown, status?: unknown): KubeObject => ({ metadata: { name: 'a', creationTimestamp: '2025-12-31T23:00:00Z', labels: { app: 'demo' } }, spec, ...(status !== undefined && { status }) }) as unknown as KubeObject;
const cell = (type: string, jsonPath: string, value: KubeObject): unknown => printerColumns([{ name: 'C', type, jsonPath }]).cells(value, NOW)[1];

describe('printerColumns', () => {
  it('shows name and age where a definition has no columns', () => {
    const table = printerColumns(undefined);
    expect(table.columns.map(({ name, type, format }) => [name, type, format])).toEqual([['Name', 'string', 'name'], ['Age', 'date', '']]);
    expect(table.cells(object({}), NOW)).toEqual(['a', '60m']);
  });

  it('describes a column by its path unless it says more', () => {
    const { columns } = printerColumns([{ name: 'A', type: 'string', jsonPath: '.spec.a', priority: 1 }, { name: 'B', type: 'date', jsonPath: '.spec.b', description: 'some day' }]);
    expect(columns.slice(1)).toEqual([
      { name: 'A', type: 'string', format: '', priority: 1, description: 'Custom resource definition column (in JSONPath format): .spec.a' },
      { name: 'B', type: 'date', format: '', priority: 0, description: 'some day' },
    ]);
  });

  it.each<[type: string, value: unknown, shown: unknown]>([
    ['string', 'text', 'text'], ['string', 5, '5'], ['string', { z: 1, a: [true, null] }, '{"a":[true,null],"z":1}'], ['string', null, '<no value>'],
    ['integer', 5, 5], ['integer', 1.7, 1], ['integer', 'x', null], ['integer', null, null],
    ['number', 1.5, 1.5], ['number', 3, 3], ['number', 'y', null],
    ['boolean', false, false], ['boolean', 1, null],
    ['date', '2999-01-01T00:00:00Z', '<invalid>'], ['date', 'w', '<invalid>'], ['date', '', '<unknown>'], ['date', 5, null], ['date', '2025-12-30T00:00:00Z', '2d'],
  ])('shows in a column of type %s the value %j as %j', (type, value, shown) => {
    expect(cell(type, '.spec.v', object({ v: value }))).toEqual(shown);
  });

  const full = object(
    { l: [{ n: 'x', t: 'a', v: 1 }, { n: 'y', t: 'b', v: 2 }], m: { 'a.b/c': 'dotted', q: 'quoted' } },
    { conditions: [{ type: 'Other', status: 'False' }, { type: 'Ready', status: 'True' }] },
  );

  it.each<[path: string, shown: unknown]>([
    ['.spec.l[0].n', 'x'], ['.spec.l[-1].n', 'y'], ['.spec.l[*].n', 'x'], ['.spec.l[1:2].n', 'y'], ['.spec.l[?(@.t=="b")].n', 'y'], ["..n", 'x'],
    [".spec.m['q']", 'quoted'], [".spec.m['a.b/c']", null], ['.spec.m.a\\.b/c', 'dotted'],
    ['.status.conditions[?(@.type==\'Ready\')].status', 'True'], ['.status.conditions[?(@.type == "Ready")].status', 'True'], ['.status.conditions[?(@.type=="Gone")].status', null],
    ['.spec.l[?(@.v>1)].n', 'y'], ['.spec.l[?(@.v<=1)].n', 'x'], ['.spec.l[?(@.t!="a")].n', 'y'], ['.spec.l[?(@.t)].n', 'x'],
    ['.metadata.labels.app', 'demo'], ['.spec.missing.deep', null], ['.spec.l[7].n', null], ['.spec.m[0]', null],
  ])('follows %s', (path, shown) => {
    expect(cell('string', path, full)).toEqual(shown);
  });

  it('leaves out columns from the first bad path on', () => {
    expect(printerColumns([{ name: 'A', type: 'string', jsonPath: '.a' }, { name: 'B', type: 'string', jsonPath: '.b[' }]).columns.map(({ name }) => name)).toEqual(['Name', 'A']);
    expect(parseJsonPath('.b[')).toBe('unterminated array');
  });
});

describe('selectableFieldsOf', () => {
  it('gives values as texts, missing ones as nothing', () => {
    const fields = selectableFieldsOf([{ jsonPath: '.spec.color' }, { jsonPath: '.spec.n' }, { jsonPath: '.spec.b' }]);
    const value = object({ color: 'red', n: 1, b: true });
    expect(Object.entries(fields).map(([name, read]) => [name, read(value), read(object({}))])).toEqual([['spec.color', 'red', ''], ['spec.n', '1', ''], ['spec.b', 'true', '']]);
  });
});
