// `node test/long/agreement/main.mjs [--rounds N] [--seed S] [--types T] [--values V]`: the property test of the generator (test/conformance/generator)
// with more types and values, a new seed each round. A round that fails names its seed: `--rounds 1 --seed S` runs it again.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const flag = (name, otherwise) => (process.argv.includes(`--${name}`) ? Number(process.argv[process.argv.indexOf(`--${name}`) + 1]) : otherwise);
const [rounds, seed, types, values] = [flag('rounds', 5), flag('seed', process.pid), flag('types', 120), flag('values', 24)];

for (let round = 0; round < rounds; round++) {
  const env = { ...process.env, KUBEWRIGHT_AGREEMENT: `${seed + round},${types},${values}` };
  console.log(`seed ${seed + round}: ${types} types with ${values} values each`);
  const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'test/conformance/generator'], { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) {
    console.log(`again: node test/long/agreement/main.mjs --rounds 1 --seed ${seed + round} --types ${types} --values ${values}`);
    process.exit(1);
  }
}
