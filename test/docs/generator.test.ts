import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as api from '@kubewright/api';
import { generate, HELPER_TYPES, SCHEMA_TAGS, schemaOf, yamlDocument, type GenerateResult } from '@kubewright/crdgen';
import * as runtime from '@kubewright/runtime';
import { afterAll, describe, expect, it } from 'vitest';

import { DECORATOR_EXAMPLES, type DecoratorExample } from './generator/decorator-examples.js';
import { MARKER_SECTIONS } from './generator/kubebuilder-markers.js';
import { TAG_EXAMPLES } from './generator/tag-examples.js';

/** The pages are made from the registry of tags, from examples, and from what the generator makes of them; `npx vitest run test/docs -u` writes them anew. */
const PAGES = '../../docs/reference/generator';
const folder = mkdtempSync(join(tmpdir(), 'generator-pages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fence = (language: string, text: string) => [`\`\`\`${language}`, text.trimEnd(), '```'];
const page = (...lines: (string | readonly string[])[]) => `${lines.flat().join('\n')}\n`;
const TARGETS = { numeric: 'numbers and int-or-strings', string: 'texts and int-or-strings', array: 'lists', object: 'objects and maps', any: 'everything' };
const VALUES = {
  number: 'a number', count: 'a whole number from 0', text: 'everything to the end of the line', word: 'one word', flag: 'nothing',
  'number-or-flag': 'a number, or nothing', json: 'JSON, on one or several lines', 'json-or-word': 'JSON, or a word',
};
/** Tags that steer how types are read; they mean nothing on items. */
const WALK = new Set(['ignore', 'optional', 'required', 'union', 'maxDepth', 'type', 'default', 'schema']);

describe('pages of tags', () => {
  it('there is an example for each tag of the registry, and no page is left over', () => {
    expect(Object.keys(TAG_EXAMPLES)).toEqual(Object.keys(SCHEMA_TAGS));
    const pages = readdirSync(join(import.meta.dirname, PAGES, 'tags'));
    expect(pages.sort()).toEqual(Object.keys(SCHEMA_TAGS).map((name) => `${name}.md`).sort());
  });

  it.each(Object.entries(SCHEMA_TAGS))('@%s', async (name, { about, target, value }) => {
    const file = join(folder, `${name}.ts`);
    const source = TAG_EXAMPLES[name] ?? '';
    writeFileSync(file, source);
    const { schema, diagnostics } = schemaOf(file, 'Spec');
    if (schema) expect(JSON.stringify(schema)).not.toBe(JSON.stringify(schemaWithout(name, source)));
    await expect(
      page(
        `# @${name}`, '', about, '',
        `Stands on ${TARGETS[target]}; its value is ${VALUES[value]}.${WALK.has(name) ? '' : ` For the items of a list: \`@items.${name}\`.`}`, '',
        fence('ts', source), '',
        schema ? fence('yaml', yamlDocument(schema)) : fence('text', diagnostics.map((one) => `${one.code} line ${one.line}: ${one.message}${one.hint ? ` (${one.hint})` : ''}`).join('\n')),
      ),
    ).toMatchFileSnapshot(`${PAGES}/tags/${name}.md`);
  });

  /** The tag does something in its example. */
  function schemaWithout(name: string, source: string) {
    const file = join(folder, `${name}-without.ts`);
    writeFileSync(file, source.replaceAll(new RegExp(`@(items\\.)?${name}\\b`, 'g'), '@see'));
    return schemaOf(file, 'Spec').schema;
  }
});

describe('pages of decorators', () => {
  it('there is an example for each decorator that the generator reads, and no page is left over', () => {
    const isDecorator = ([name, value]: [string, unknown]) => /^[A-Z]/.test(name) && typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value));
    const exported = [...Object.entries(api), ...Object.entries(runtime)].filter(isDecorator).map(([name]) => name);
    // Sources that are no kinds, and what constructors ask for, say nothing to the generator.
    expect(Object.keys(DECORATOR_EXAMPLES).sort()).toEqual(exported.filter((name) => name !== 'WatchesSource' && name !== 'Inject').sort());
    const pages = readdirSync(join(import.meta.dirname, PAGES, 'decorators'));
    expect(pages.sort()).toEqual(Object.keys(DECORATOR_EXAMPLES).map((name) => `${name}.md`).sort());
  });

  it.each(Object.entries(DECORATOR_EXAMPLES))('@%s', async (name, example) => {
    writeFileSync(join(folder, `${name}.ts`), example.source);
    const result = generate({ cwd: folder, entries: [`${name}.ts`] });
    expect(result.diagnostics).toEqual([]);
    await expect(
      page(`# @${name}`, '', example.about, '', `From \`${example.module}\`.`, '', fence('ts', example.source), '', fence('yaml', shown(result, example))),
    ).toMatchFileSnapshot(`${PAGES}/decorators/${name}.md`);
  });

  function shown({ definitions, roles, webhooks }: GenerateResult, { shows }: DecoratorExample): string {
    if (shows === 'roles') return roles.map(yamlDocument).join('---\n');
    if (shows === 'webhooks') return webhooks.map(yamlDocument).join('---\n');
    const [definition] = definitions;
    return yamlDocument(shows === 'definition' ? definition : definition?.spec.versions[0]?.schema.openAPIV3Schema.properties?.spec);
  }
});

