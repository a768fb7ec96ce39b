// How fast an embedded cluster answers, and what it weighs when idle. By hand, after `npm run build`: node test/bench/server-start.mjs
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import { startCluster } from '@kubewright/apiserver';

const RUNS = 20;
const BUDGET = { answerMs: 150, residentMb: 90 };
const COMMAND = new URL('../../packages/cli/bin/kubewright.js', import.meta.url).pathname;

const times = [];
await firstAnswer(); // warms the process: modules, the compiler, the tables that instances share
for (let run = 0; run < RUNS; run++) times.push(await firstAnswer());
times.sort((a, b) => a - b);
const [median, slowest] = [times[RUNS / 2], times.at(-1)];
console.log(`node ${process.version} on ${process.platform} ${process.arch}`);
console.log(`first answered request, in memory, warm: median ${median.toFixed(1)} ms, slowest ${slowest.toFixed(1)} ms of ${RUNS} (budget ${BUDGET.answerMs} ms)`);

const resident = await idleResident();
console.log(`kubewright cluster, idle, HTTPS, all controllers, 1 node: ${resident.toFixed(1)} MB resident (budget ${BUDGET.residentMb} MB)`);
process.exitCode = median <= BUDGET.answerMs && resident <= BUDGET.residentMb ? 0 : 1;

/** From the call of startCluster to the end of the first answer. */
async function firstAnswer() {
  const began = performance.now();
  const cluster = await startCluster();
  const { status, body } = await cluster.transport().dispatch({ method: 'GET', path: '/api/v1/namespaces/default', headers: {} });
  for await (const _ of body);
  const took = performance.now() - began;
  await cluster.stop();
  if (status !== 200) throw new Error(`the server answered ${status}`);
  return took;
}

/** Of a process of its own, some seconds after it was ready. Linux only: elsewhere ps has other ideas of what is resident. */
async function idleResident() {
  const folder = mkdtempSync(join(tmpdir(), 'kubewright-bench-'));
  const child = spawn(process.execPath, [COMMAND, 'cluster', '--port', '0', '--kubeconfig', join(folder, 'kubeconfig')], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const ready = (async () => {
      for await (const line of createInterface({ input: child.stdout })) if (line === 'ready') return true;
      return false;
    })();
    if (!(await ready)) throw new Error('kubewright cluster ended before it was ready');
    await sleep(5_000);
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1024;
  } finally {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}
