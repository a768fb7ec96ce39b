import { resolve } from 'node:path';

import type * as Crdgen from '@kubewright/crdgen';
import type { Definition } from '@kubewright/crdgen';

import { CliError } from '../errors/cli-error.js';
import { readProjectFile } from '../project/project-file.js';
import { readDefinitions } from '../project/read-definitions.js';

/** Options of `kubewright explain`, as commander gives them. */
export interface ExplainCommandOptions {
  readonly project: string;
  readonly file?: string;
  readonly apiVersion?: string;
  readonly recursive: boolean;
}

/**
 * Prints what a field is, from the types of a project or from a file of definitions; no cluster is asked.
 *
 * @throws CliError with exit code 1 for a field that is not there or errors in the sources, 2 for a file that can not be read
 */
export async function explain(path: string, options: ExplainCommandOptions, print: (line: string) => void): Promise<void> {
  const crdgen = await import('@kubewright/crdgen');
  const definitions = options.file === undefined ? definitionsOfProject(crdgen, options.project) : readDefinitions(options.file);
  const version = options.apiVersion?.split('/').at(-1);
  const found = crdgen.explain(definitions, path, { isRecursive: options.recursive, ...(version === undefined ? {} : { version }) });
  if ('problem' in found) throw new CliError(found.problem, found.hint);
  print(found.text);
}

function definitionsOfProject(crdgen: typeof Crdgen, folder: string): readonly Definition[] {
  const cwd = resolve(folder);
  const project = readProjectFile(cwd);
  const { definitions, diagnostics } = crdgen.generate({ cwd, entries: project.sources, rbac: 'explicit' });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return definitions;
  process.stderr.write(`${crdgen.formatDiagnostics(errors)}\n`);
  throw new CliError(`${errors.length} ${errors.length === 1 ? 'error' : 'errors'} in the types`, 'Each error above says where it is and what to try.');
}
