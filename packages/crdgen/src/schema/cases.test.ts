import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { schemaOf } from './schema-of.js';

interface Case {
  readonly id: string;
  readonly source: string;
  readonly schema?: unknown;
  readonly expect?: readonly { readonly level: 'ERROR' | 'WARN' | 'REJECT'; readonly code: string; readonly line?: number; readonly text?: string }[];
}

const HELPERS = `import { AtLeastOneOf, AtMostOneOf, AtomicList, Bytes, Condition, CustomResource, Double, Duration, EmbeddedObjectMeta, EmbeddedResource, ExactlyOneOf, Float, Format, Int, Int32, Int64, IntOrString, JSONObject, JSONValue, MapList, Max, MaxLength, MicroTime, Min, MinLength, ObjectMeta, OneOf, Opaque, Pattern, Quantity, Rbac, Rule, SetList, Time } from '@kubewright/api';\n`;


describe('the acceptance cases of types', () => {
  const folder = mkdtempSync(join(tmpdir(), 'crdgen-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const cases = JSON.parse(readFileSync(new URL('../../fixtures/types.json', import.meta.url), 'utf8')) as Case[];

  it.each(cases.map((one) => [one.id, one] as const))('case %s', (id, one) => {
    const file = join(folder, `case-${id}.ts`);
    writeFileSync(file, HELPERS + one.source);
    const result = schemaOf(file, 'Spec');
    const found = result.diagnostics.map((diagnostic) => ({ ...diagnostic, line: diagnostic.line - 1 }));
    for (const wanted of one.expect ?? []) {
      const match = found.find((diagnostic) => diagnostic.code === wanted.code && (wanted.line === undefined || diagnostic.line === wanted.line));
      expect(match, `${wanted.code} @${wanted.line} in ${JSON.stringify(found)}`).toBeDefined();
      if (wanted.text) expect(match?.message).toContain(wanted.text);
      expect(match?.severity).toBe(wanted.level === 'WARN' ? 'warning' : 'error');
      expect(match?.frame).toContain('^');
    }
    expect(found.map((diagnostic) => diagnostic.code).sort()).toEqual((one.expect ?? []).map((wanted) => wanted.code).sort());
    if ((one.expect ?? []).every((wanted) => wanted.level === 'WARN')) expect(result.schema).toEqual(one.schema);
    else expect(result.schema).toBeUndefined();
  });

  it('covers every case of types', () => {
    expect(cases.length).toBeGreaterThanOrEqual(56);
  });
});
