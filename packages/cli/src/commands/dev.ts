import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { KubeObject } from '@kubewright/api';
import { parseAllDocuments } from 'yaml';

import { CliError } from '../errors/cli-error.js';
import { readProjectFile } from '../project/project-file.js';
import { writeKubeconfig } from './cluster.js';
import { generate } from './generate.js';

/** Options of `kubewright dev`, as commander gives them. */
export interface DevOptions {
  readonly project: string;
}

/**
 * Runs a project's operator on an embedded cluster until the signal aborts: generates, compiles, installs the definitions, starts
 * `dist/main.js`, and starts it again whenever a source changes. Definitions of changed types need a restart of the command.
 */
export async function dev(options: DevOptions, print: (line: string) => void, signal: AbortSignal): Promise<void> {
  const directory = resolve(options.project);
  const { crdDirectory } = readProjectFile(directory);
  await generate({ project: directory, check: false, rbac: 'inferred' }, print);

  const compiler = compilerOf(directory);
  const first = run(process.execPath, [compiler], directory);
  if ((await exitOf(first)) !== 0) throw new CliError('the project does not compile', 'Correct the errors above and run the command again.');

  const { TestCluster } = await import('@kubewright/testing');
  const cluster = await TestCluster.start({ port: 0, definitions: definitionsIn(join(directory, crdDirectory)) });
  const children: ChildProcess[] = [];
  try {
    const kubeconfig = join(directory, '.kubewright', 'kubeconfig');
    writeKubeconfig(kubeconfig, cluster.cluster);
    print(`cluster at ${cluster.cluster.url}; in another terminal: export KUBECONFIG=${kubeconfig}`);
    children.push(run(process.execPath, [compiler, '--watch', '--preserveWatchOutput'], directory));
    children.push(run(process.execPath, ['--watch', '--watch-preserve-output', '--enable-source-maps', 'dist/main.js'], directory, { KUBECONFIG: kubeconfig }));
    print('operator started; it starts again when a source changes. Ctrl-C ends it');
    if (!signal.aborted) await new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }));
  } finally {
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(children.map(exitOf));
    await cluster.stop();
  }
}

function compilerOf(directory: string): string {
  try {
    const manifest = createRequire(pathToFileURL(join(directory, 'package.json'))).resolve('typescript/package.json');
    return join(dirname(manifest), 'bin', 'tsc');
  } catch {
    throw new CliError(`typescript is not installed in ${directory}`, 'Run "npm install" there first.');
  }
}

function definitionsIn(folder: string): KubeObject[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => /\.ya?ml$/.test(file))
    .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => document.toJS() as KubeObject | null))
    .filter((object) => object?.kind === 'CustomResourceDefinition') as KubeObject[];
}

function run(command: string, args: readonly string[], cwd: string, env: Record<string, string> = {}): ChildProcess {
  return spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
}

function exitOf(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode ?? 1);
  return new Promise((done) => child.once('exit', (code) => done(code ?? 1)));
}
