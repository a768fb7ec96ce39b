import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';
import { changedSources, type GeneratedDefinition } from '@kubewright/api';

import { generate, type GenerateOptions } from './generate.js';

const folder = mkdtempSync(join(tmpdir(), 'crdgen-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fixture = (name: string) => readFileSync(new URL(`../fixtures/widget/${name}`, import.meta.url), 'utf8');
const HEAD = "import { CustomResource, Rbac, Int32, MapList, MaxLength, Condition } from '@kubewright/api';\n";
let count = 0;

/** Generates from a project of these files. */
function run(files: Record<string, string>, options: Partial<GenerateOptions> = {}) {
  const cwd = join(folder, String(count++));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  return { cwd, ...generate({ cwd, entries: ['**/*.ts'], ...options }) };
}

const widget = (change: (text: string) => string = (text) => text, changeOld: (text: string) => string = (text) => text) =>
  run({ 'api/v1/widget.ts': HEAD + change(fixture('v1.ts.txt')), 'api/v1beta1/widget.ts': HEAD + changeOld(fixture('v1beta1.ts.txt')) });

const content = (result: { files: readonly { path: string; content: string }[] }, path: string) =>
  result.files.find((file) => file.path === path)?.content;

describe('a CustomResourceDefinition', () => {
  it('is written byte for byte as controller-gen writes it, all versions of a kind in one file', () => {
    const result = widget();
    expect(result.diagnostics).toEqual([]);
    expect(result.files.map((file) => file.path)).toEqual(['config/crd/bases/demo.example.com_widgets.yaml']);
    expect(result.files[0]?.content).toBe(fixture('demo.example.com_widgets.yaml'));
  });

  it('does not depend on the order of files or on line ends', () => {
    const other = run({ 'z/old.ts': (HEAD + fixture('v1.ts.txt')).replaceAll('\n', '\r\n'), 'a/new.ts': HEAD + fixture('v1beta1.ts.txt') });
    expect(other.files[0]?.content).toBe(fixture('demo.example.com_widgets.yaml'));
  });

  it('stores a single version without being told, and takes names as they are given', () => {
    const { definitions } = run({
      'gizmo.ts': `${HEAD}@CustomResource({ group: 'demo.example.com', version: 'v1', scope: 'Cluster', plural: 'gizmoz', singular: 'giz', listKind: 'GizmoBag' })\nexport class Gizmo { spec?: { a?: string } }`,
    });
    expect(definitions[0]).toMatchObject({
      metadata: { name: 'gizmoz.demo.example.com' },
      spec: {
        scope: 'Cluster',
        names: { kind: 'Gizmo', listKind: 'GizmoBag', plural: 'gizmoz', singular: 'giz' },
        versions: [{ name: 'v1', storage: true, served: true }],
      },
    });
    expect(definitions[0]?.spec.versions[0]).not.toHaveProperty('subresources');
  });

  it.each(
    'Foo foos; Policy policies; Proxy proxies; Gateway gateways; Key keys; Ingress ingresses; Class classes; Process processes; Status statuses; Bus buses; Box boxes; Match matches; Cache caches; Index indices; Matrix matrices; Analysis analyses; Prometheus prometheuses; Nexus nexuses; Redis redis; Kafka kafkas; Elasticsearch elasticsearches; Endpoints endpoints; Series series; Data data; Schema schemas; Person people; Child children; Mouse mice; Leaf leaves; Knife knives; Hero heroes; Quiz quizzes; TestQuota testquotas; NetworkPolicy networkpolicies; AlertmanagerConfig alertmanagerconfigs'
      .split('; ')
      .map((pair) => pair.split(' ')),
  )('names the plural of %s %s', (kind, plural) => {
    const { definitions, files } = run({
      'a.ts': `${HEAD}@CustomResource({ group: 'demo.example.com', version: 'v1', kind: '${kind}' })\nexport class Thing { spec?: { a?: string } }`,
    });
    expect(definitions[0]?.metadata.name).toBe(`${plural}.demo.example.com`);
    expect(files[0]?.path).toBe(`config/crd/bases/demo.example.com_${plural}.yaml`);
  });

  it('emits the conversion webhook, and nothing without one', () => {
    const conversion = "conversion: { service: { name: 'webhook-service', namespace: 'system', path: '/convert' } },";
    const { definitions } = widget((text) => text.replace('storage: true,', `storage: true, ${conversion}`));
    expect(definitions[0]?.spec.conversion).toEqual({
      strategy: 'Webhook',
      webhook: { clientConfig: { service: { name: 'webhook-service', namespace: 'system', path: '/convert' } }, conversionReviewVersions: ['v1'] },
    });
    expect(widget().definitions[0]?.spec.conversion).toBeUndefined();
  });

  it('shortens descriptions to whole sentences, then words, then nothing', () => {
    const described = (text: string, maxDescriptionLength: number) =>
      run(
        {
          'a.ts': `${HEAD}/** ${text} */\n@CustomResource({ group: 'demo.example.com', version: 'v1' })\nexport class Thing { spec?: { a?: string } }`,
        },
        { maxDescriptionLength },
      ).definitions[0]?.spec.versions[0]?.schema.openAPIV3Schema;
    expect(described('This is top level description. There is an empty schema. More to come', 64)?.description).toBe(
      'This is top level description. There is an empty schema.',
    );
    expect(described('This is top level description of the root object', 46)?.description).toBe('This is top level description of the root...');
    expect(JSON.stringify(described('This is it.', 0))).not.toContain('description');
  });

  it('restricts only the names of metadata', () => {
    const { definitions, diagnostics } = widget((text) => text.replace('/** spec of it */', 'metadata!: { name: MaxLength<20> };'));
    expect(diagnostics).toEqual([]);
    expect(definitions[0]?.spec.versions[0]?.schema.openAPIV3Schema.properties?.metadata).toEqual({
      type: 'object',
      properties: { name: { type: 'string', maxLength: 20 } },
    });
  });
});

describe('a definition that is refused', () => {
  const inV1 = (from: string, to: string) => () => widget((text) => text.replace(from, to));
  const LONG = 'x'.repeat(257);
  const fields = (...paths: string[]) =>
    inV1("selectableFields: ['.spec.size']", `selectableFields: [${paths.map((path) => `'${path}'`).join(', ')}]`);
  it.each<[string, () => ReturnType<typeof run>, string, string]>([
    ['no storage version', inV1('storage: true, ', ''), 'KW1505', 'no storage version'],
    [
      'two storage versions',
      () => widget(undefined, (text) => text.replace('served: false', 'served: false, storage: true')),
      'KW1505',
      'two storage versions: v1, v1beta1',
    ],
    ['no served version', inV1('storage: true, ', 'storage: true, served: false, '), 'KW1505', 'serves no version'],
    ['a bad version', inV1("version: 'v1'", "version: 'V1_beta'"), 'KW1501', 'DNS-1035'],
    [
      'a group without a dot',
      () =>
        widget(
          (text) => text.replace('demo.example.com', 'demo'),
          (text) => text.replace("group: 'demo.example.com'", "group: 'demo'"),
        ),
      'KW1501',
      'at least one dot',
    ],
    ['kind and listKind alike', inV1('storage: true, ', "storage: true, listKind: 'Widget', "), 'KW1501', 'may not be the same'],
    ['an upper-case short name', inV1("'wdg'", "'WDG'"), 'KW1501', 'DNS-1035'],
    ['a category with _', inV1("'demo']", "'My_Cat']"), 'KW1501', 'DNS-1035'],
    [
      'names that differ',
      () =>
        widget(
          (text) => text.replace("shortNames: ['wdg', 'wd'], ", ''),
          (text) => text.replace('served: false', "served: false, shortNames: ['w']"),
        ),
      'KW1501',
      'names differ between v1 and v1beta1',
    ],
    ['a misspelled column', inV1(".spec.size', desc", ".spec.sise', desc"), 'KW1502', 'did you mean .spec.size'],
    ['a column without a dot', inV1("'.spec.size', desc", "'spec.size', desc"), 'KW1502', 'must start with .'],
    ['a date column of text', inV1(".spec.size', desc", ".spec.size', type: 'date', desc"), 'KW1502', 'string is not a date'],
    [
      'replicas under status',
      inV1("specReplicasPath: '.spec.replicas'", "specReplicasPath: '.status.replicas'"),
      'KW1503',
      'should be a json path under .spec',
    ],
    ['replicas that are text', inV1("specReplicasPath: '.spec.replicas'", "specReplicasPath: '.spec.size'"), 'KW1503', 'not an integer field'],
    ['replicas that are nowhere', inV1("specReplicasPath: '.spec.replicas'", "specReplicasPath: '.spec.nope'"), 'KW1503', 'does not exist'],
    ['a selector in metadata', inV1("labelSelectorPath: '.status.selector'", "labelSelectorPath: '.metadata.labels'"), 'KW1503', '.spec or .status'],
    ['nine selectable fields', fields(...Array.from({ length: 9 }, (_, index) => `.spec.f${index}`)), 'KW1504', 'must have at most 8'],
    ['a selectable name', fields('.metadata.name'), 'KW1504', 'metadata'],
    ['a selectable object', fields('.spec'), 'KW1504', 'must be a string'],
    ['a selectable item', fields('.spec.l[0]'), 'KW1504', 'list'],
    ['a field selectable twice', fields('.spec.size', '.spec.size'), 'KW1504', 'twice'],
    ['a selectable field that is nowhere', fields('.spec.nope'), 'KW1504', 'does not exist'],
    [
      'a warning of 257 characters',
      () => widget(undefined, (text) => text.replace(/deprecated: '[^']*'/, `deprecated: '${LONG}'`)),
      'KW1506',
      '<= 256',
    ],
    ['an empty warning', () => widget(undefined, (text) => text.replace(/deprecated: '[^']*'/, "deprecated: ''")), 'KW1506', 'empty'],
    ['a warning of a version in use', inV1('storage: true, ', "storage: true, deprecationWarning: 'old', "), 'KW1506', 'deprecated versions'],
    [
      'a group of Kubernetes',
      () =>
        widget(
          (text) => text.replace('demo.example.com', 'demo.k8s.io'),
          (text) => text.replace("group: 'demo.example.com'", "group: 'demo.k8s.io'"),
        ),
      'KW1507',
      'approval annotation',
    ],
    ['metadata with labels', inV1('/** spec of it */', 'metadata!: { labels?: Record<string, string> };'), 'KW1508', 'name and generateName'],
    [
      'a status without member',
      () => widget(undefined, (text) => text.replace('served: false', 'served: false, status: true')),
      'KW1508',
      'status member',
    ],
    [
      'review versions of the future',
      inV1('storage: true, ', "storage: true, conversion: { url: 'https://x/', reviewVersions: ['v2'] }, "),
      'KW1505',
      'at least one of v1, v1beta1',
    ],
    ['an option that does not exist', inV1('shortNames', 'shortName'), 'KW1501', 'did you mean shortNames'],
    ['an option that is computed', inV1("['all', 'demo']", 'names()'), 'KW1201', 'constants'],
    ['an error in the types', inV1('size!: string', 'size!: any'), 'KW1002', 'JSONValue'],
    ['a file that does not parse', inV1('size!: string', 'size!: = string'), 'KW1000', 'expected'],
  ])('has %s', (_name, act, code, text) => {
    const { diagnostics, files } = act();
    const found = diagnostics.find((one) => one.code === code && one.message.includes(text));
    expect(found, JSON.stringify(diagnostics.map(({ frame: _frame, ...rest }) => rest))).toMatchObject({
      severity: 'error',
      frame: expect.stringContaining('^') as string,
    });
    expect(files).toEqual([]);
  });

  it('shows everything that is wrong at once', () => {
    const { diagnostics } = widget((text) =>
      text.replace('size!: string', 'size!: any').replace("'wdg'", "'WDG'").replace('.status.phase', '.status.phas'),
    );
    expect(diagnostics.map((one) => one.code)).toEqual(['KW1002', 'KW1501', 'KW1502']);
  });
});

describe('printer columns', () => {
  it('take their types from the schema, through filters too', () => {
    const { definitions, diagnostics } = run({
      'a.ts': `${HEAD}
        export class S { size!: string; paused?: boolean; ratio?: Int32 }
        export class T { conditions?: MapList<Condition, 'type'> }
        @CustomResource({ group: 'demo.example.com', version: 'v1', printColumns: [
          { name: 'Ready', path: ".status.conditions[?(@.type == 'Ready')].status" }, { name: 'Paused', path: '.spec.paused' }, { name: 'Ratio', path: '.spec.ratio' },
          { name: 'Since', path: ".status.conditions[?(@.type=='Ready')].lastTransitionTime" }, { name: 'App', path: '.metadata.labels.app\\\\.kubernetes\\\\.io/name' } ] })
        export class Thing { spec!: S; status?: T }`,
    });
    expect(diagnostics).toEqual([]);
    expect((definitions[0]?.spec.versions[0]?.additionalPrinterColumns as { type: string }[]).map((column) => column.type)).toEqual([
      'string',
      'boolean',
      'integer',
      'date',
      'string',
    ]);
  });
});

describe('modules', () => {
  it('carry the definition and the hashes of every file that it was read from', async () => {
    const result = run(
      {
        'src/api/spec.ts': "import type { Int32 } from '@kubewright/api';\nexport interface Spec { a: Int32 }\n",
        'src/api/thing.ts':
          "import { CustomResource } from '@kubewright/api';\nimport type { Spec } from './spec.js';\n@CustomResource({ group: 'demo.example.com', version: 'v1' })\nexport class Thing { spec!: Spec }\n",
      },
      { modules: 'src/crds', moduleLanguage: 'js', crds: false },
    );
    expect(result.files.map((file) => file.path)).toEqual(['src/crds/things.demo.example.com.js', 'src/crds/index.js']);
    const text = content(result, 'src/crds/things.demo.example.com.js') ?? '';
    const { things } = (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(text)}`)) as { things: GeneratedDefinition };
    expect(things.definition.metadata.name).toBe('things.demo.example.com');
    expect(Object.keys(things.sources)).toEqual(['src/api/spec.ts', 'src/api/thing.ts']);
    const read = (path: string) => readFileSync(join(result.cwd, path), 'utf8');
    expect(changedSources(things, (path) => read(path).replaceAll('\n', '\r\n'))).toEqual([]);
    expect(changedSources(things, (path) => read(path).replace('Int32 }\n', 'string }\n'))).toEqual(['src/api/spec.ts']);
    expect(changedSources(things, () => undefined)).toEqual([]);
  });
});

describe('roles', () => {
  it('come out in the normal form of controller-gen', () => {
    const result = run({ 'r.ts': HEAD + fixture('role.ts.txt') });
    expect(result.diagnostics).toEqual([]);
    expect(content(result, 'config/rbac/role.yaml')).toBe(fixture('role.yaml'));
  });
});

describe('the size of a definition', () => {
  const sized = (bytes: number) =>
    run({
      'a.ts': `${HEAD}/** ${'x'.repeat(bytes)} */\n@CustomResource({ group: 'demo.example.com', version: 'v1' })\nexport class Thing { spec?: { a?: string } }`,
    });

  it.each([
    [1_000, undefined],
    [262_144, 'KW2601'],
    [1_572_864, 'KW1601'],
  ])('with a description of %i bytes gives %s', (bytes, code) => {
    const { diagnostics, files } = sized(bytes);
    expect(diagnostics.map((one) => one.code)).toEqual(code === undefined ? [] : [code]);
    if (code !== undefined) expect(diagnostics[0]?.hint).toContain('--max-desc-len');
    expect(files.length > 0).toBe(code !== 'KW1601');
  });
});

describe('metadata of a nested object', () => {
  const nested = (embeddedObjectMeta: boolean) =>
    run(
      {
        'a.ts': `import type { V1ObjectMeta } from '@kubernetes/client-node';\n${HEAD}@CustomResource({ group: 'demo.example.com', version: 'v1' })\nexport class Thing { spec!: { meta: V1ObjectMeta } }`,
      },
      { embeddedObjectMeta },
    );

  it('is pruned with a warning, or has five fields', () => {
    const meta = (result: ReturnType<typeof nested>) => result.definitions[0]?.spec.versions[0]?.schema.openAPIV3Schema.properties?.spec?.properties?.meta;
    expect(nested(false).diagnostics.map((one) => one.code)).toEqual(['KW2201']);
    expect(meta(nested(false))).toEqual({ type: 'object' });
    expect(nested(true).diagnostics).toEqual([]);
    expect(Object.keys(meta(nested(true))?.properties ?? {})).toEqual(['annotations', 'finalizers', 'labels', 'name', 'namespace']);
  });
});

describe('@schema', () => {
  const withSchema = (json: string) =>
    run({
      'a.ts': `${HEAD}@CustomResource({ group: 'demo.example.com', version: 'v1' })\nexport class Thing { spec!: {\n  /**\n   * Text.\n   * @schema ${json}\n   */\n  a: { b?: string; c?: string } } }`,
    });

  it('lays keywords over a schema and takes others away', () => {
    const { definitions, diagnostics } = withSchema('{"oneOf":[{"required":["b"]},{"required":["c"]}],"description":null}');
    expect(diagnostics).toEqual([]);
    expect(definitions[0]?.spec.versions[0]?.schema.openAPIV3Schema.properties?.spec?.properties?.a).toEqual({
      type: 'object',
      properties: { b: { type: 'string' }, c: { type: 'string' } },
      oneOf: [{ required: ['b'] }, { required: ['c'] }],
    });
  });

  it.each([
    ['{"oneof":[]}', 'did you mean oneOf'],
    ['[1]', 'an object of keywords'],
    ['nonsense', 'not valid JSON'],
    ['{"minProperties":3,"maxProperties":2}', 'greater than'],
  ])('%s is refused', (json, message) => {
    expect(withSchema(json).diagnostics.map((one) => one.message).join()).toContain(message);
  });
});
