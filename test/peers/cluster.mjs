// A cluster for a peer: `kubewright cluster` of this checkout in a process of its own.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { root } from './go.mjs';

/** Runs `use(kubeconfig)` while a cluster is there. `options` are further ones of the command. */
export async function withCluster(scratch, use, options = []) {
  const kubeconfig = join(scratch, 'kubeconfig');
  const child = spawn(process.execPath, [join(root, 'packages/cli/bin/kubewright.js'), 'cluster', '--kubeconfig', kubeconfig, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((done) => child.once('exit', done));
  try {
    await new Promise((done, failed) => {
      let said = '';
      child.stdout.on('data', (chunk) => /^ready$/m.test((said += chunk)) && done());
      child.once('exit', (code) => failed(new Error(`the cluster ended with ${code}: is packages/*/dist up to date? (npm run build)`)));
    });
    return await use(kubeconfig);
  } finally {
    child.kill('SIGTERM');
    const code = await ended;
    if (code !== 0) throw new Error(`the cluster ended with ${code} on SIGTERM`);
  }
}
