import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { schemaOf, type SchemaOfOptions } from './schema-of.js';

const folder = mkdtempSync(join(tmpdir(), 'crdgen-types-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

const HELPERS =
  "import { Int32, Int64, Min, Max, MinLength, MaxLength, Pattern, Format, OneOf, SetList, MapList, Opaque, Rule, ExactlyOneOf, ObjectMeta, EmbeddedObjectMeta, Condition, Double } from '@kubewright/api';\n";

/** The schema of `Spec` and the codes of what was found, from a file with all helpers imported. */
function read(text: string, options: SchemaOfOptions = {}, others: Record<string, string> = {}) {
  const root = join(folder, String(count++));
  for (const [path, source] of Object.entries({ 'spec.ts': HELPERS + text, ...others })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), source);
  }
  const result = schemaOf('spec.ts', 'Spec', { cwd: root, ...options });
  return {
    schema: result.schema,
    codes: result.diagnostics.map((one) => one.code),
    messages: result.diagnostics.map((one) => one.message).join('\n'),
  };
}

/** The schema of one property. */
const property = (type: string, declarations = '') => read(`${declarations}\nexport interface Spec { p?: ${type} }`).schema?.properties?.p;

describe('computed types', () => {
  const BASE = 'interface Base { /** About a. */ a: string; /** @minimum 1 */ n?: Int32 }';
  const a = { type: 'string', description: 'About a.' };
  const n = { type: 'integer', format: 'int32', minimum: 1 };
  it.each<[string, unknown, string?]>([
    ["Pick<Base, 'a'>", { type: 'object', properties: { a }, required: ['a'] }],
    ["Omit<Base, 'a'>", { type: 'object', properties: { n } }],
    ['Partial<Base>', { type: 'object', properties: { a, n } }],
    ['Required<Base>', { type: 'object', properties: { a, n }, required: ['a', 'n'] }],
    ['Readonly<Base>', { type: 'object', properties: { a, n }, required: ['a'] }],
    [
      "Record<'x' | 'y', Double>",
      { type: 'object', properties: { x: { type: 'number', format: 'double' }, y: { type: 'number', format: 'double' } }, required: ['x', 'y'] },
    ],
    ['{ [K in keyof Base]?: Base[K] }', { type: 'object', properties: { a, n } }],
    ['{ [K in keyof Base as `x${Capitalize<K>}`]-?: Base[K] }', { type: 'object', properties: { xA: a, xN: n }, required: ['xA', 'xN'] }],
    ['keyof Base', { type: 'string', enum: ['a', 'n'] }],
    ["Base['n']", { type: 'integer', format: 'int32' }],
    ['Mode', { type: 'string', enum: ['a', 'b'] }, "const Mode = { A: 'a', B: 'b' } as const; type Mode = (typeof Mode)[keyof typeof Mode];"],
    ['NonNullable<string | null | undefined>', { type: 'string' }],
    ["Extract<'a' | 'b' | 'c', 'c' | 'a'>", { type: 'string', enum: ['a', 'c'] }],
    ['Pair<string>', { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 2 }, 'type Pair<T> = [T, T];'],
    ['Item<Double[]>', { type: 'number', format: 'double' }, 'type Item<T> = T extends (infer U)[] ? U : never;'],
    ['If<string>', { type: 'boolean' }, 'type If<T> = T extends string ? boolean : string;'],
    ['ReturnType<() => { r: string }>', { type: 'object', properties: { r: { type: 'string' } }, required: ['r'] }],
    [
      'Box<Box<boolean>>',
      { type: 'object', properties: { v: { type: 'object', properties: { v: { type: 'boolean' } }, required: ['v'] } }, required: ['v'] },
      'interface Box<T> { v: T }',
    ],
    ["`${'a' | 'b'}-${1 | 2}`", { type: 'string', enum: ['a-1', 'a-2', 'b-1', 'b-2'] }],
    ['Int64 & Min<0> & Max<10>', { type: 'integer', format: 'int64', minimum: 0, maximum: 10 }],
    ["Pattern<'^a'> & MaxLength<3> & MinLength<1>", { type: 'string', pattern: '^a', maxLength: 3, minLength: 1 }],
    ["Pattern<'^a'> & Pattern<'b$'>", { type: 'string', allOf: [{ pattern: '^a' }, { pattern: 'b$' }] }],
    [
      'OneOf<{ a: string; b: string }>',
      {
        type: 'object',
        properties: { a: { type: 'string' }, b: { type: 'string' } },
        'x-kubernetes-validations': [{ rule: '(has(self.a)?1:0)+(has(self.b)?1:0) == 1', message: 'exactly one of the fields in [a b] must be set' }],
      },
    ],
    [
      "'a' | 'b' | null",
      { type: 'string', nullable: true, 'x-kubernetes-validations': [{ rule: "self in ['a', 'b']", message: 'must be one of [a b]' }] },
    ],
  ])('%s', (type, wanted, declarations = '') => {
    expect(property(type, `${BASE} ${declarations}`)).toEqual(wanted);
  });
});

