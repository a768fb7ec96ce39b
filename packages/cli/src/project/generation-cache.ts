import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Diagnostic, GeneratedFile } from '@kubewright/crdgen/output';

/** What a run of the generator gave. */
export interface Generation {
  readonly files: readonly GeneratedFile[];
  readonly diagnostics: readonly Diagnostic[];
  /** Every file that was read. */
  readonly inputs: readonly string[];
}

interface Entry extends Omit<Generation, 'inputs'> {
  readonly generator: string;
  readonly settings: string;
  /** Names of all sources of the project: a new one may be a resource, or what an import leads to from now on. */
  readonly names: readonly string[];
  /** Digests of what was read, by path. */
  readonly inputs: Readonly<Record<string, string>>;
}

/**
 * Keeps the last result in `.kubewright/cache` of a project. It is taken again while the generator, its settings and every file that it read are
 * the same, and no source came or went. Whatever is wrong with the file, it is as if there were none.
 */
export class GenerationCache {
  private readonly file: string;

  /** @param settings what changes the result beside the sources */
  constructor(
    private readonly cwd: string,
    private readonly settings: { readonly entries: readonly string[] },
  ) {
    this.file = join(cwd, '.kubewright', 'cache', 'generate.json');
  }

  read(): Omit<Generation, 'inputs'> | undefined {
    try {
      const entry = JSON.parse(readFileSync(this.file, 'utf8')) as Entry;
      const isSame =
        entry.generator === generatorStamp() &&
        entry.settings === JSON.stringify(this.settings) &&
        JSON.stringify(entry.names) === JSON.stringify(sourceNames(this.cwd)) &&
        Object.entries(entry.inputs).every(([path, digest]) => digestOf(path) === digest);
      return isSame && isGeneration(entry) ? { files: entry.files, diagnostics: entry.diagnostics } : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Call it when the files are written: they may be among the project's sources.
   *
   * @param startedAt when the sources were about to be read, by the clock of the files
   */
  write({ files, diagnostics, inputs }: Generation, startedAt: number): void {
    // What comes into folders outside of the project is not noticed.
    if (this.settings.entries.some((one) => isAbsolute(one) || one.replace(/^!/, '').startsWith('..'))) return;
    try {
      // What changed meanwhile may have been read before or after.
      if (inputs.some((path) => statSync(path).mtimeMs >= startedAt)) return;
      const digests = Object.fromEntries(inputs.map((path) => [path, digestOf(path)]));
      const entry: Entry = { generator: generatorStamp(), settings: JSON.stringify(this.settings), names: sourceNames(this.cwd), inputs: digests, files, diagnostics };
      mkdirSync(dirname(this.file), { recursive: true });
      // Renaming is one step: two runs at a time never read half a file.
      const draft = `${this.file}.${process.pid}`;
      writeFileSync(draft, JSON.stringify(entry));
      renameSync(draft, this.file);
    } catch {
      // A folder that can not be written costs time only.
    }
  }
}

function isGeneration({ files, diagnostics }: Entry): boolean {
  return Array.isArray(files) && Array.isArray(diagnostics) && files.every((one) => typeof one.path === 'string' && typeof one.content === 'string');
}

function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('base64');
}

/** Changes with the version of the generator, and with every build of a working copy. */
function generatorStamp(): string {
  const folder = dirname(fileURLToPath(import.meta.resolve('@kubewright/crdgen')));
  const built = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[jt]s$/.test(name) && !/\.(test|d)\.ts$/.test(name))
    .sort()
    .map((name) => `${name} ${statSync(join(folder, name)).mtimeMs} ${statSync(join(folder, name)).size}`);
  return createHash('sha256').update(readFileSync(join(folder, '..', 'package.json'))).update(built.join('\n')).digest('base64');
}

function sourceNames(cwd: string): string[] {
  const names: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(cwd, folder), { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) visit(path);
      else if (/\.[cm]?tsx?$/.test(entry.name) || entry.name === 'package.json' || /^tsconfig.*\.json$/.test(entry.name)) names.push(path);
    }
  };
  visit('');
  return names.sort();
}
