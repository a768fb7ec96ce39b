import { accessSync, chmodSync, constants, cpSync, existsSync, lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { CliError } from '../errors/cli-error.js';

const PROGRAMS = ['kube-apiserver', 'etcd'] as const;
/** Beside the launchers: what they run. */
const HOME = '.kubewright';

/**
 * Writes what `KUBEBUILDER_ASSETS` points to: launchers named `kube-apiserver` and `etcd`, and a link to the kubectl of the PATH, if there is
 * one. The folder stands on its own: node is all that it needs, and it may be moved or copied. What an earlier run wrote is replaced.
 * @param options.path where kubectl is looked for
 */
export async function assets(directory: string, options: { readonly path: string | undefined }, print: (line: string) => void): Promise<void> {
  if (process.platform === 'win32') throw new CliError('launchers for Windows are not written', 'envtest looks for kube-apiserver.exe there: run it under WSL');
  const target = resolve(directory);
  mkdirSync(target, { recursive: true });
  await writePrograms(join(target, HOME));
  for (const name of PROGRAMS) {
    const launcher = join(target, name);
    remove(launcher);
    writeFileSync(launcher, script(name));
    chmodSync(launcher, 0o755);
  }
  const kubectl = findKubectl(options.path ?? '', target);
  if (kubectl) {
    remove(join(target, 'kubectl'));
    symlinkSync(kubectl, join(target, 'kubectl'));
  }
  print(`wrote kube-apiserver and etcd${kubectl ? `, and a link to ${kubectl}` : '; no kubectl is on the PATH, which envtest needs only where a test runs it'}`);
  print(`export KUBEBUILDER_ASSETS=${target}`);
}

/** One file for each program, since loading hundreds of modules takes longer than starting the server. Its data lie two folders above, as in the package. */
async function writePrograms(home: string): Promise<void> {
  const { rolldown } = await import('rolldown');
  const files = Object.fromEntries(PROGRAMS.map((name) => [name, fileURLToPath(new URL(`../launcher/${name}.js`, import.meta.url))]));
  const build = await rolldown({ input: files, platform: 'node', external: (id) => isBuiltin(id), onLog: () => {} });
  try {
    rmSync(home, { recursive: true, force: true });
    await build.write({ dir: join(home, 'programs/bin'), format: 'esm', minify: true, keepNames: true, chunkFileNames: '[name]-[hash].js' });
  } finally {
    await build.close();
  }
  writeFileSync(join(home, 'package.json'), '{"type":"module"}\n');
  cpSync(new URL('../data/', import.meta.resolve('@kubewright/apiserver')), join(home, 'data'), { recursive: true });
}

/** The node of the PATH, else the one that runs now. `exec` keeps the process id: signals reach the server itself. */
function script(program: string): string {
  return `#!/bin/sh
# Written by "kubewright assets".
node=$(command -v node) || node='${process.execPath.replaceAll("'", "'\\''")}'
here=$(dirname -- "$0")
[ -f "$here/${HOME}/programs/bin/${program}.js" ] || here=$(dirname -- "$(readlink -f -- "$0")")
exec "$node" "$here/${HOME}/programs/bin/${program}.js" "$@"
`;
}

function remove(file: string): void {
  // A folder of that name is not ours to take away.
  if (lstatSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new CliError(`${file} is a folder`, 'take it away, or choose another folder for the launchers');
  rmSync(file, { force: true });
}

function findKubectl(path: string, target: string): string | undefined {
  for (const folder of path.split(delimiter)) {
    const file = join(resolve(folder), 'kubectl');
    if (folder === '' || !existsSync(file) || resolve(folder) === target) continue;
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      continue;
    }
  }
  return undefined;
}