describe('classes', () => {
  it('take defaults from initialisers, rules from decorators and nothing from methods', () => {
    const { schema, codes } = read(`
      @Rule('self.a > 0', 'base') class Base { a: Int32 = 1 }
      enum Color { Red = 'red', Blue = 'blue' }
      @ExactlyOneOf('x', 'y') @Rule('true')
      export class Spec extends Base {
        static s = 1; #p = 2; get g() { return 1 } m() {} /** @ignore */ z?: Map<string, string>;
        color: Color = Color.Blue; text = 'x'; list: string[] = ['a']; nothing: string | null = null; x?: string; y?: string;
      }`);
    expect(codes).toEqual([]);
    expect(schema).toEqual({
      type: 'object',
      properties: {
        a: { type: 'integer', format: 'int32', default: 1 },
        color: { type: 'string', enum: ['red', 'blue'], default: 'blue' },
        text: { type: 'string', default: 'x' },
        list: { type: 'array', items: { type: 'string' }, default: ['a'] },
        nothing: { type: 'string', nullable: true },
        x: { type: 'string' },
        y: { type: 'string' },
      },
      'x-kubernetes-validations': [
        { rule: 'true' },
        { rule: '(has(self.x)?1:0)+(has(self.y)?1:0) == 1', message: 'exactly one of the fields in [x y] must be set' },
        { rule: 'self.a > 0', message: 'base' },
      ],
    });
  });
});

describe('names', () => {
  it('are followed through barrels, namespaces, default exports and import types', () => {
    const types =
      '/** Inner. */ export interface Inner { n?: string } export namespace NS { export interface Deep { z: string } } export default interface Def { q: string }';
    const { schema, codes } = read(
      "import { Renamed, all } from './lib/index.js'; import * as L from './lib/types.js'; import Def from './lib/types.js';\nexport interface Spec { a?: Renamed; b?: all.Inner; c?: L.NS.Deep; d?: Def; e?: import('./lib/types.js').Inner }",
      {},
      { 'lib/types.ts': types, 'lib/index.ts': "export { Inner as Renamed } from './types.js'; export * as all from './types.js';" },
    );
    const inner = { type: 'object', properties: { n: { type: 'string' } }, description: 'Inner.' };
    expect(codes).toEqual([]);
    expect(schema?.properties).toMatchObject({ a: inner, b: inner, c: { required: ['z'] }, d: { required: ['q'] }, e: inner });
  });

  it('of the user come before helpers of the same name', () => {
    expect(property('Duration', '/** @pattern ^x$ */ type Duration = string;')).toEqual({ type: 'string', pattern: '^x$' });
  });
});

describe('built-in types', () => {
  const K =
    "import type { Container, PodTemplateSpec, SecretKeySelector, ServicePort } from '@kubewright/api/core/v1'; import { V1LocalObjectReference } from '@kubernetes/client-node';";
  it('come with defaults, list types and map keys', () => {
    const container = property('Container', K);
    expect(container?.properties?.ports).toMatchObject({
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['containerPort', 'protocol'],
      items: { properties: { protocol: { default: 'TCP' } } },
    });
    expect(property('SecretKeySelector', K)).toEqual({
      type: 'object',
      properties: { key: { type: 'string' }, name: { type: 'string', default: '' }, optional: { type: 'boolean' } },
      required: ['key'],
      'x-kubernetes-map-type': 'atomic',
    });
    expect(property('V1LocalObjectReference', K)).toMatchObject({ 'x-kubernetes-map-type': 'atomic' });
  });

  it('are there beyond those that were measured, and can be cut', () => {
    expect(property('PodTemplateSpec', K)?.properties?.spec?.properties?.containers).toMatchObject({ 'x-kubernetes-list-map-keys': ['name'] });
    expect(property("Pick<ServicePort, 'protocol' | 'port'>", K)).toEqual({
      type: 'object',
      properties: { port: { type: 'integer', format: 'int32' }, protocol: { type: 'string', default: 'TCP' } },
      required: ['port'],
    });
  });

  it('of metadata are pruned when they are nested, and that is said', () => {
    expect(read('export interface Spec { m?: ObjectMeta }')).toMatchObject({ codes: ['KW2201'], schema: { properties: { m: { type: 'object' } } } });
    const five = ['annotations', 'finalizers', 'labels', 'name', 'namespace'];
    expect(
      Object.keys(read('export interface Spec { m?: ObjectMeta }', { embeddedObjectMeta: true }).schema?.properties?.m?.properties ?? {}),
    ).toEqual(five);
    expect(Object.keys(property('EmbeddedObjectMeta')?.properties ?? {})).toEqual(five);
  });
});

