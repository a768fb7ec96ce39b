import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import type { GenerateOptions, GeneratorSession } from '@kubewright/crdgen';
import { diagnosticsAsJson, diagnosticsAsSarif, formatDiagnostics, outdatedFiles, writeFiles, type Diagnostic } from '@kubewright/crdgen/output';
import { realClock } from '@kubewright/platform';

import { CliError } from '../errors/cli-error.js';
import { GenerationCache, type Generation } from '../project/generation-cache.js';
import { readProjectFile } from '../project/project-file.js';
import { watchSources } from '../project/watch-sources.js';

/** How diagnostics are printed. */
export type DiagnosticFormat = 'text' | 'json' | 'sarif';

/** Options of `kubewright generate`, as commander gives them. */
export interface GenerateCommandOptions {
  readonly project: string;
  readonly check: boolean;
  readonly rbac: 'inferred' | 'explicit';
  /** `json` and `sarif` go to standard output, alone. @default 'text', to standard error */
  readonly format?: DiagnosticFormat;
  /** Whether the last result may be taken when nothing changed. @default true */
  readonly cache?: boolean;
}

/**
 * Writes what a project's types say: definitions, modules, roles, webhook configurations, and what else kubewright.json names a folder for.
 * Nothing is written when anything is wrong.
 *
 * @throws CliError with exit code 1 for errors in the sources, 2 with `--check` when files would change
 */
export async function generate(options: GenerateCommandOptions, print: (line: string) => void): Promise<void> {
  const tell = options.format === undefined || options.format === 'text' ? print : () => {};
  await run(options, newSession(), print, tell);
}

/** Loads the compiler when it is first needed, and keeps what was parsed. */
function newSession(): () => Promise<GeneratorSession> {
  let session: Promise<GeneratorSession> | undefined;
  return () => (session ??= import('@kubewright/crdgen').then((crdgen) => new crdgen.GeneratorSession()));
}

/** Generates, and again whenever a source or kubewright.json changes, until the signal aborts. Errors are printed and waited out. */
export async function generateAndWatch(options: GenerateCommandOptions, print: (line: string) => void, signal: AbortSignal): Promise<void> {
  const cwd = resolve(options.project);
  const session = newSession();
  const once = async (): Promise<void> => {
    const start = realClock.monotonic();
    try {
      await run(options, session, print, print);
      print(`done in ${Math.round(realClock.monotonic() - start)} ms; waiting for changes, Ctrl-C ends it`);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      process.stderr.write(`error: ${error.message}\n${error.hint}\n`);
    }
  };
  const changes = watchSources(cwd, signal);
  await once();
  // Everything was as the last run left it: be ready for the first change all the same.
  void session().catch(() => {});
  for await (const _change of changes) await once();
}

async function run(options: GenerateCommandOptions, session: () => Promise<GeneratorSession>, print: (line: string) => void, tell: (line: string) => void): Promise<void> {
  const cwd = resolve(options.project);
  const settings = settingsOf(cwd, options);
  const cache = new GenerationCache(cwd, settings);
  const startedAt = realClock.now();
  const known = options.cache === false ? undefined : cache.read();
  const result: Pick<Generation, 'files' | 'diagnostics'> = known ?? (await session()).generate(settings);
  const { files, diagnostics } = result;
  printDiagnostics(diagnostics, options.format ?? 'text', cwd, print);
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) throw new CliError(`${errors} ${errors === 1 ? 'error' : 'errors'}; nothing was written`, 'Each error above says where it is and what to try.');
  if (!options.check) {
    const written = writeFiles(files, cwd);
    if (!known) cache.write(result as Generation, startedAt);
    for (const name of missingDependencies(files, cwd)) tell(`the generated modules import ${name}: npm install ${name}`);
    return tell(written.length > 0 ? written.map((path) => `wrote ${path}`).join('\n') : `${files.length} files are up to date`);
  }
  if (!known) cache.write(result as Generation, startedAt);
  const outdated = outdatedFiles(files, cwd);
  const command = `kubewright generate${options.project === '.' ? '' : ` --project ${relative(process.cwd(), cwd)}`}`;
  if (outdated.length > 0) throw new CliError(`older than their sources: ${outdated.join(', ')}`, `Run "${command}" and commit what it writes.`, 2);
  tell(`${files.length} files are up to date`);
}

/** Packages of ours that generated modules import and the project does not name. */
function missingDependencies(files: Generation['files'], cwd: string): string[] {
  const manifest = join(cwd, 'package.json');
  if (!existsSync(manifest)) return [];
  const { dependencies = {} } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly dependencies?: Readonly<Record<string, string>> };
  const imported = files.filter(({ path }) => path.endsWith('.ts')).flatMap(({ content }) => [...content.matchAll(/from '(@kubewright\/[a-z]+)/g)].map(([, name]) => name!));
  return [...new Set(imported)].filter((name) => !(name in dependencies)).sort();
}

function settingsOf(cwd: string, { rbac }: GenerateCommandOptions): GenerateOptions {
  const project = readProjectFile(cwd);
  return {
    cwd,
    entries: project.sources,
    crds: project.crdDirectory,
    roles: project.rbacDirectory,
    webhooks: project.webhookDirectory,
    certificates: project.certificates,
    modules: project.moduleDirectory,
    validators: project.validatorDirectory ?? false,
    samples: project.sampleDirectory ?? false,
    docs: project.docsDirectory ?? false,
    roleName: project.roleName,
    rbac,
  };
}

function printDiagnostics(diagnostics: readonly Diagnostic[], format: DiagnosticFormat, cwd: string, print: (line: string) => void): void {
  if (format === 'json') print(diagnosticsAsJson(diagnostics));
  else if (format === 'sarif') print(diagnosticsAsSarif(diagnostics, cwd));
  else if (diagnostics.length > 0) process.stderr.write(`${formatDiagnostics(diagnostics)}\n`);
}
