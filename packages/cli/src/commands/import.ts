import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import type * as Crdgen from '@kubewright/crdgen';
import type { Definition } from '@kubewright/crdgen';

import { CliError } from '../errors/cli-error.js';
import { readDefinitions, UNREADABLE } from '../project/read-definitions.js';

/** Options of `kubewright import`, as commander gives them. */
export interface ImportCommandOptions {
  readonly out: string;
  readonly force: boolean;
  /** Whether built-in types are recognised: true gives their descriptions up, false never uses them. @default where no description is lost */
  readonly coreTypes?: boolean;
  /** Take the definitions from a cluster; sources are names then. @default false */
  readonly cluster?: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/**
 * Writes TypeScript classes for CustomResourceDefinitions: `OUT/VERSION/KIND.ts`, and generates from them again to see that nothing was lost.
 *
 * @throws CliError with exit code 2 for inputs that can not be read, 1 for files that are there or when generating gives something else
 */
export async function importDefinitions(sources: readonly string[], options: ImportCommandOptions, print: (line: string) => void): Promise<void> {
  const definitions = latest(await definitionsOf(sources, options));
  const crdgen = await import('@kubewright/crdgen');
  const out = resolve(options.out);
  const files = crdgen.importDefinitions(definitions, options.coreTypes === undefined ? {} : { coreTypes: options.coreTypes });
  const taken = crdgen.outdatedFiles(files, out).filter((path) => existsSync(join(out, path)));
  if (taken.length > 0 && !options.force)
    throw new CliError(`${taken.length === 1 ? 'this file is' : 'these files are'} there and differ: ${taken.map((path) => join(options.out, path)).join(', ')}`, 'Overwrite them with --force, or name another folder with --out.');
  const written = crdgen.writeFiles(files, out);
  for (const path of written) print(`wrote ${relative(process.cwd(), join(out, path))}`);
  if (written.length === 0) print(`${files.length} files are up to date`);

  const again = crdgen.generate({ cwd: out, entries: files.map((file) => file.path), crds: false, roles: false, webhooks: false, rbac: 'explicit' });
  const errors = again.diagnostics.filter((one) => one.severity === 'error');
  if (errors.length > 0) process.stderr.write(`${crdgen.formatDiagnostics(errors)}\n`);
  const differences = errors.length > 0 ? [] : definitions.flatMap((one) => differencesOf(crdgen, one, again.definitions, options));
  for (const difference of differences) process.stderr.write(`${difference}\n`);
  if (errors.length + differences.length > 0)
    throw new CliError(
      'the files were written, but generating from them does not give the same definitions',
      errors.length > 0 ? 'The API server takes what is listed above, and the generator refuses it as useless or wrong: correct it in the files.' : 'The differences are listed above: correct them in the files.',
    );
}

function differencesOf(crdgen: typeof Crdgen, definition: Definition, all: readonly Definition[], { coreTypes }: ImportCommandOptions): string[] {
  const { name } = definition.metadata;
  const again = all.find((one) => one.metadata.name === name);
  if (!again) return [`${name} is gone`];
  // Built-in types come with their own descriptions, which is none.
  return crdgen.definitionDifferences(definition, again, { ignoreDescriptions: coreTypes === true }).map((text) => `${name}${text}`);
}

async function definitionsOf(sources: readonly string[], options: ImportCommandOptions): Promise<Definition[]> {
  if (options.cluster) {
    const { definitionsOfCluster } = await import('../project/cluster-definitions.js');
    return definitionsOfCluster(sources, options);
  }
  if (sources.length === 0) throw new CliError('there is nothing to import', 'Name files or folders, - for standard input, or take the definitions of a cluster with --cluster.', UNREADABLE);
  return sources.flatMap(readDefinitions);
}

/** The last of several definitions of one name wins, as with kubectl apply. */
function latest(definitions: readonly Definition[]): Definition[] {
  return [...new Map(definitions.map((one) => [one.metadata.name, one])).values()];
}
