import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { generate } from '../commands/generate.js';
import { GenerationCache } from './generation-cache.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'kubewright-cache-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const settings = { entries: ['src/**/*.ts'] };
const later = Number.MAX_SAFE_INTEGER;

describe('the cache of the generator', () => {
  const result = () => ({ files: [{ path: 'a.yaml', content: 'a: 1\n' }], diagnostics: [], inputs: [file('src/a.ts', '1'), file('tsconfig.json', '{}')] });

  it('gives the last result while nothing changed', () => {
    const { inputs: _inputs, ...kept } = result();
    new GenerationCache(folder, settings).write(result(), later);
    expect(new GenerationCache(folder, settings).read()).toEqual(kept);
  });

  it.each<[string, () => void]>([
    ['a source changed', () => file('src/a.ts', '2')],
    ['a source is gone', () => rmSync(join(folder, 'src/a.ts'))],
    ['a source is new', () => file('src/b.ts', '1')],
    ['the configuration changed', () => file('tsconfig.json', '{"a":1}')],
    ['its file is no JSON', () => file('.kubewright/cache/generate.json', '{')],
    ['its file is cut off', () => file('.kubewright/cache/generate.json', readFileSync(join(folder, '.kubewright/cache/generate.json'), 'utf8').slice(0, -9))],
    ['its file is something else', () => file('.kubewright/cache/generate.json', 'null')],
    ['its file has other parts', () => file('.kubewright/cache/generate.json', readFileSync(join(folder, '.kubewright/cache/generate.json'), 'utf8').replace('"content"', '"text"'))],
    ['another generator wrote it', () => file('.kubewright/cache/generate.json', readFileSync(join(folder, '.kubewright/cache/generate.json'), 'utf8').replace(/"generator":"./, '"generator":"-'))],
  ])('has nothing when %s', (_name, change) => {
    new GenerationCache(folder, settings).write(result(), later);
    change();
    expect(new GenerationCache(folder, settings).read()).toBeUndefined();
  });

  it('has nothing for other settings, for sources outside of the project, and for what changed while it was read', () => {
    new GenerationCache(folder, settings).write(result(), later);
    expect(new GenerationCache(folder, { entries: ['lib/**/*.ts'] }).read()).toBeUndefined();
    const outside = new GenerationCache(folder, { entries: ['../shared/*.ts'] });
    outside.write(result(), later);
    expect(outside.read()).toBeUndefined();
    rmSync(join(folder, '.kubewright'), { recursive: true });
    new GenerationCache(folder, settings).write(result(), 0);
    expect(new GenerationCache(folder, settings).read()).toBeUndefined();
  });

  it('does not fail where it can not be written', () => {
    const generation = result();
    file('.kubewright', 'a file');
    new GenerationCache(folder, settings).write(generation, later);
    expect(new GenerationCache(folder, settings).read()).toBeUndefined();
  });
});

describe('kubewright generate with what it kept', () => {
  const widget = (type: string) => `import { CustomResource } from '@kubewright/api';\n@CustomResource({ group: 'demo.example.com', version: 'v1' })\nexport class Widget { spec!: { size: ${type} } }\n`;

  it('writes what is not there any more, and follows its sources', async () => {
    file('kubewright.json', '{}');
    const source = file('src/widget.ts', widget('string'));
    const crd = join(folder, 'config/crd/demo.example.com_widgets.yaml');
    const lines: string[] = [];
    const run = async (check = false) => generate({ project: folder, check, rbac: 'inferred' }, (line) => void lines.push(line));
    await run();
    const first = readFileSync(crd, 'utf8');
    await run(true);
    rmSync(crd);
    await expect(run(true)).rejects.toMatchObject({ exitCode: 2 });
    await run();
    expect(readFileSync(crd, 'utf8')).toBe(first);
    writeFileSync(source, widget('boolean'));
    await expect(run(true)).rejects.toMatchObject({ exitCode: 2 });
    await run();
    expect(readFileSync(crd, 'utf8')).toContain('type: boolean');
    writeFileSync(source, widget('bigint'));
    for (let count = 0; count < 2; count++) await expect(run()).rejects.toMatchObject({ exitCode: 1 });
    expect(lines.filter((line) => line.includes('up to date'))).toHaveLength(1);
  });
});
