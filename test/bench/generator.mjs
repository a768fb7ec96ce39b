// `node test/bench/generator.mjs [--runs N]`: how long the generator takes, on the built packages. Prints a row for each measurement with the
// time that it may take, and ends with 1 where one takes longer. Each run is a process of its own: nothing is warm.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const cli = join(root, 'packages/cli/dist/main.js');
const runs = Number(process.argv[process.argv.indexOf('--runs') + 1]) || 3;
const folder = mkdtempSync(join(tmpdir(), 'kubewright-bench-'));
const project = join(folder, 'prometheus-operator');
// Beside the original's node_modules, so that imports lead where they do there.
cpSync(join(root, 'examples/prometheus-operator'), project, { recursive: true, filter: (path) => !/node_modules|dist/.test(path) });
symlinkSync(join(root, 'examples/prometheus-operator/node_modules'), join(project, 'node_modules'));
cpSync(join(root, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'));

/** The peak of a process's memory, told on its way out. */
const measure = join(folder, 'measure.mjs');
writeFileSync(measure, "process.on('exit', () => process.stderr.write(`peak ${process.resourceUsage().maxRSS}\\n`));");

function once(args) {
  const begin = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, ['--import', measure, cli, ...args], { cwd: project, encoding: 'utf8' });
  if (status !== 0) throw new Error(`kubewright ${args.join(' ')} ended with ${status}\n${stderr}`);
  return { ms: Number(process.hrtime.bigint() - begin) / 1e6, mb: Number(/peak (\d+)/.exec(stderr)?.[1] ?? 0) / 1024 };
}

/** Changes one file again and again while `generate --watch` runs; each round is from the write to the line that says it is done. */
async function watch() {
  const child = spawn(process.execPath, ['--import', measure, cli, 'generate', '--watch'], { cwd: project, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let told = () => {};
  child.stdout.on('data', (chunk) => {
    output += chunk;
    told();
  });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  const ready = async (times) => {
    while ((output.match(/done in \d+ ms/g) ?? []).length < times) await new Promise((resolve) => (told = resolve));
  };
  await ready(1);
  const file = join(project, 'src/api/probe.ts');
  const text = readFileSync(file, 'utf8');
  const rounds = [];
  for (let round = 1; round <= runs + 1; round++) {
    const begin = process.hrtime.bigint();
    writeFileSync(file, text.replace('/**', `/** Round ${round}.\n *`));
    await ready(round + 1);
    rounds.push(Number(process.hrtime.bigint() - begin) / 1e6);
  }
  const ended = new Promise((resolve) => child.on('close', resolve));
  child.kill('SIGINT');
  await ended;
  // The first change still warms the code up.
  return { ms: median(rounds.slice(1)), mb: Number(/peak (\d+)/.exec(errors)?.[1] ?? 0) / 1024 };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const best = (args) => {
  const all = Array.from({ length: runs }, () => once(args));
  return { ms: median(all.map((one) => one.ms)), mb: Math.max(...all.map((one) => one.mb)) };
};

writeFileSync(join(folder, 'spec.ts'), "export interface Spec {\n  /** @maxLength 63 */\n  name: string;\n  mode?: 'a' | 'b';\n  ports?: { name: string; port?: 1 | 2 }[];\n}\n");
try {
  const rows = [
    ['ten CRDs of the Prometheus operator, cold', 5_000, best(['generate'])],
    ['one changed file under --watch', 1_000, await watch()],
    ['kubewright schema of one small file', 1_500, best(['schema', join(folder, 'spec.ts'), '--type', 'Spec'])],
  ];
  console.log(`${'measurement'.padEnd(44)}  median ms  limit ms  peak MB   (${runs} runs, Node ${process.version})`);
  for (const [name, limit, { ms, mb }] of rows) console.log(`${name.padEnd(44)}  ${ms.toFixed(0).padStart(9)}  ${String(limit).padStart(8)}  ${mb.toFixed(0).padStart(7)}   ${ms <= limit ? '✓' : '✗'}`);
  process.exitCode = rows.every(([, limit, { ms }]) => ms <= limit) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
