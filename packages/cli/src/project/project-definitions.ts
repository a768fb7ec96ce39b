import { resolve } from 'node:path';

import type { Definition } from '@kubewright/crdgen';

import { CliError } from '../errors/cli-error.js';
import { readProjectFile } from './project-file.js';

/**
 * The definitions that the types of a project say, whatever is in its generated files.
 *
 * @param name what errors call the project. @default its folder
 * @throws CliError when there is no project, or its types have errors, which are printed
 */
export async function definitionsOfProject(folder: string, name?: string, exitCode = 1): Promise<readonly Definition[]> {
  const { formatDiagnostics, generate } = await import('@kubewright/crdgen');
  const cwd = resolve(folder);
  const project = readProjectFile(cwd);
  const { definitions, diagnostics } = generate({ cwd, entries: project.sources, rbac: 'explicit', crds: false, roles: false, webhooks: false });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return definitions;
  process.stderr.write(`${formatDiagnostics(errors)}\n`);
  throw new CliError(`${errors.length} ${errors.length === 1 ? 'error' : 'errors'} in the types${name === undefined ? '' : ` of ${name}`}`, 'Each error above says where it is and what to try.', exitCode);
}