it('the page of types shows the schema of each', async () => {
  const args: Record<string, string> = {
    Format: "'uuid'", Pattern: "'^[a-z]+$'", MinLength: '1', MaxLength: '63', Min: '1', Max: '10', Opaque: '{ a: string }', AtomicList: 'string', SetList: 'string', MapList: "{ name: string; size?: Int32 }, 'name'",
    OneOf: '{ git: string; oci: string }',
  };
  const rows = HELPER_TYPES().map((name) => {
    const type = args[name] === undefined ? name : `${name}<${args[name]}>`;
    const file = join(folder, `type-${name}.ts`);
    writeFileSync(file, `export interface Spec { value: ${/^M(in|ax)$/.test(name) ? `Int32 & ${type}` : type} }`);
    const { schema, diagnostics } = schemaOf(file, 'Spec');
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    return [`## ${name}`, '', `\`${type}\``, '', ...fence('yaml', yamlDocument(schema?.properties?.value)), ''];
  });
  await expect(page('# Types', '', 'Types of `@kubewright/api` that TypeScript treats as their plain counterparts, and that the generator knows.', '', rows.flat().slice(0, -1))).toMatchFileSnapshot(`${PAGES}/types.md`);
});

describe('From kubebuilder markers to TypeScript', () => {
  const rows = Object.values(MARKER_SECTIONS).flat();
  const known = (JSON.parse(readFileSync(join(import.meta.dirname, 'generator/controller-gen-markers.json'), 'utf8')) as string[]).sort();

  it('has every marker that controller-gen lists, once', () => {
    expect(rows.flatMap(({ markers }) => markers).sort()).toEqual(known);
  });

  it('names tags, decorators, options and types that exist', () => {
    const texts = rows.map(({ typescript }) => typescript).join(' ');
    const names = [...texts.matchAll(/@([A-Za-z]\w*)/g)].map(([, name = '']) => name);
    expect(names.filter((name) => !Object.hasOwn(SCHEMA_TAGS, name) && !Object.hasOwn(DECORATOR_EXAMPLES, name) && name !== 'kubewright')).toEqual([]);
    const types = [...texts.matchAll(/\b([A-Z]\w+)</g), ...texts.matchAll(/`(Int32|IntOrString|JSONValue|JSONObject|EmbeddedResource|Time)`/g)].map(([, name = '']) => name);
    expect(types.filter((name) => !HELPER_TYPES().includes(name))).toEqual([]);
    expect(new Set(names).size).toBeGreaterThan(30);
  });

  it('is what the table says', async () => {
    const link = (text: string) => text.replaceAll('|', '\\|');
    const sections = Object.entries(MARKER_SECTIONS).flatMap(([title, list]) => [`## ${title}`, '', '| marker | TypeScript |', '|---|---|', ...list.map(({ markers, typescript }) => `| ${markers.map((one) => `\`${one}\``).join('<br>')} | ${link(typescript)} |`), '']);
    await expect(
      page(
        '# From kubebuilder markers to TypeScript', '',
        'Every marker of controller-gen, and how a type says the same. Names with `@` in small letters are JSDoc tags ([all of them](README.md)), those with a capital are decorators.',
        'A tag that is misspelled is an error with a suggestion, never silence; `@items.NAME` is what `items:` is for markers, at any depth.', '',
        sections.slice(0, -1),
      ),
    ).toMatchFileSnapshot(`${PAGES}/kubebuilder-markers.md`);
  });
});

it('the index links all pages', async () => {
  await expect(
    page(
      '# Reference of the generator', '',
      'What the generator reads of TypeScript, page by page. The pages are made from the generator itself: what comes out is what it wrote.', '',
      '- [Types](types.md) of `@kubewright/api`', '- [From kubebuilder markers to TypeScript](kubebuilder-markers.md)',
      '- [Compatibility of definitions: `kubewright diff`](diff.md)', '',
      '## Decorators', '', Object.entries(DECORATOR_EXAMPLES).map(([name, { about }]) => `- [@${name}](decorators/${name}.md): ${firstSentence(about)}`), '',
      '## JSDoc tags', '', Object.entries(SCHEMA_TAGS).map(([name, { about }]) => `- [@${name}](tags/${name}.md): ${firstSentence(about)}`),
    ),
  ).toMatchFileSnapshot(`${PAGES}/README.md`);

  function firstSentence(text: string): string {
    return /^.*?[.;:](?=\s|$)/.exec(text)?.[0].replace(/[;:]$/, '.') ?? text;
  }
});
