import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';

import { afterAll, describe, expect, it } from 'vitest';
import { applyDefaults, pruneObject, structuralSchema, validateObject, type JSONSchemaProps } from '@kubewright/api';

import { evaluateRules } from '@kubewright/cel';

import type { Definition } from '../crd/definition.js';
import { generate } from '../generate.js';
import { sampleObject } from '../samples/sample.js';
import { validatorModules } from './validator-module.js';

const folder = mkdtempSync(join(tmpdir(), 'crdgen-validators-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

// Generated modules are read by Node itself, which does not know the sources of this repository.
const shared = Symbol.for('kubewright.test.evaluateRules');
(globalThis as Record<symbol, unknown>)[shared] = evaluateRules;
mkdirSync(join(folder, 'node_modules/@kubewright/cel'), { recursive: true });
writeFileSync(join(folder, 'node_modules/@kubewright/cel/package.json'), '{"type":"module","main":"index.js"}');
writeFileSync(join(folder, 'node_modules/@kubewright/cel/index.js'), "export const evaluateRules = globalThis[Symbol.for('kubewright.test.evaluateRules')];");

type Validate = (value: unknown, old?: unknown) => { field: string; type: string; message: string }[];
type Guard = (value: unknown) => boolean;

const OFFICIAL = new URL('../../../../test/fixtures/prometheus-crds.json.gz', import.meta.url);
const official = JSON.parse(gunzipSync(readFileSync(OFFICIAL)).toString()) as Definition[];

async function load(definition: Definition): Promise<Record<string, Validate & Guard>> {
  const cwd = join(folder, String(count++));
  for (const { path, content } of validatorModules([definition], { folder: 'v', cwd, language: 'js', classes: new Map() })) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), content);
  }
  writeFileSync(join(cwd, 'package.json'), '{"type":"module"}');
  return (await import(/* @vite-ignore */ pathToFileURL(join(cwd, 'v', `${definition.metadata.name}.js`)).href)) as Record<string, Validate & Guard>;
}

/** The fields that the server's own order of things refuses. */
function serverFields(value: unknown, root: JSONSchemaProps, old?: unknown): string[] {
  const schema = structuralSchema(root);
  const [object, before] = [value, old].map((one) => {
    const copy = structuredClone(one);
    if (typeof copy === 'object' && copy !== null && !Array.isArray(copy)) {
      pruneObject(copy, schema);
      applyDefaults(copy, schema);
    }
    return copy;
  });
  const errors = validateObject(object, schema, before === undefined ? {} : { old: before });
  const isBlocked = errors.some((one) => /NotSupported|Required|TooLong|TooMany|TypeInvalid/.test(one.type));
  const rules = isBlocked ? (hasRules(root) ? [{ field: '<nil>' }] : []) : evaluateRules(root, object, before);
  return [...new Set([...errors, ...rules].map((one) => one.field))].sort();
}

function hasRules(schema: JSONSchemaProps): boolean {
  return JSON.stringify(schema).includes('"x-kubernetes-validations":[');
}

/** A small generator of numbers that tests can repeat. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

const JUNK: unknown[] = [null, true, 0, -1, 1.5, 70_000, 3_000_000_000, '', 'x', 'UPPER', '30s', 'https://example.com', '2030-01-01T00:00:00Z', [], {}, [null], [1, 1], ['a', 'a'], { name: 'x' }, 'y'.repeat(300)];

/** Changes one place inside of a value. */
function mutate(value: unknown, next: (below: number) => number): unknown {
  if (Array.isArray(value) && value.length > 0 && next(4) > 0) {
    const copy = [...(value as unknown[])];
    const at = next(copy.length);
    if (next(5) === 0) copy.push(structuredClone(copy[at]));
    else copy[at] = mutate(copy[at], next);
    return copy;
  }
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0 && next(8) > 0) {
    const keys = Object.keys(value);
    const key = keys[next(keys.length)] ?? '';
    const { [key]: child, ...rest } = value as Record<string, unknown>;
    return next(8) === 0 ? rest : { ...rest, [key]: mutate(child, next) };
  }
  return structuredClone(JUNK[next(JUNK.length)]);
}

