import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { KubeObject } from '@kubewright/api';
import { TestCluster } from '@kubewright/testing';
import { parse } from 'yaml';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { watchSources } from '../project/watch-sources.js';
import { diff } from './diff.js';
import { explain } from './explain.js';
import { generate } from './generate.js';
import { importDefinitions } from './import.js';

let folder: string;
let lines: string[];
const print = (line: string): void => void lines.push(...line.split('\n'));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubewright-cli-'));
  lines = [];
  process.exitCode = undefined;
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = undefined;
});

const widget = (size: string, kind = 'Widget'): string => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.demo.example.com }
spec:
  group: demo.example.com
  names: { kind: ${kind}, listKind: ${kind}List, plural: widgets, singular: ${kind.toLowerCase()}, shortNames: [wd] }
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { size: ${size} } } } } }
`;

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

describe('kubewright import', () => {
  const options = { force: false };

  it('writes classes that give the same definition, also from lists', async () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- ${widget('{ type: string, minLength: 1 }').trim().replaceAll('\n', '\n  ')}\n- { apiVersion: v1, kind: Secret }\n`;
    await importDefinitions([file('crds.yaml', list)], { ...options, out: join(folder, 'api') }, print);
    expect(readFileSync(join(folder, 'api/v1/widget.ts'), 'utf8')).toContain('export class Widget {');
    await importDefinitions([join(folder, 'crds.yaml')], { ...options, out: join(folder, 'api') }, print);
    expect(lines.at(-1)).toBe('1 files are up to date');
  });

  it('takes definitions of a cluster, by any of their names', async () => {
    await using cluster = await TestCluster.start({ port: 0, nodes: 0, controllers: 'none' });
    for (const kind of ['Widget', 'Gadget']) {
      const text = widget('{ type: string, description: "How big */ it is." }', kind).replaceAll('widgets', `${kind.toLowerCase()}s`).replace('[wd]', `[${kind.charAt(0).toLowerCase()}d]`);
      await cluster.install([parse(text) as KubeObject]);
    }
    const access = { ...options, cluster: true, kubeconfig: file('kubeconfig', cluster.kubeconfig()) };
    await importDefinitions(['gd', 'widgets.demo.example.com'], { ...access, out: join(folder, 'some') }, print);
    await importDefinitions([], { ...access, out: join(folder, 'all') }, print);
    for (const out of ['some', 'all']) expect(readdirSync(join(folder, out, 'v1')).sort()).toEqual(['gadget.ts', 'widget.ts']);
    const wrong = importDefinitions(['gizmos'], { ...access, out: join(folder, 'none') }, print);
    await expect(wrong).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('gizmos') as string, hint: expect.stringContaining('widgets.demo.example.com') as string });
    await expect(importDefinitions([], { ...access, kubeconfig: join(folder, 'nothing'), out: folder }, print)).rejects.toMatchObject({ exitCode: 2 });
    await expect(importDefinitions([], { ...options, out: folder }, print)).rejects.toMatchObject({ exitCode: 2 });
  });

  it('does not overwrite what differs, and says what can not be read', async () => {
    const out = join(folder, 'api');
    await importDefinitions([file('a.yaml', widget('{ type: string }'))], { ...options, out }, print);
    const changed = [file('b.yaml', widget('{ type: boolean }'))];
    await expect(importDefinitions(changed, { ...options, out }, print)).rejects.toMatchObject({ exitCode: 1, hint: expect.stringContaining('--force') as string });
    await importDefinitions(changed, { ...options, out, force: true }, print);
    expect(readFileSync(join(out, 'v1/widget.ts'), 'utf8')).toContain('size?: boolean');
    for (const source of [join(folder, 'nothing.yaml'), file('no.yaml', 'kind: Secret\n'), file('bad.yaml', 'a: [')])
      await expect(importDefinitions([source], { ...options, out }, print)).rejects.toMatchObject({ exitCode: 2 });
  });

  it('says when the generator refuses what the server takes', async () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const source = file('a.yaml', widget('{ type: integer, minimum: 3, maximum: 2 }'));
    await expect(importDefinitions([source], { ...options, out: join(folder, 'api') }, print)).rejects.toMatchObject({ exitCode: 1 });
    expect(stderr.mock.calls.join('')).toContain('KW1104');
    expect(existsSync(join(folder, 'api/v1/widget.ts'))).toBe(true);
    stderr.mockRestore();
  });
});

