import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { ApiError, type GeneratedDefinition, type KubeObject, type ResourceKind } from '@kubewright/api';
import { evaluateRules } from '@kubewright/cel';
import { formatDiagnostics, generate } from '@kubewright/crdgen';
import { TestCluster } from '@kubewright/testing';
import fc from 'fast-check';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';

import { mutated, randomSpec, type Extent, type RandomType } from './random-type.js';

/** `seed,types,values`: a larger run, or one run again. */
const [seed = 7, types = 16, values = 8] = (process.env['KUBEWRIGHT_AGREEMENT'] ?? '').split(',').filter(Boolean).map(Number);

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'kubewright-agreement-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Generated modules are read by Node itself, which does not know the sources of this repository.
(globalThis as Record<symbol, unknown>)[Symbol.for('kubewright.test.evaluateRules')] = evaluateRules;
write('package.json', '{"type":"module"}');
write('node_modules/@kubewright/cel/package.json', '{"type":"module","main":"index.js"}');
write('node_modules/@kubewright/cel/index.js', "export const evaluateRules = globalThis[Symbol.for('kubewright.test.evaluateRules')];");

const HELPERS = 'Bytes, Double, Int, Int32, Int64, IntOrString, MapList, MicroTime, Quantity, SetList, Time';
const JUNK = [null, true, 0, -1, 1.5, 70_000, 3_000_000_000, '', 'x', 'UPPER', '30s', [], {}, [null], [1, 1], ['a', 'a'], { name: 'x' }, { kind: 'left' }];
/** Without what the server repairs and the type checker refuses: null, unknown members; and without fractions, which it can not see. */
const PLAIN_JUNK = [true, false, 0, 5, 'x', '', '30s', [], {}, [5], ['x'], [true]];

describe.each<[string, Extent, readonly unknown[]]>([
  ['types with bounds and rules', { isPlain: false, depth: 3, isCorrelatable: true }, JUNK],
  ['types alone', { isPlain: true, depth: 3, isCorrelatable: true }, PLAIN_JUNK],
])('of %s', (name, extent, junk) => {
  it('the generated validator and the server refuse the same objects, and name the same fields', async () => {
    const kinds = generateKinds(`v${extent.isPlain ? 1 : 2}`, extent, junk);
    await using cluster = await TestCluster.start({ controllers: 'none', nodes: 0, definitions: kinds.map((one) => one.definition as unknown as KubeObject) });
    const differences: string[] = [];
    let [taken, refused] = [0, 0];
    for (const kind of kinds) {
      const validate = await validatorOf(kind);
      let stored: KubeObject | undefined;
      for (const spec of kind.values) {
        const named = (name: string) => ({ apiVersion: 'agree.example.com/v1', kind: kind.name, metadata: { name, namespace: 'default' }, spec });
        const object = named('new');
        const compare = (server: string[], old?: unknown) => {
          const ours = [...new Set(validate(object, old).map((one) => one.field))].sort();
          if (ours.length > 0) refused++;
          else taken++;
          if (JSON.stringify(ours) !== JSON.stringify(server))
            differences.push(`${kind.source}\n${JSON.stringify(object.spec)}${old === undefined ? '' : `\nwas ${JSON.stringify((old as { spec: unknown }).spec)}`}\n  validator: ${JSON.stringify(validate(object, old))}\n  server: ${JSON.stringify(server)}`);
        };
        compare(await refusalOf(cluster.client.create(kind.resource, object, { dryRun: true })));
        if (stored) compare(await refusalOf(cluster.client.update(kind.resource, { ...named('kept'), metadata: { ...stored.metadata } }, { dryRun: true })), stored);
        else if (validate(object).length === 0) stored = await cluster.client.create(kind.resource, named('kept'));
      }
    }
    expect(differences.slice(0, 3).join('\n\n'), name).toBe('');
    // A test that never takes or never refuses shows nothing.
    expect(Math.min(taken, refused)).toBeGreaterThan((types * values) / 20);
  }, 600_000);
});

