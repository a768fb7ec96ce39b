import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './imports.js';

const PAGE = 'docs/architecture/one-event.md';

/** One row of the page's table. */
export interface WalkRow {
  readonly stop: number;
  readonly channel: string;
  readonly files: readonly string[];
}

/** What docs/architecture/one-event.md says. */
export interface WalkPage {
  readonly rows: readonly WalkRow[];
  /** Every file of the repository that the page names, in text, table, list or link. */
  readonly named: readonly string[];
  /** The reading list, in its two parts: stops 1 to 9, and 10 to 13. */
  readonly reading: readonly [readonly string[], readonly string[]];
}

/** Reads the page that the tests of this folder hold the code to. */
export function readWalkPage(): WalkPage {
  const text = readFileSync(join(root, PAGE), 'utf8');
  const [walk = '', reading = ''] = text.split('## What to read\n');
  const [first = '', second = ''] = reading.split('Stops 10 to 13');
  const links = Array.from(text.matchAll(/\]\((\.[^)]+)\)/g), ([, target]) => join('docs/architecture', target!));
  return { rows: rowsOf(walk), named: [...new Set([...pathsIn(text), ...links])], reading: [listIn(first), listIn(second)] };
}

function rowsOf(text: string): WalkRow[] {
  return Array.from(text.matchAll(/^\| (\d+) \| `([\w-]+)` \| ([^|]+) \|/gm), ([, stop, channel, files]) => ({ stop: Number(stop), channel: channel!, files: pathsIn(files!) }));
}

function listIn(text: string): string[] {
  return Array.from(text.matchAll(/^\d+\. `([^`]+)`$/gm), ([, path]) => path!);
}

function pathsIn(text: string): string[] {
  return Array.from(text.matchAll(/`(packages\/[^`\s]+)`/g), ([, path]) => path!);
}
