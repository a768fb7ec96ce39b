// Builds Go programs for tests, in a cache folder that outlives the run; nothing of it comes into the repository.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
export const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'kubewright/peers');

// -mod=mod lets a module that is read from elsewhere complete its sums.
export const goEnv = { ...process.env, GOFLAGS: '-mod=mod -buildvcs=false' };

export function go(args, cwd, stdio = ['ignore', 'pipe', 'inherit']) {
  return execFileSync('go', args, { cwd, encoding: 'utf8', env: goEnv, stdio, maxBuffer: 64 * 1024 * 1024 });
}

/** Says what is missing before minutes have passed. */
export function requireGo() {
  try {
    go(['version']);
  } catch {
    throw new Error('go is not on the PATH: the peers are Go programs');
  }
}

/** A module with its tests, copied out of the read-only module cache. */
export function moduleCopy(module, version) {
  const target = join(cache, `${module.split('/').at(-1)}@${version}`);
  if (existsSync(join(target, '.complete'))) return target;
  const { Dir } = JSON.parse(go(['mod', 'download', '-json', `${module}@${version}`], import.meta.dirname));
  cpSync(Dir, target, { recursive: true });
  // Modules carry no modes: folders and files have to be writable, and scripts among the test data executable.
  execFileSync('chmod', ['-R', 'u+w', target]);
  execFileSync('find', [target, '-name', '*.sh', '-exec', 'chmod', '+x', '{}', '+']);
  writeFileSync(join(target, '.complete'), '');
  return target;
}

/** Builds the command `main` of a module of our own that requires others. @returns the program */
export function buildProgram(name, { source, requires, main = '.' }) {
  const folder = join(cache, name);
  mkdirSync(folder, { recursive: true });
  const text = source ?? 'package main\n\nfunc main() {}\n';
  const mod = `module peers\n\ngo 1.26.0\n\nrequire (\n${Object.entries(requires).map(([module, version]) => `\t${module} ${version}\n`).join('')})\n`;
  const stamp = `${text}\n${mod}`;
  const program = join(folder, name);
  const stampFile = join(folder, 'stamp');
  if (existsSync(program) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return program;
  writeFileSync(join(folder, 'main.go'), text);
  writeFileSync(join(folder, 'go.mod'), mod);
  go(['build', '-o', program, main], folder);
  writeFileSync(stampFile, stamp);
  return program;
}
