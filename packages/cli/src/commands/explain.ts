import { CliError } from '../errors/cli-error.js';
import { definitionsOfProject } from '../project/project-definitions.js';
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
  const definitions = options.file === undefined ? await definitionsOfProject(options.project) : readDefinitions(options.file);
  const version = options.apiVersion?.split('/').at(-1);
  const found = crdgen.explain(definitions, path, { isRecursive: options.recursive, ...(version === undefined ? {} : { version }) });
  if ('problem' in found) throw new CliError(found.problem, found.hint);
  print(found.text);
}