describe('kubewright diff', () => {
  const options = { format: 'text', all: false } as const;

  it('sets the exit code by the worst change', async () => {
    const before = file('old/a.yaml', widget('{ type: string }'));
    await diff(join(folder, 'old'), before, options, print);
    expect([process.exitCode, lines]).toEqual([undefined, ['0 breaking, 0 warnings, 0 compatible changes']]);
    await diff(before, file('new.yaml', widget('{ type: boolean }')), options, print);
    expect(process.exitCode).toBe(1);
    expect(lines).toContain('breaking widgets.demo.example.com v1 spec.size: the type was string and is boolean [type-changed]');
  });

  it('prints JSON and annotations', async () => {
    const [before, after] = [file('a.yaml', widget('{ type: string }')), file('b.yaml', widget('{ type: string, default: x }'))];
    await diff(before, after, { ...options, format: 'json' }, print);
    expect(JSON.parse(lines.join('\n'))).toMatchObject({ summary: { breaking: 0, warning: 1 }, changes: [{ code: 'default-added', path: 'spec.size' }] });
    lines = [];
    await diff(before, after, { ...options, format: 'github' }, print);
    expect(lines[0]).toMatch(/^::warning title=default-added::widgets\.demo\.example\.com v1 spec\.size: /);
    expect(process.exitCode).toBeUndefined();
  });

  it('reads revisions of a git repository', async () => {
    const git = (...args: string[]): void => void execFileSync('git', ['-c', 'user.email=a@example.com', '-c', 'user.name=a', ...args], { cwd: folder, stdio: 'ignore' });
    const path = file('config/crd/widgets.yaml', widget('{ type: string }'));
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'one');
    writeFileSync(path, widget('{ type: boolean }'));
    const before = process.cwd();
    process.chdir(folder);
    try {
      await diff('HEAD:config/crd', 'config/crd', options, print);
      await diff('HEAD:config/crd/widgets.yaml', path, options, print);
      await expect(diff('HEAD:nowhere', path, options, print)).rejects.toMatchObject({ exitCode: 2 });
    } finally {
      process.chdir(before);
    }
    expect(lines.filter((line) => line.startsWith('breaking'))).toHaveLength(2);
  });
});

describe('kubewright diff of types', () => {
  const options = { format: 'text', all: false } as const;
  const git = (...args: string[]): void => void execFileSync('git', ['-c', 'user.email=a@example.com', '-c', 'user.name=a', ...args], { cwd: folder, stdio: 'ignore' });
  const commit = (message: string): void => {
    git('add', '.');
    git('commit', '-qm', message);
    git('tag', message);
  };
  const source = (type: string): string => `import { CustomResource } from '@kubewright/api';\nimport type { Shared } from '../../shared/types.js';\n@CustomResource({ group: 'demo.example.com', version: 'v1' })\nexport class Widget { spec!: { size: ${type}; shared?: Shared } }\n`;

  it('compares the types of revisions with each other and with those in the folder', async () => {
    git('init', '-q');
    file('shared/types.ts', 'export interface Shared { a: string }\n');
    file('operator/kubewright.json', '{}');
    file('operator/src/widget.ts', source('string'));
    commit('one');
    file('shared/types.ts', 'export interface Shared { a: string; b?: string }\n');
    commit('two');
    file('operator/src/widget.ts', source('boolean'));
    const project = join(folder, 'operator');
    await diff('one', 'two', { ...options, all: true, project }, print);
    expect([process.exitCode, lines]).toEqual([undefined, ['ok       widgets.demo.example.com v1 spec.shared.b: an optional field is new [property-added]', '0 breaking, 0 warnings, 1 compatible change']]);
    await diff('two', project, { ...options, project }, print);
    expect(process.exitCode).toBe(1);
    expect(lines.at(-3)).toContain('spec.size: the type was string and is boolean');
    file('operator/src/widget.ts', source('bigint'));
    commit('three');
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await expect(diff('three', 'two', { ...options, project }, print)).rejects.toMatchObject({ exitCode: 2, message: '1 error in the types of three' });
    expect(stderr.mock.calls.join('')).toContain('KW1004');
    stderr.mockRestore();
    await expect(diff('four', 'two', { ...options, project }, print)).rejects.toMatchObject({ exitCode: 2 });
    await expect(diff('one', 'two', { ...options, project: folder }, print)).rejects.toMatchObject({ exitCode: 2, message: 'one has no kubewright.json' });
  });
});

