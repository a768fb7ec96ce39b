import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sourceHash } from '@kubewright/api';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { checkFreshness } from './freshness.js';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'freshness-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const generated = { definition: { metadata: { name: 'widgets.demo.example.com' } }, sources: { 'widget.ts': sourceHash('old') } };

it('takes a definition whose sources are as they were, or are not there', () => {
  expect(checkFreshness(generated, directory)).toBe(generated.definition);
  writeFileSync(join(directory, 'widget.ts'), 'old');
  expect(checkFreshness(generated, directory)).toBe(generated.definition);
});

it('refuses one whose sources changed, and names them and the command', () => {
  writeFileSync(join(directory, 'widget.ts'), 'new');
  expect(() => checkFreshness(generated, directory)).toThrow(/widgets\.demo\.example\.com is older than its types \(widget\.ts changed\): run "kubewright generate"/);
});
