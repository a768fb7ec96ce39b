import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { root, sourcesOf, type SourceFile } from './imports.js';

interface Layers {
  readonly packages: Record<string, string[]>;
  readonly folders: Record<string, string[][]>;
  readonly only: Record<string, string[]>;
}

const layers = JSON.parse(readFileSync(join(root, 'layers.json'), 'utf8')) as Layers;
const sources = sourcesOf('packages');
const byPackage = (name: string): SourceFile[] => sources.filter((file) => file.path.startsWith(`packages/${name}/src/`));

describe('layers.json', () => {
  it.each(Object.keys(layers.packages))('package %s imports only the packages below it', (name) => {
    const allowed = new Set([...layers.packages[name]!, name].map((each) => `@kubewright/${each}`));
    const wrong = byPackage(name).flatMap((file) =>
      file.packages
        .filter((each) => each.startsWith('@kubewright/') && !allowed.has(each.split('/').slice(0, 2).join('/')))
        .map((each) => `${file.path} imports ${each}`),
    );
    expect(wrong).toEqual([]);
  });

  it.each(Object.keys(layers.folders))('folders of %s import downward only', (name) => {
    const ranks = new Map(layers.folders[name]!.flatMap((folders, rank) => folders.map((folder) => [folder, rank] as const)));
    const folderOf = (path: string): string => {
      const parts = path.split('/').slice(3);
      const own = parts[0]!.replace(/\.ts$/, '');
      return parts.length === 1 && !ranks.has(own) ? '.' : own;
    };
    const wrong: string[] = [];
    for (const file of byPackage(name)) {
      const own = folderOf(file.path);
      if (!ranks.has(own)) wrong.push(`folder ${own} of ${name} is not in layers.json (${file.path})`);
      for (const target of file.files) {
        const other = folderOf(target);
        if (other !== own && !((ranks.get(other) ?? Infinity) < (ranks.get(own) ?? -1))) wrong.push(`${file.path} imports ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('some dependencies have one home', () => {
    const wrong = sources.flatMap((file) =>
      file.packages.filter((name) => layers.only[name] && !layers.only[name].some((home) => file.path.startsWith(home))).map((name) => `${file.path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('no file takes part in an import cycle', () => {
    const all = [...sources, ...sourcesOf('examples')];
    const graph = new Map(all.map((file) => [file.path, file.files]));
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (path: string, trail: string[]): void => {
      if (state.get(path) === 'done') return;
      if (state.get(path) === 'open') {
        cycles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
        return;
      }
      state.set(path, 'open');
      for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
      state.set(path, 'done');
    };
    for (const path of graph.keys()) visit(path, []);
    expect(cycles).toEqual([]);
  });

  it('examples import published entry points only', () => {
    const wrong = sourcesOf('examples').flatMap((file) => file.files.filter((target) => !target.startsWith('examples/')).map((target) => `${file.path} imports ${target}`));
    expect(wrong).toEqual([]);
  });
});