describe('kubewright explain', () => {
  it('answers from the types of a project, and from files', async () => {
    file('kubewright.json', '{}');
    file('src/widget.ts', "import { CustomResource } from '@kubewright/api';\n@CustomResource({ group: 'demo.example.com', version: 'v1' })\nexport class Widget { spec!: { /** How big. */ size: 's' | 'l' } }\n");
    const options = { project: folder, recursive: false };
    await explain('widgets.spec.size', options, print);
    expect(lines).toContain('FIELD: size <string> -required-');
    await expect(explain('widgets.spec.sise', options, print)).rejects.toThrow('did you mean widgets.spec.size?');
    await explain('wd.spec.size', { ...options, file: file('crd.yaml', widget('{ type: string, maxLength: 9 }')) }, print);
    expect(lines).toContain('  at most 9 characters');
  });
});

describe('kubewright generate', () => {
  it('prints errors as JSON and SARIF, alone', async () => {
    file('kubewright.json', '{"sampleDirectory":"samples"}');
    file('src/widget.ts', "import { CustomResource } from '@kubewright/api';\n@CustomResource({ group: 'demo.example.com', version: 'v1' })\nexport class Widget { spec!: { size: bigint } }\n");
    const run = (format: 'json' | 'sarif') => generate({ project: folder, check: false, rbac: 'inferred', format }, print);
    await expect(run('json')).rejects.toMatchObject({ exitCode: 1 });
    expect(JSON.parse(lines.join('\n'))).toMatchObject([{ code: 'KW1004', line: 3, hint: 'use Int64' }]);
    lines = [];
    await expect(run('sarif')).rejects.toMatchObject({ exitCode: 1 });
    expect(JSON.parse(lines.join('\n'))).toMatchObject({
      runs: [{ results: [{ ruleId: 'KW1004', locations: [{ physicalLocation: { artifactLocation: { uri: 'src/widget.ts' }, region: { startLine: 3 } } }] }] }],
    });
    file('src/widget.ts', readFileSync(join(folder, 'src/widget.ts'), 'utf8').replace('bigint', 'string'));
    lines = [];
    await run('json');
    expect(lines).toEqual(['[]']);
    expect(existsSync(join(folder, 'samples/demo.example.com_v1_widget.yaml'))).toBe(true);
  });
});

describe('watching', () => {
  it('notices files that are written, replaced and new, and ends with the signal', async () => {
    file('src/a.ts', '1');
    file('node_modules/x/a.ts', '1');
    const stop = new AbortController();
    const changes = watchSources(folder, stop.signal);
    for (const change of [
      () => file('src/a.ts', '2'),
      () => renameSync(file('other', '3'), join(folder, 'src/a.ts')),
      () => renameSync(file('other', '4'), join(folder, 'src/a.ts')),
      () => file('src/b.ts', '1'),
      () => file('kubewright.json', '{}'),
    ]) {
      const next = changes.next();
      change();
      expect((await next).done).toBe(false);
    }
    const last = changes.next();
    stop.abort();
    expect((await last).done).toBe(true);
  });
});

describe('kubewright generate', () => {
  it('names the packages that generated modules need and the project does not have', async () => {
    file('kubewright.json', JSON.stringify({ domain: 'example.com', validatorDirectory: 'src/validators' }));
    file('package.json', JSON.stringify({ dependencies: { '@kubewright/api': '*' } }));
    file('src/widget.ts', `import { CustomResource } from '@kubewright/api';
@CustomResource({ group: 'demo.example.com', version: 'v1' })
export class Widget {
  /** @validation {"rule": "self.a != self.b"} */
  spec!: { /** @maxLength 9 */ a: string; /** @maxLength 9 */ b: string };
}
`);
    await generate({ project: folder, check: false, rbac: 'inferred' }, print);
    expect(lines.filter((line) => line.includes('npm install'))).toEqual(['the generated modules import @kubewright/cel: npm install @kubewright/cel']);
  });
});
