import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';

export const root = resolve(import.meta.dirname, '../..');

/** A source file and what it imports: workspace files as paths from the root, packages by name. Type-only imports count too. */
export interface SourceFile {
  readonly path: string;
  readonly lines: number;
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

/** All hand-written and generated sources below `folder`, tests left out. */
export function sourcesOf(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.split(sep).some((part) => part === 'node_modules' || part === 'dist'))
    .map(read)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function read(path: string): SourceFile {
  const text = readFileSync(path, 'utf8');
  const specifiers = ts.preProcessFile(text, true, true).importedFiles.map((imported) => imported.fileName);
  return {
    path: toPosix(relative(root, path)),
    lines: text.split('\n').length - 1,
    files: specifiers.filter((name) => name.startsWith('.')).map((name) => toPosix(relative(root, resolve(dirname(path), name.replace(/\.js$/, '.ts'))))),
    packages: specifiers.filter((name) => !name.startsWith('.')),
  };
}

function toPosix(path: string): string {
  return path.split(sep).join('/');
}
