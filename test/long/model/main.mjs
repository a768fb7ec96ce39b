// `node test/long/model/main.mjs [--rounds N] [--seed S] [--runs R]`: random sequences of requests, watching clients and patches against the rules as they
// are documented (test/conformance/model), with more of them and a new seed each round. A round that fails names its seed: `--rounds 1 --seed S`.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const flag = (name, otherwise) => (process.argv.includes(`--${name}`) ? Number(process.argv[process.argv.indexOf(`--${name}`) + 1]) : otherwise);
const [rounds, seed, runs] = [flag('rounds', 3), flag('seed', process.pid), flag('runs', 2000)];

for (let round = 0; round < rounds; round++) {
  console.log(`seed ${seed + round}: ${runs} sequences of a kind`);
  const env = { ...process.env, KUBEWRIGHT_MODEL: `${seed + round},${runs}` };
  const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'test/conformance/model'], { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) {
    console.log(`again: node test/long/model/main.mjs --rounds 1 --seed ${seed + round} --runs ${runs}`);
    process.exit(1);
  }
}
