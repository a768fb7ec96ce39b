import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { startCluster, type EmbeddedCluster } from '@kubewright/apiserver';
import { jsonLogger, realClock } from '@kubewright/platform';

import { CliError } from '../errors/cli-error.js';

/** Options of `kubewright cluster`, as commander gives them. */
export interface ClusterOptions {
  readonly port: string;
  readonly kubeconfig?: string;
  readonly controllers: string;
  readonly nodes: string;
  readonly exits: string;
  readonly data?: string;
  readonly verbose: boolean;
}

/** Serves an embedded cluster until the signal aborts. Prints `ready` on a line of its own when it answers. */
export async function cluster(options: ClusterOptions, print: (line: string) => void, signal: AbortSignal): Promise<void> {
  const port = wholeNumber('--port', options.port, 65_535);
  const nodes = wholeNumber('--nodes', options.nodes, 250);
  const controllers = options.controllers === 'all' || options.controllers === 'none' ? options.controllers : options.controllers.split(',').filter((name) => name !== '');
  const exits = Object.fromEntries(options.exits.split(',').map((image) => [image, { after: 100, exitCode: 0 }]));
  const running = await startCluster({ port, nodes, controllers, kubelet: { exits }, data: options.data, log: jsonLogger(realClock, { level: options.verbose ? 'debug' : 'warn' }) });
  const file = resolve(options.kubeconfig ?? '.kubewright/kubeconfig');
  try {
    writeKubeconfig(file, running);
    print(`API server at ${running.url}`);
    print(`export KUBECONFIG=${file}`);
    print('ready');
    if (!signal.aborted) await new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }));
  } finally {
    await running.stop();
    // With a folder the next cluster has the same keys, and mostly the same port.
    if (options.data === undefined) rmSync(file, { force: true });
  }
}

/** It holds a key: only its owner may read it. */
export function writeKubeconfig(file: string, running: EmbeddedCluster): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, running.kubeconfig(), { mode: 0o600 });
  chmodSync(file, 0o600);
}

function wholeNumber(option: string, text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > most) throw new CliError(`${option} ${text} is not a whole number from 0 to ${most}`, `Example: kubewright cluster ${option} ${option === '--port' ? 6443 : 1}`);
  return value;
}
