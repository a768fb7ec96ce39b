// `node test/long/fuzz/main.mjs [--count N] [--seed S] [--only N] [--stop-after N]`: requests that nobody should send (requests.mjs), to clusters in this process.
// What is found is printed with what makes it again; state that earlier cases left behind may matter, then `--seed` alone repeats the whole run.
import { startCluster } from '@kubewright/apiserver';

import { fuzz } from './run.mjs';

const flag = (name, otherwise) => (process.argv.includes(`--${name}`) ? Number(process.argv[process.argv.indexOf(`--${name}`) + 1]) : otherwise);
const [count, seed, only, stopAfter] = [flag('count', 100_000), flag('seed', process.pid), flag('only'), flag('stop-after', 20)];

console.log(`seed ${seed}, ${only === undefined ? `${count} requests` : `case ${only}`}`);
const { findings, statuses } = await fuzz({ startCluster, count, seed, only, stopAfter, print: (line) => console.log(line) });
console.log(`answers: ${Object.entries(statuses).map(([status, times]) => `${status}: ${times}`).join(', ')}`);
console.log(findings.length === 0 ? 'nothing found' : `${findings.length} findings`);
process.exit(findings.length === 0 ? 0 : 1);
