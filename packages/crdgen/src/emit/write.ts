import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** A file to be written, by its path from the working folder. */
export interface GeneratedFile {
  readonly path: string;
  readonly content: string;
}

/** Writes files that differ from what is there; returns their paths. Watchers see no file that did not change. */
export function writeFiles(files: readonly GeneratedFile[], cwd: string): string[] {
  const changed = outdatedFiles(files, cwd);
  for (const file of files) {
    if (!changed.includes(file.path)) continue;
    const path = resolve(cwd, file.path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.content);
  }
  return changed;
}

/** The files that are missing or differ from what would be written (`--check`). */
export function outdatedFiles(files: readonly GeneratedFile[], cwd: string): string[] {
  return files.filter((file) => textAt(resolve(cwd, file.path)) !== file.content).map((file) => file.path);
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
