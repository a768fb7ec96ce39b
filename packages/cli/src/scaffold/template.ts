/**
 * @module scaffold: templates are real projects that compile; copying one replaces the sample's names. A plan is made first and written as
 * a whole, so that a refusal leaves the folder as it was.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { CliError } from '../errors/cli-error.js';

/** One file to write. */
export interface PlannedFile {
  /** Relative to the project, with forward slashes. */
  readonly path: string;
  readonly content: string;
}

/** Literal texts of a template and what takes their place; longer ones are replaced first. */
export type Replacements = Readonly<Record<string, string>>;

/** Reads the template `name` with the sample's names replaced, in contents and paths. */
export function planTemplate(name: string, replacements: Replacements): PlannedFile[] {
  const folder = join(templatesFolder(), name);
  const keys = Object.keys(replacements).sort((a, b) => b.length - a.length);
  const pattern = new RegExp(keys.map((key) => key.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g');
  const replace = (text: string): string => (keys.length === 0 ? text : text.replaceAll(pattern, (found) => replacements[found]!));
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: replace(templatePath(relative(folder, path))), content: replace(readFileSync(path, 'utf8')) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** npm drops `.gitignore` from packages, so templates hold dot files as `dot-gitignore`. */
function templatePath(path: string): string {
  return path.replaceAll('\\', '/').replaceAll(/(^|\/)dot-/g, '$1.');
}

/** Beside `dist` in the published package, at the root of the repository otherwise. */
function templatesFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const found = [join(here, '../../templates'), join(here, '../../../../templates')].find((folder) => existsSync(join(folder, 'project')));
  if (!found) throw new CliError('the templates of this package are missing', 'Install @kubewright/cli again.');
  return found;
}