describe('a generated validator', () => {
  it.each(official.map((one) => [one.spec.names.kind, one] as const))('names the fields of %s that the server names', async (kind, definition) => {
    const validators = await load(definition);
    const validate = validators[`validate${kind}`]!;
    const [version] = definition.spec.versions;
    const root = version!.schema.openAPIV3Schema;
    const sample = sampleObject(definition, version!, 'full');
    const next = random(kind.length);
    for (let round = 0; round < 40; round++) {
      let spec = mutate(sample.spec, next);
      if (round % 3 === 0) spec = mutate(spec, next);
      const value = { ...sample, spec };
      const ours = [...new Set(validate(value).map((one) => one.field))].sort();
      expect(ours, JSON.stringify(spec).slice(0, 2000)).toEqual(serverFields(value, root));
    }
  });

  const CASES: [string, JSONSchemaProps, unknown, string[]][] = [
    ['formats', { type: 'object', properties: { a: { type: 'string', format: 'uuid' }, b: { type: 'string', format: 'unknown' } } }, { a: 'x', b: 'x' }, ['spec.a']],
    ['fields with a default', { type: 'object', properties: { a: { type: 'string', default: 'x' } }, required: ['a'] }, {}, []],
    ['null that counts as absent', { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }, { a: null }, ['spec.a']],
    ['null that is allowed', { type: 'object', properties: { a: { type: 'string', nullable: true } }, required: ['a'] }, { a: null }, []],
    ['sets', { type: 'object', properties: { a: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' } } }, { a: ['x', 'y', 'x'] }, ['spec.a[2]']],
    ['values of maps', { type: 'object', additionalProperties: { type: 'integer', minimum: 3 } }, { 'a.b': 1 }, ['spec.a.b']],
    ['alternatives', { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } }, oneOf: [{ required: ['a'] }, { required: ['b'] }] }, { a: 'x', b: 'x' }, ['<nil>']],
    ['embedded objects', { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true }, { kind: 'Pod' }, ['spec.apiVersion']],
    ['numbers or texts', { type: 'object', properties: { a: { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true } } }, { a: true }, ['<nil>', 'spec.a']],
    ['patterns of Go', { type: 'object', properties: { a: { type: 'string', pattern: '^(?i)(abort|warn)?$' } } }, { a: 'ABORT' }, []],
  ];

  it.each(CASES)('knows %s', async (_name, spec, value, fields) => {
    const root: JSONSchemaProps = { type: 'object', properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' }, spec } };
    const definition = {
      metadata: { name: 'things.demo.example.com' },
      spec: { group: 'demo.example.com', names: { kind: 'Thing', plural: 'things' }, scope: 'Namespaced', versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: root } }] },
    } as unknown as Definition;
    const { validateThing, isThing } = await load(definition);
    const object = { apiVersion: 'demo.example.com/v1', kind: 'Thing', spec: value };
    expect([...new Set(validateThing!(object).map((one) => one.field))].sort()).toEqual(fields);
    expect(serverFields(object, root)).toEqual(fields);
    expect(isThing!(object)).toBe(fields.length === 0);
    expect(isThing!({ ...object, kind: 'Other' })).toBe(false);
  });
});

