import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { schemaOf } from './schema-of.js';

const folder = mkdtempSync(join(tmpdir(), 'crdgen-forms-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

function read(source: string) {
  const file = join(folder, `${count++}.ts`);
  writeFileSync(file, `import { type Int, type Int32, type JSONObject, Min, Rule } from '@kubewright/api';\n${source}`);
  return schemaOf(file, 'Spec');
}

const member = (text: string, declarations = ''): unknown => {
  const { schema, diagnostics } = read(`${declarations}\nexport class Spec { p?${text} }`.replace('p?=', 'p ='));
  return schema?.properties?.p ?? diagnostics.map((one) => one.code);
};

describe('less usual forms of types', () => {
  const text = { type: 'string' };
  const int32 = { type: 'integer', format: 'int32' };
  it.each<[string, unknown, string?]>([
    [': [...[string, string], string]', { type: 'array', items: text, minItems: 3, maxItems: 3 }],
    [': [string, ...[string, string?]]', { type: 'array', items: text, minItems: 2, maxItems: 3 }],
    [': [...string[]]', { type: 'array', items: text }],
    [': F', { type: 'integer', enum: [0, 1, 2, 3, -1, 6, 8] }, 'enum F { N, A = 1 << 0, B = 1 << 1, AB = A | B, Not = ~0, Sum = (A + B) * 2, Next = Sum + B }'],
    [': T', text, "type T = string & { readonly __brand: 'T' };"],
    [': T', int32, 'declare const brand: unique symbol; type T = Int32 & { [brand]: 1 };'],
    [": 'x' | (string & Record<never, never>)", text],
    [': (typeof B)[number]', { type: 'string', enum: ['x', 'y', 'z'] }, "const A = ['x', 'y'] as const; const B = [...A, 'z'] as const;"],
    [': (typeof A)[1]', { type: 'string', enum: ['y'] }, "const A = ['x', 'y'] as const;"],
    ['= Mode.Fast', { type: 'string', enum: ['fast', 'slow'], default: 'fast' }, "enum Mode { Fast = 'fast', Slow = 'slow' }"],
    ['= <Int32>5', { ...int32, default: 5 }],
    [': Function', ['KW1002']],
    [': { a: string } & { readonly __brand: 1 }', { type: 'object', properties: { a: text }, required: ['a'] }],
  ])('p%s', (type, wanted, declarations) => {
    expect(member(type, declarations)).toEqual(wanted);
  });

  it('take a type of a tag in the braces of JSDoc, and JSON from the line after the tag', () => {
    const { schema, diagnostics } = read(`export interface Spec {
  /** @type {string} */
  a?: { b: string };
  /**
   * Text.
   * @default
   * {"x": 1,
   *  "y": 2}
   * More.
   */
  c?: { x: Int; y: Int };
  /** @default
   * words */
  d?: string;
}`);
    expect(diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
    expect(schema?.properties).toEqual({
      a: { type: 'string' },
      c: { type: 'object', description: 'Text.\nMore.', properties: { x: { type: 'integer' }, y: { type: 'integer' } }, required: ['x', 'y'], default: { x: 1, y: 2 } },
      d: { type: 'string', description: 'words', default: '' },
    });
  });

  it('tell when two tags share a line', () => {
    expect(read('export interface Spec { /** @minimum 1 @maximum 5 */ a?: Int32 }').diagnostics[0]).toMatchObject({ code: 'KW1103', hint: 'put each tag on a line of its own' });
  });
});
