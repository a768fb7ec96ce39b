import { relative, resolve } from 'node:path';

import type * as Crdgen from '@kubewright/crdgen';
import type { Diagnostic } from '@kubewright/crdgen';
import { realClock } from '@kubewright/platform';

import { CliError } from '../errors/cli-error.js';
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
}

/**
 * Writes what a project's types say: definitions, modules, roles, webhook configurations, and what else kubewright.json names a folder for.
 * Nothing is written when anything is wrong.
 *
 * @throws CliError with exit code 1 for errors in the sources, 2 with `--check` when files would change
 */
export async function generate(options: GenerateCommandOptions, print: (line: string) => void): Promise<void> {
  const crdgen = await import('@kubewright/crdgen');
  const tell = options.format === undefined || options.format === 'text' ? print : () => {};
  run(crdgen, options, print, tell);
}

/** Generates, and again whenever a source or kubewright.json changes, until the signal aborts. Errors are printed and waited out. */
export async function generateAndWatch(options: GenerateCommandOptions, print: (line: string) => void, signal: AbortSignal): Promise<void> {
  const crdgen = await import('@kubewright/crdgen');
  const cwd = resolve(options.project);
  const once = (): void => {
    const start = realClock.monotonic();
    try {
      run(crdgen, options, print, print);
      print(`done in ${Math.round(realClock.monotonic() - start)} ms; waiting for changes, Ctrl-C ends it`);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      process.stderr.write(`error: ${error.message}\n${error.hint}\n`);
    }
  };
  const changes = watchSources(cwd, signal);
  once();
  for await (const _change of changes) once();
}

function run(crdgen: typeof Crdgen, options: GenerateCommandOptions, print: (line: string) => void, tell: (line: string) => void): void {
  const cwd = resolve(options.project);
  const project = readProjectFile(cwd);
  const { files, diagnostics } = crdgen.generate({
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
    rbac: options.rbac,
  });
  printDiagnostics(crdgen, diagnostics, options.format ?? 'text', cwd, print);
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) throw new CliError(`${errors} ${errors === 1 ? 'error' : 'errors'}; nothing was written`, 'Each error above says where it is and what to try.');
  if (!options.check) {
    const written = crdgen.writeFiles(files, cwd);
    return tell(written.length > 0 ? written.map((path) => `wrote ${path}`).join('\n') : `${files.length} files are up to date`);
  }
  const outdated = crdgen.outdatedFiles(files, cwd);
  const command = `kubewright generate${options.project === '.' ? '' : ` --project ${relative(process.cwd(), cwd)}`}`;
  if (outdated.length > 0) throw new CliError(`older than their sources: ${outdated.join(', ')}`, `Run "${command}" and commit what it writes.`, 2);
  tell(`${files.length} files are up to date`);
}

function printDiagnostics(crdgen: typeof Crdgen, diagnostics: readonly Diagnostic[], format: DiagnosticFormat, cwd: string, print: (line: string) => void): void {
  if (format === 'json') print(crdgen.diagnosticsAsJson(diagnostics));
  else if (format === 'sarif') print(crdgen.diagnosticsAsSarif(diagnostics, cwd));
  else if (diagnostics.length > 0) process.stderr.write(`${crdgen.formatDiagnostics(diagnostics)}\n`);
}
