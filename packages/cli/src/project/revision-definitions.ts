import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import type { Definition } from '@kubewright/crdgen';

import { CliError } from '../errors/cli-error.js';
import { git, gitBytes } from './git.js';
import { definitionsOfProject } from './project-definitions.js';
import { PROJECT_FILE } from './project-file.js';
import { readDefinitions, UNREADABLE } from './read-definitions.js';

/**
 * The definitions of one revision: of files as {@link readDefinitions} takes them, of the types of a project when its folder is named, or of the
 * types of this project as they were in a git revision.
 *
 * @param project the folder of the project that a revision is looked into
 * @throws CliError with exit code 2 for what can not be read
 */
export async function definitionsOfRevision(source: string, project: string): Promise<readonly Definition[]> {
  if (existsSync(source) && statSync(source).isDirectory() && existsSync(join(source, PROJECT_FILE))) return definitionsOfProject(source, source, UNREADABLE);
  if (source === '-' || existsSync(source) || source.includes(':')) return readDefinitions(source);
  const cwd = resolve(project);
  const commit = source.startsWith('-') ? undefined : git(['rev-parse', '--verify', '--quiet', `${source}^{commit}`], { cwd })?.trim();
  if (!commit) throw new CliError(`${source} is neither a path nor a git revision`, 'Name a file, a folder, a revision such as main or v1.2.0, REF:PATH, or - for standard input.', UNREADABLE);
  return typesOfCommit(source, commit, cwd);
}

async function typesOfCommit(ref: string, commit: string, cwd: string): Promise<readonly Definition[]> {
  const top = git(['rev-parse', '--show-toplevel'], { cwd })?.trim() ?? cwd;
  const prefix = git(['rev-parse', '--show-prefix'], { cwd })?.trim() ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'kubewright-revision-'));
  try {
    checkOut(commit, top, folder);
    if (!existsSync(join(folder, prefix, PROJECT_FILE)))
      throw new CliError(`${ref} has no ${prefix}${PROJECT_FILE}`, `Name the folder of the project with --project, or the definitions themselves: ${ref}:config/crd.`, UNREADABLE);
    // Types of packages are taken as they are installed now.
    for (const at of new Set(['', prefix])) if (existsSync(join(top, at, 'node_modules'))) symlinkSync(join(top, at, 'node_modules'), join(folder, at, 'node_modules'));
    return await definitionsOfProject(join(folder, prefix), ref, UNREADABLE);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes what types are read from; neither the working copy nor the index is touched. */
function checkOut(commit: string, top: string, folder: string): void {
  const listed = git(['ls-tree', '-r', '-z', commit], { cwd: top }) ?? '';
  const files = listed.split('\0').flatMap((line) => {
    const [, id, path] = /^100\d+ blob (\S+)\t(.*)$/s.exec(line) ?? [];
    return id !== undefined && path !== undefined && /\.(?:[cm]?tsx?|json)$/.test(path) ? [{ id, path }] : [];
  });
  const bytes = gitBytes(['cat-file', '--batch'], { cwd: top, input: files.map(({ id }) => `${id}\n`).join('') }) ?? Buffer.alloc(0);
  let at = 0;
  for (const { path } of files) {
    const start = bytes.indexOf('\n', at) + 1;
    const size = Number(bytes.toString('utf8', at, start).trim().split(' ')[2]);
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes.subarray(start, start + size));
    at = start + size + 1;
  }
}
