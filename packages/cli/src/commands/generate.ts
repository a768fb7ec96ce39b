import { relative, resolve } from 'node:path';

import { CliError } from '../errors/cli-error.js';
import { readProjectFile } from '../project/project-file.js';

/** Options of `kubewright generate`, as commander gives them. */
export interface GenerateCommandOptions {
  readonly project: string;
  readonly check: boolean;
  readonly rbac: 'inferred' | 'explicit';
}

/**
 * Writes definitions, modules and roles of a project. Nothing is written when anything is wrong.
 *
 * @throws CliError with exit code 1 for errors in the sources, 2 with `--check` when files would change
 */
export async function generate(options: GenerateCommandOptions, print: (line: string) => void): Promise<void> {
  const cwd = resolve(options.project);
  const project = readProjectFile(cwd);
  const crdgen = await import('@kubewright/crdgen');
  const { files, diagnostics } = crdgen.generate({
    cwd,
    entries: project.sources,
    crds: project.crdDirectory,
    roles: project.rbacDirectory,
    modules: project.moduleDirectory,
    roleName: project.roleName,
    rbac: options.rbac,
  });
  if (diagnostics.length > 0) process.stderr.write(`${crdgen.formatDiagnostics(diagnostics)}\n`);
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) throw new CliError(`${errors} ${errors === 1 ? 'error' : 'errors'}; nothing was written`, 'Each error above says where it is and what to try.');
  if (!options.check) {
    const written = crdgen.writeFiles(files, cwd);
    print(written.length > 0 ? written.map((path) => `wrote ${path}`).join('\n') : `${files.length} files are up to date`);
    return;
  }
  const outdated = crdgen.outdatedFiles(files, cwd);
  const command = `kubewright generate${options.project === '.' ? '' : ` --project ${relative(process.cwd(), cwd)}`}`;
  if (outdated.length > 0) throw new CliError(`older than their sources: ${outdated.join(', ')}`, `Run "${command}" and commit what it writes.`, 2);
  print(`${files.length} files are up to date`);
}
