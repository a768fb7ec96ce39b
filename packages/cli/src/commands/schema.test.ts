import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { schema } from './schema.js';

let folder: string;
let printed: string;
const print = (line: string): void => void (printed += line);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubewright-schema-'));
  printed = '';
  process.exitCode = undefined;
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = undefined;
});

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe('kubewright schema', () => {
  it('prints schemas and diagnostics in the order of the files, and null where there are errors', async () => {
    const good = write('good.ts', "import type { Shared } from './shared.js';\nexport interface Spec { a: Shared; /** @format semver */ b?: string }");
    write('shared.ts', 'export type Shared = "x" | "y";');
    const bad = write('bad.ts', "export interface Spec {\n  /** @validation {\"rule\": \"self.lenght() > 1\"} */\n  a?: string;\n}");
    await schema([bad, good], { type: 'Spec', allowDangerousTypes: false }, print);
    expect(process.exitCode).toBe(1);
    expect(JSON.parse(printed)).toEqual([
      { file: bad, type: 'Spec', schema: null, diagnostics: [{ code: 'KW1401', severity: 'error', line: 2, column: 40, message: expect.stringContaining("undeclared reference to 'lenght'") as string }] },
      {
        file: good,
        type: 'Spec',
        schema: { type: 'object', properties: { a: { type: 'string', enum: ['x', 'y'] }, b: { type: 'string', format: 'semver' } }, required: ['a'] },
        diagnostics: [{ code: 'KW2106', severity: 'warning', line: 2, column: 58, message: expect.any(String) as string }],
      },
    ]);
  });

  it('ends with 0 for warnings, and with 1 for a type that is not there', async () => {
    const file = write('spec.ts', 'export interface Spec { /** @format semver */ b?: string }');
    await schema([file], { type: 'Spec', allowDangerousTypes: false }, print);
    expect(process.exitCode).toBeUndefined();
    printed = '';
    await schema([file], { type: 'Other', allowDangerousTypes: false }, print);
    expect(process.exitCode).toBe(1);
    expect(JSON.parse(printed)).toMatchObject([{ schema: null, diagnostics: [{ code: 'KW1000' }] }]);
  });

  it('prints a SARIF log of all files', async () => {
    const files = [write('a.ts', 'export interface Spec { a?: any }'), write('b.ts', 'export interface Spec { a?: bigint }')];
    await schema(files, { type: 'Spec', allowDangerousTypes: false, output: 'sarif' }, print);
    const log = JSON.parse(printed) as { version: string; runs: { tool: { driver: { rules: { id: string }[] } }; results: object[] }[] };
    expect(log.version).toBe('2.1.0');
    expect(log.runs[0]?.tool.driver.rules.map((one) => one.id)).toEqual(['KW1002', 'KW1004']);
    expect(log.runs[0]?.results).toMatchObject([
      { ruleId: 'KW1002', level: 'error', locations: [{ physicalLocation: { region: { startLine: 1, startColumn: 29 } } }] },
      { ruleId: 'KW1004', ruleIndex: 1, level: 'error' },
    ]);
  });
});