describe('of values that are known at compile time', () => {
  it('tsc and the generated validator refuse the same', async () => {
    const kinds = generateKinds('v3', { isPlain: true, depth: 3, isCorrelatable: true }, PLAIN_JUNK);
    const lines: string[] = [];
    const expected: { kind: Kind; value: unknown; isTaken: boolean }[] = [];
    for (const kind of kinds) {
      const validate = await validatorOf(kind);
      lines.push(`import type { Spec as ${kind.name}Spec } from './${kind.name}.js';`);
      for (const value of kind.values) {
        const isTaken = validate({ apiVersion: 'agree.example.com/v1', kind: kind.name, metadata: { name: 'a' }, spec: value }).length === 0;
        expected.push({ kind, value, isTaken });
      }
    }
    const first = lines.length;
    expected.forEach(({ kind, value }, index) => lines.push(`export const v${index}: ${kind.name}Spec = ${JSON.stringify(value)};`));
    write('v3/values.ts', lines.join('\n'));
    const wrong = typeErrors(join(folder, 'v3/values.ts'));
    const differences = expected.flatMap(({ kind, value, isTaken }, index) => {
      const error = wrong.get(first + index);
      return (error === undefined) === isTaken ? [] : [`${kind.source}\n${JSON.stringify(value)}\n  validator: ${isTaken ? 'takes it' : 'refuses it'}\n  tsc: ${error ?? 'takes it'}`];
    });
    expect(differences.slice(0, 3).join('\n\n')).toBe('');
    expect(expected.filter((one) => one.isTaken).length).toBeGreaterThan(expected.length / 10);
    expect(wrong.size).toBeGreaterThan(expected.length / 10);
  }, 600_000);
});

interface Kind {
  readonly name: string;
  readonly source: string;
  readonly values: readonly unknown[];
  readonly definition: GeneratedDefinition['definition'];
  readonly resource: ResourceKind;
  readonly validator: string;
}

/** Writes types, and generates their definitions and validators in one run. */
function generateKinds(under: string, extent: Extent, junk: readonly unknown[]): Kind[] {
  const drawn = fc.sample(randomSpec(extent), { seed, numRuns: types });
  const written = drawn.map((type, index) => ({ name: `Thing${index}`, source: sourceOf(type, `Thing${index}`), values: valuesOf(type, junk, index) }));
  for (const { name, source } of written) write(`${under}/${name}.ts`, source);
  const { files, definitions, diagnostics } = generate({ cwd: folder, entries: [`${under}/*.ts`], crds: false, roles: false, validators: `${under}/out`, moduleLanguage: 'js' });
  const errors = diagnostics.filter((one) => one.severity === 'error');
  expect(formatDiagnostics(errors.slice(0, 3)), 'what the generator refuses').toBe('');
  for (const { path, content } of files) write(path, content);
  return written.map((one) => {
    const definition = definitions.find(({ spec }) => spec.names.kind === one.name)!;
    const { group, names } = definition.spec;
    return { ...one, definition: definition as unknown as Kind['definition'], resource: { group, version: 'v1', kind: one.name, plural: names.plural, scope: 'Namespaced' }, validator: join(folder, under, 'out', `${definition.metadata.name}.js`) };
  });
}

function sourceOf(type: RandomType, name: string): string {
  const block = type.tags.length === 0 ? '' : `/**\n${type.tags.map((tag) => ` * ${tag}\n`).join('')} */\n`;
  return [
    `import { CustomResource, type ${HELPERS.replaceAll(', ', ', type ')} } from '@kubewright/api';`,
    ...type.declarations,
    `${block}export type Spec = ${type.text};`,
    `@CustomResource({ group: 'agree.example.com', version: 'v1' })`,
    `export class ${name} { spec!: Spec }`,
  ].join('\n');
}

function valuesOf(type: RandomType, junk: readonly unknown[], index: number): unknown[] {
  let state = seed + index;
  const next = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  return fc.sample(type.value, { seed: seed + index, numRuns: values }).map((value, round) => (round % 3 === 2 ? mutated(value, junk, next) : value));
}

type Validate = (value: unknown, old?: unknown) => { field: string; type: string; message: string }[];

async function validatorOf(kind: Kind): Promise<Validate> {
  const module = (await import(/* @vite-ignore */ pathToFileURL(kind.validator).href)) as Record<string, Validate>;
  return module[`validate${kind.name}`]!;
}

/** The fields that the server names when it refuses. */
async function refusalOf(asked: Promise<unknown>): Promise<string[]> {
  try {
    await asked;
    return [];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return [...new Set(error.details?.causes?.map((one) => one.field ?? '') ?? [`${error.httpStatus} ${error.message}`])].sort();
  }
}

/** Errors of one file by line, counted from 0. */
function typeErrors(file: string): Map<number, string> {
  const program = ts.createProgram([file], {
    strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, lib: ['lib.es2022.d.ts'], types: [], module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
    experimentalDecorators: true, paths: { '@kubewright/api': [join(folder, 'helpers.ts')] },
  });
  const source = program.getSourceFile(file)!;
  const found = new Map<number, string>();
  for (const one of [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]) {
    const line = source.getLineAndCharacterOfPosition(one.start ?? 0).line;
    if (!found.has(line)) found.set(line, ts.flattenDiagnosticMessageText(one.messageText, '\n'));
  }
  return found;
}

write('helpers.ts', `${readFileSync(join(root, 'packages/api/src/resource/helper-types.ts'), 'utf8')}\nexport declare function CustomResource(options: unknown): (target: object) => void;`);

function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}
