// What `npm test`, `npm run demo` and `npm run prometheus-operator` do: set up once, then run the task.
// It needs nothing but Node and npm, and prints what it is busy with.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [task, ...rest] = process.argv.slice(2);
const tasks = {
  test: ['node', ['scripts/check.mjs', ...rest]],
  demo: ['node', ['examples/prometheus-operator/dist/demo/main.js', ...rest]],
  'prometheus-operator': ['node', ['examples/prometheus-operator/dist/main.js', ...rest]],
};

if (!Object.hasOwn(tasks, task ?? '')) fail(`unknown task ${task ?? '(none)'}; there are: ${Object.keys(tasks).join(', ')}`);
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) fail(`Node ${process.versions.node} is too old: kubewright needs 20.19 or newer`);

const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const stamp = join(root, 'node_modules', '.kubewright-installed');
const wanted = createHash('sha256').update(readFileSync(join(root, 'pnpm-lock.yaml'))).digest('hex');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  step('installing dependencies (once)', () => pnpm(['install', '--frozen-lockfile', '--prefer-offline']));
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}
step('building', () => run('node', ['node_modules/typescript/bin/tsc', '-b']));
run(...tasks[task]);

/** pnpm of the version that package.json names: the one on the PATH if it is that one, else through npx, which keeps it in npm's cache. */
function pnpm(args) {
  const version = packageManager.split('@')[1];
  const found = spawnSync('pnpm', ['--version'], { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  if (found.status === 0 && found.stdout.trim() === version) run('pnpm', args);
  else run('npx', ['--yes', `pnpm@${version}`, ...args]);
}

function step(title, action) {
  const start = process.hrtime.bigint();
  console.error(`· ${title} …`);
  action();
  console.error(`· ${title}: ${(Number(process.hrtime.bigint() - start) / 1e9).toFixed(1)} s`);
}

function run(command, args) {
  const windowsScript = process.platform === 'win32' && command !== 'node';
  const { status, signal, error } = spawnSync(command === 'node' ? process.execPath : command, args, { cwd: root, stdio: 'inherit', shell: windowsScript });
  if (error) fail(`cannot run ${command}: ${error.message}`);
  if (signal) process.exit(signal === 'SIGINT' ? 130 : 1);
  if (status !== 0) process.exit(status ?? 1);
}

function fail(message) {
  console.error(`kubewright: ${message}`);
  process.exit(1);
}