describe('what has no schema', () => {
  it.each([
    ['number', 'KW1003', 'Int32'],
    ['Min<3>', 'KW1003', 'Int32'],
    ['string | number', 'KW1009', 'IntOrString'],
    ["{ kind: 'a'; v: string } | { kind: 'b'; v: Int32 }", 'KW1009', 'property v'],
    ['string | { a: string }', 'KW1009', 'no single type'],
    ['null', 'KW1015', 'null'],
    ['Date', 'KW1005', 'use Time'],
    ['Uint8Array', 'KW1012', 'Bytes'],
    ['{ [k: string]: string; a: string }', 'KW1006', 'mutually exclusive'],
    ["MapList<{ a: string }, 'zz'>", 'KW1301', 'zz'],
    ['Nowhere', 'KW1000', 'Nowhere'],
    ["'a' | 1", 'KW1009', 'mixes types'],
    ['Recursive', 'KW1001', 'Recursive -> Other -> Recursive'],
    ['Hidden', 'KW1014', 'private'],
    ['Mixed', 'KW1013', 'mixes'],
    ['Generic', 'KW1011', 'T'],
    ['{ run(): void }', 'KW1008', 'function'],
  ])('%s is %s', (type, code, text) => {
    const declarations =
      "interface Recursive { o?: Other } interface Other { r?: Recursive[] } class Hidden { private x?: string } enum Mixed { A = 'a', B = 1 } interface Generic<T> { v: T }";
    const { codes, messages, schema } = read(`${declarations}\nexport interface Spec { p?: ${type} }`);
    expect(codes).toEqual([code]);
    expect(messages).toContain(text);
    expect(schema).toBeUndefined();
  });

  it('may pass where that is asked for', () => {
    expect(read('export interface Spec { p?: number }', { allowDangerousTypes: true }).schema?.properties?.p).toEqual({ type: 'number' });
    expect(read('interface Tree { /** @maxDepth 2 */ kids?: Tree[] }\nexport interface Spec { t?: Tree }').schema?.properties?.t).toEqual({
      type: 'object',
      properties: {
        kids: {
          type: 'array',
          items: { type: 'object', properties: { kids: { type: 'array', items: { 'x-kubernetes-preserve-unknown-fields': true } } } },
        },
      },
    });
  });

  it('is said of a file or type that is not there', () => {
    expect(schemaOf('nowhere.ts', 'Spec', { cwd: folder }).diagnostics).toMatchObject([
      { code: 'KW1000', message: expect.stringContaining('does not exist') as string },
    ]);
    expect(read('export interface Other {}')).toMatchObject({ codes: ['KW1000'], messages: expect.stringContaining('no type Spec') as string });
  });

  it('is found in a project whose tsconfig this compiler does not understand', () => {
    const tsconfig =
      '{ "extends": "./nowhere.json", "compilerOptions": { "someOptionOfTheFuture": "x", "target": "es2099", "module": "nodenext" }, }';
    expect(read('export interface Spec { p?: string }', {}, { 'tsconfig.json': tsconfig }).codes).toEqual([]);
  });
});

describe('rules', () => {
  it.each([
    ['/** @validation {"rule": "self == oldSelf"} */ p?: string;', undefined],
    ['l?: { /** @validation {"rule": "self == oldSelf"} */ p?: string }[];', 'KW1404'],
    ['/** @validation {"rule": "true", "optionalOldSelf": true} */ p?: string;', 'KW1404'],
    ['/** @validation {"rule": "true", "message": "a\\nb"} */ p?: string;', 'KW1405'],
    ['/** @validation {"rule": "true", "reason": "Because"} */ p?: string;', 'KW1405'],
    ['/** @validation {"rule": "true", "fieldPath": ".q"} */ p?: { a?: string };', 'KW1405'],
    ['/** @validation {"rule": "true", "mesage": "x"} */ p?: string;', 'KW1103'],
  ])('%s', (member, code) => {
    expect(read(`export interface Spec { ${member} }`).codes).toEqual(code ? [code] : []);
  });

  it('of the one-of family name optional members', () => {
    expect(read("@ExactlyOneOf('a', 'bb') export class Spec { a!: string; b?: string }").messages).toContain('a is required');
    expect(read("@ExactlyOneOf('bb') export class Spec { bbb?: string }").messages).toContain('did you mean bbb');
  });
});
