import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { generate } from '../generate.js';

const folder = mkdtempSync(join(tmpdir(), 'crdgen-root-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

function codes(members: string, before = ''): string[] {
  const name = `kind${count++}.ts`;
  writeFileSync(join(folder, name), `import { CustomResource, Rule, type ObjectMeta } from '@kubewright/api';\n${before}@CustomResource({ group: 'demo.example.com', version: 'v1' })\nexport class Thing { ${members} }`);
  return generate({ cwd: folder, entries: [name] }).diagnostics.map((one) => one.code);
}

describe('the metadata of a resource', () => {
  it('is no nested ObjectMeta, and neither is that of an embedded resource', () => {
    expect(codes('metadata!: ObjectMeta; spec!: { a: string }')).toEqual([]);
    expect(codes('spec!: { /** @embeddedResource */ template: { apiVersion: string; kind: string; metadata?: ObjectMeta } }')).toEqual([]);
    expect(codes('spec!: { /** @embeddedResource */ template: { apiVersion: string; kind: string; deep?: { metadata?: ObjectMeta } } }')).toEqual(['KW2201']);
    expect(codes('spec!: { metadata?: ObjectMeta }')).toEqual(['KW2201']);
  });

  it('can be looked at by rules on the class', () => {
    expect(codes('spec!: { a: string }', "@Rule('self.metadata.name != self.spec.a')\n")).toEqual([]);
    expect(codes('spec!: { a: string }', "@Rule('self.metadata.labels.size() > 0')\n")).toEqual(['KW1401']);
  });
});
