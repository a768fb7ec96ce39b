import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const guides = join(root, 'docs/guides');

/** `<!-- runs: test/docs/guides/metrics.test.ts -->` before a block of ts: the block is the region `snippet` of that test. */
const MARKED = /<!-- runs: (\S+?)(?:#(\w+))? -->\n```ts\n([\s\S]*?)```/g;

describe.each(readdirSync(guides).filter((name) => name.endsWith('.md')))('docs/guides/%s', (name) => {
  const text = readFileSync(join(guides, name), 'utf8');

  it('shows code as the tests run it', () => {
    for (const [, file, region = 'snippet', shown] of text.matchAll(MARKED)) expect(`${file}\n${shown}`).toBe(`${file}\n${regionOf(file!, region)}`);
  });

  it('links to files that are there', () => {
    const links = Array.from(text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g), ([, target]) => target!);
    for (const link of links) expect(() => readdirOrFile(join(guides, link)), link).not.toThrow();
  });
});

function regionOf(file: string, region: string): string {
  const match = new RegExp(`^( *)// #region ${region}\\n([\\s\\S]*?)^ *// #endregion`, 'm').exec(readFileSync(join(root, file), 'utf8'));
  if (!match) throw new Error(`${file} has no region ${region}`);
  const [, indent, body] = match;
  return body!.split('\n').map((line) => (line.startsWith(indent!) ? line.slice(indent!.length) : line)).join('\n');
}

function readdirOrFile(path: string): void {
  try {
    readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
  }
}
