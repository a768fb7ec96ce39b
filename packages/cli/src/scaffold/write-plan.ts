import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { CliError } from '../errors/cli-error.js';
import type { PlannedFile } from './template.js';

/** Writes a plan, all or nothing: when a file is there already and `force` is not given, nothing is written. */
export function writePlan(directory: string, files: readonly PlannedFile[], options: { force: boolean }): void {
  const existing = files.filter(({ path }) => existsSync(join(directory, path))).map(({ path }) => path);
  if (existing.length > 0 && !options.force) {
    throw new CliError(`these files are there already in ${directory}: ${existing.join(', ')}`, 'Nothing was written. Choose another folder or name, or overwrite them with --force.');
  }
  for (const { path, content } of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
}
