import { existsSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative, resolve } from 'node:path';

import { CliError } from '../errors/cli-error.js';
import { readProjectFile } from '../project/project-file.js';

/** Options of `kubewright bundle`, as commander gives them. */
export interface BundleOptions {
  readonly project: string;
  /** Relative to the project. */
  readonly entry: string;
  readonly out: string;
  /** Packages that stay imports, and must be there at run time. */
  readonly external: readonly string[];
  readonly minify: boolean;
}

/**
 * Makes one folder of JavaScript of an operator and everything that it imports: it starts in half of the time and needs no node_modules.
 * What is imported at run time only stays in files of its own. The folder is made anew. Types are not checked; `tsc` does that.
 */
export async function bundle(options: BundleOptions, print: (line: string) => void): Promise<void> {
  const directory = resolve(options.project);
  readProjectFile(directory);
  const entry = join(directory, options.entry);
  const out = resolve(directory, options.out);
  if (!existsSync(entry)) throw new CliError(`there is no ${options.entry} in ${directory}`, 'Name the file that starts the operator with --entry.');
  if (relative(out, entry) === '' || !relative(out, entry).startsWith('..')) throw new CliError(`${options.out} holds the sources`, 'Choose another folder with --out: it is emptied first.');
  const own = Object.keys((JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { readonly dependencies?: object }).dependencies ?? {});
  const unknown = options.external.filter((name) => !own.includes(name));
  if (unknown.length > 0) throw new CliError(`${unknown.join(', ')}: no dependency of the project`, `Packages that stay outside must be among the dependencies: ${own.join(', ')}`);

  const { rolldown } = await import('rolldown');
  const missing = new Set<string>();
  const build = await rolldown({
    input: { main: entry },
    cwd: directory,
    platform: 'node',
    tsconfig: join(directory, 'tsconfig.json'),
    external: (id) => isBuiltin(id) || options.external.some((name) => id === name || id.startsWith(`${name}/`)),
    onLog: (_level, { code, exporter, id, message }, _handler) => {
      // Optional packages that are not installed stay imports; whoever asks for them at run time is told.
      if (code === 'UNRESOLVED_IMPORT') missing.add(exporter ?? message);
      else if (code !== 'EVAL' && code !== 'CIRCULAR_DEPENDENCY') print(`warning: ${id ? `${relative(directory, id)}: ` : ''}${message}`);
    },
  });
  try {
    rmSync(out, { recursive: true, force: true });
    const { output } = await build.write({
      dir: out,
      format: 'esm',
      sourcemap: true,
      minify: options.minify,
      keepNames: true, // names of classes are in errors, logs and metrics
      chunkFileNames: 'chunks/[name]-[hash].js',
    });
    const size = output.reduce((sum, file) => sum + (file.type === 'chunk' ? file.code.length : 0), 0);
    const main = output.find((file) => file.type === 'chunk' && file.isEntry);
    print(`${relative(directory, out)}: main.js ${kilobytes(main?.type === 'chunk' ? main.code.length : 0)}, with what is loaded on demand ${kilobytes(size)}`);
    if (missing.size > 0) print(`not installed and left out: ${[...missing].join(', ')}`);
    print(`start it with: node --enable-source-maps ${join(options.out, 'main.js')}`);
  } finally {
    await build.close();
  }
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000).toLocaleString('en')} kB`;
}
