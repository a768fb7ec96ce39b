import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'docs/reference/correctness-rows');

/** One rule of correct behaviour, and the test that holds it. */
interface Row {
  readonly row: number;
  /** `file > title`, where the title starts with the row's number. */
  readonly test: string | null;
  readonly why?: string;
}

const rows = readdirSync(folder).filter((file) => file.endsWith('.json')).flatMap((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Row[]);

describe('the hidden-correctness rows', () => {
  it('name tests that exist', () => {
    const missing = rows.filter(({ test }) => test !== null).filter(({ row, test }) => {
      const [file = '', ...title] = test!.split(' > ');
      const path = join(root, file);
      // Titles of table tests are templates: the number and its first words are what can be looked for.
      return !existsSync(path) || !title.at(-1)!.includes(`#${row} `) || !new RegExp(`#${row} `).test(readFileSync(path, 'utf8'));
    });
    expect(missing).toEqual([]);
  });

  it('have a test, or a reason for having none', () => {
    expect(rows.filter(({ test, why }) => test === null && !why)).toEqual([]);
  });

  it('stand in docs/reference/correctness.md', async () => {
    const byRow = groupByRow(rows);
    const lines = [...byRow].sort(([a], [b]) => a - b).map(([row, entries]) => {
      const tests = entries.filter(({ test }) => test !== null).map(({ test }) => test!.split(' > ')).map(([file, ...title]) => `${title.join(' > ')} (\`${file}\`)`);
      return `| ${row} | ${(tests.length > 0 ? tests.join('<br>') : `none: ${entries[0]!.why}`).replaceAll('|', '\\|')} |`;
    });
    const page = [
      '# What a controller runtime must get right, row by row',
      '',
      'Each row is a rule that naive implementations break; the test of its number holds it. Rows that are not listed belong to parts that are not there yet',
      '(webhook servers, conversion). `pnpm check test/docs -u` writes this page anew from `correctness-rows/`.',
      '',
      '| row | test |',
      '|--:|---|',
      ...lines,
      '',
    ].join('\n');
    await expect(page).toMatchFileSnapshot('../../docs/reference/correctness.md');
  });
});

function groupByRow(all: readonly Row[]): Map<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const each of all) groups.set(each.row, [...(groups.get(each.row) ?? []), each]);
  return groups;
}
