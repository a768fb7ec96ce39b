import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { definitionDifferences, generate, importDefinitions, type Definition } from '@kubewright/crdgen';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

const FIXTURES = new URL('../fixtures/crds/', import.meta.url);
const definitions = readdirSync(FIXTURES)
  .filter((name) => name.endsWith('.yaml'))
  .flatMap((name) => parseAllDocuments(readFileSync(new URL(name, FIXTURES), 'utf8'), { merge: true }))
  .map((document) => JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: -1 }))) as Definition);

const folder = mkdtempSync(join(tmpdir(), 'well-known-crds-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('definitions of well-known operators come back from their types, descriptions included', () => {
  let again: ReturnType<typeof generate>;
  let sources: ReturnType<typeof importDefinitions>;

  beforeAll(() => {
    sources = importDefinitions(definitions);
    for (const { path, content } of sources) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    again = generate({ cwd: folder, entries: ['**/*.ts'], rbac: 'explicit' });
  });

  it('there are more than ten, and the generator finds nothing wrong with them', () => {
    expect(definitions.length).toBeGreaterThan(10);
    expect(again.diagnostics.filter((one) => one.severity === 'error').map((one) => `${one.file}:${one.line} ${one.code} ${one.message}`)).toEqual([]);
  });

  it.each(definitions.map((one) => [one.metadata.name, one] as const))('%s', (name, one) => {
    const found = again.definitions.find(({ metadata }) => metadata.name === name);
    expect(found && definitionDifferences(one, found)).toEqual([]);
  });
});