describe('rules in a generated validator', () => {
  const text: JSONSchemaProps = { type: 'string', maxLength: 40 };
  const rule = (one: string, more: object = {}) => [{ rule: one, ...more }];
  const spec: JSONSchemaProps = {
    type: 'object',
    properties: {
      size: { type: 'integer', default: 1 },
      least: { type: 'integer' },
      name: { ...text, 'x-kubernetes-validations': rule('self == oldSelf', { message: 'field is immutable' }) },
      tags: { type: 'array', maxItems: 5, items: text, 'x-kubernetes-list-type': 'set' },
      ports: {
        type: 'array',
        maxItems: 5,
        items: { type: 'object', required: ['n'], properties: { n: text, v: { type: 'integer', 'x-kubernetes-validations': rule('self >= oldSelf', { message: 'shrank' }) } } },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['n'],
      },
      namespace: { ...text, 'x-kubernetes-validations': rule('self.matches("^[a-z]+$")', { messageExpression: '"not " + self', reason: 'FieldValueForbidden' }) },
      bag: { type: 'object', maxProperties: 5, additionalProperties: { type: 'string', nullable: true, 'x-kubernetes-validations': rule('self != "no"') } },
      mixed: { anyOf: [{ type: 'integer' }, { type: 'string' }], maxLength: 9, 'x-kubernetes-int-or-string': true, 'x-kubernetes-validations': rule('type(self) == int || self.endsWith("%")') },
    },
    'x-kubernetes-validations': [
      { rule: '!has(self.least) || self.least <= self.size', message: 'least is over size', fieldPath: '.least' },
      { rule: 'self.namespace != "kube" || self.tags == ["b", "a"]' },
    ],
  };
  const root: JSONSchemaProps = {
    type: 'object',
    properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' }, spec },
    'x-kubernetes-validations': rule('self.metadata.name != "taken"', { message: 'the name is taken' }),
  };
  const definition = {
    metadata: { name: 'things.demo.example.com' },
    spec: { group: 'demo.example.com', names: { kind: 'Thing', plural: 'things' }, scope: 'Namespaced', versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: root } }] },
  } as unknown as Definition;
  const object = (content: object, name = 'a') => ({ apiVersion: 'demo.example.com/v1', kind: 'Thing', metadata: { name }, spec: { namespace: 'x', ...content } });

  it.each<[string, object, object | undefined, string[]]>([
    ['see defaults', object({ least: 2 }), undefined, ['spec.least: Invalid value: least is over size']],
    ['see null as absent', object({ least: 2, size: null }), undefined, ['spec.least: Invalid value: least is over size']],
    ['say what they are told to say', object({ namespace: 'X-1' }), undefined, ['spec.namespace: Forbidden: not X-1']],
    ['hold in maps, but not for null', object({ bag: { a: 'no', b: null, c: 'yes' } }), undefined, ['spec.bag[a]: Invalid value: "no": failed rule: self != "no"']],
    ['know numbers that may be texts', object({ mixed: '5' }), undefined, ['spec.mixed: Invalid value: "5": failed rule: type(self) == int || self.endsWith("%")']],
    ['compare sets in any order', object({ namespace: 'kube', tags: ['a', 'b'] }), undefined, []],
    ['know the name of the object', object({}, 'taken'), undefined, ['<nil>: Invalid value: the name is taken']],
    ['are silent about changes on create', object({ name: 'b' }), undefined, []],
    ['compare with the old value', object({ name: 'b' }), object({ name: 'a' }), ['spec.name: Invalid value: "b": field is immutable']],
    ['find old items by their keys', object({ ports: [{ n: 'z', v: 1 }, { n: 'y', v: 1 }] }), object({ ports: [{ n: 'y', v: 2 }] }), ['spec.ports[1].v: Invalid value: 1: shrank']],
    ['let pass what was wrong before', object({ namespace: 'X-1', least: 3 }), object({ namespace: 'X-1' }), ['spec.least: Invalid value: least is over size']],
    ['are not run over a wrong shape', object({ least: 'x', namespace: 'X-1' }), undefined, ['<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation', 'spec.least: must be of type integer, not string']],
  ])('%s', async (_name, value, old, wanted) => {
    const { validateThing } = await load(definition);
    const problems = validateThing!(value, old);
    expect(problems.map((one) => `${one.field}: ${one.message}`).sort()).toEqual(wanted);
    expect([...new Set(problems.map((one) => one.field))].sort()).toEqual(serverFields(value, root, old));
  });
});

describe('modules with validators', () => {
  it('import the classes that they guard, and keep map keys in apply types', () => {
    const cwd = join(folder, 'project');
    mkdirSync(join(cwd, 'src/api'), { recursive: true });
    writeFileSync(
      join(cwd, 'src/api/widget.ts'),
      `import { CustomResource, type MapList } from '@kubewright/api';
       export interface Port { name: string; port?: 1 | 2 }
       @CustomResource({ group: 'demo.example.com', version: 'v1' }) export class Widget { spec!: { ports: MapList<Port, 'name'>; mode: 'a' | 'b' } }`,
    );
    const { files, diagnostics } = generate({ cwd, entries: ['src/api/*.ts'], validators: 'src/generated/validators', samples: 'config/samples', docs: 'docs' });
    expect(diagnostics).toEqual([]);
    const content = (path: string) => files.find((file) => file.path === path)?.content ?? '';
    const module = content('src/generated/validators/widgets.demo.example.com.ts');
    expect(module).toContain("import type { Widget as WidgetObject } from '../../api/widget.js';");
    expect(module).toContain('export function isWidget(value: unknown): value is WidgetObject &');
    expect(module).toContain('ports?: {\n      name: string;\n      port?: 1 | 2;\n    }[];');
    expect(module).not.toContain('@kubewright');
    expect(content('src/generated/validators/validation.ts')).not.toContain('import');
    expect(content('config/samples/demo.example.com_v1_widget.yaml')).toContain('spec:\n  mode: a\n  ports: []\n');
    expect(content('config/samples/demo.example.com_v1_widget_full.yaml')).toContain('  ports:\n  - name: name\n    port: 1\n');
    expect(content('docs/widgets.demo.example.com.md')).toContain('# Widget');
  });
});
