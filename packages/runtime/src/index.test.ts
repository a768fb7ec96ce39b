import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

const root = dirname(fileURLToPath(import.meta.url));

/** What a file loads when it is imported, and so on: static value imports, by file and by package. */
function loadedBy(entry: string): { readonly files: ReadonlySet<string>; readonly packages: ReadonlyMap<string, string> } {
  const files = new Set<string>();
  const packages = new Map<string, string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const [, what, from] of readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s+(?!type\s)([^;'"]*?)\s*(?:from\s+)?'([^']+)';/gm)) {
      const onlyTypes = /^\{/.test(what!) && what!.replace(/[{}]/g, '').split(',').every((name) => name.trim() === '' || name.trim().startsWith('type '));
      if (onlyTypes) continue;
      if (from!.startsWith('.')) visit(resolve(dirname(file), from!.replace(/\.js$/, '.ts')));
      else packages.set(from!, file);
    }
  };
  visit(join(root, entry));
  return { files, packages };
}

describe('importing the runtime', () => {
  it('loads neither client-node nor prom-client: they wait for the first OIDC user and the first metric', () => {
    const { files, packages } = loadedBy('index.ts');
    expect(files.size).toBeGreaterThan(30);
    expect([...packages.keys()]).toContain('@kubewright/api');
    expect([...packages].filter(([name]) => /client-node|prom-client/.test(name))).toEqual([]);
  });

  it('leaves client-node.ts as the only one that names client-node', () => {
    const { files } = loadedBy('index.ts');
    expect([...files].filter((file) => readFileSync(file, 'utf8').includes("'@kubernetes/client-node'")).map((file) => file.slice(root.length + 1))).toEqual(['client/client-node.ts']);
  });
});
