// What a new user does, from packed tarballs into an empty folder: init, create api, generate, type-check, test, dev, bundle.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pack } from './pack.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'kubewright-packaging-'));
const project = join(scratch, 'my-operator');
const CONTROLLER_STARTED = /"msg":"controller started","controller":"crontab"/;
const run = (command, args, cwd = project) => execFileSync(command, args, { cwd, stdio: 'inherit', env: { ...process.env, CI: 'true' } });

try {
  const tarballs = pack(join(scratch, 'tarballs'));

  // npx needs the command before the project has it: a folder of its own plays the registry.
  const tool = join(scratch, 'tool');
  install(tool, tarballs, { '@kubewright/cli': `file:${tarballs['@kubewright/cli']}` });
  run(join(tool, 'node_modules/.bin/kubewright'), ['init', project, '--domain', 'acme.example'], scratch);

  const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  const local = (dependencies) => Object.fromEntries(Object.entries(dependencies).map(([name, range]) => [name, tarballs[name] ? `file:${tarballs[name]}` : range]));
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ ...manifest, dependencies: local(manifest.dependencies), devDependencies: local(manifest.devDependencies), overrides: overridesOf(tarballs, manifest) }, null, 2),
  );
  run('npm', ['install', '--no-audit', '--no-fund']);
  run('npx', ['kubewright', 'create', 'api', '--group', 'demo', '--version', 'v1', '--kind', 'CronTab']);
  run('npm', ['run', 'generate']);
  run('npx', ['kubewright', 'generate', '--check']);
  run('npx', ['tsc', '-p', 'tsconfig.test.json']);
  run('npm', ['test']);
  await dev();
  run('npm', ['run', 'bundle']);
  await bundled();
  console.log('\nthe scaffolded project generates, type-checks, tests, runs, and runs without its node_modules');
} finally {
  if (!process.env.KEEP) rmSync(scratch, { recursive: true, force: true });
}

/** `npm run dev` starts cluster and operator, whose controller reaches the cluster, and ends on SIGINT. */
async function dev() {
  const child = spawn('npm', ['run', 'dev'], { cwd: project, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  await said(child, /operator started/, CONTROLLER_STARTED);
  await end(child);
}

/** The bundle alone, in a folder where no package can be found, reaches a cluster. */
async function bundled() {
  const alone = join(scratch, 'alone');
  cpSync(join(project, 'bundle'), alone, { recursive: true });
  const kubeconfig = join(scratch, 'kubeconfig');
  const cluster = spawn('npx', ['kubewright', 'cluster', '--kubeconfig', kubeconfig], { cwd: project, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  try {
    await said(cluster, /ready/);
    if (!existsSync(kubeconfig)) throw new Error('the cluster is ready and wrote no kubeconfig');
    run('kubectl', ['--kubeconfig', kubeconfig, 'apply', '--server-side', '-f', 'config/crd']);
    const operator = spawn(process.execPath, ['--enable-source-maps', 'main.js'], { cwd: alone, stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { ...process.env, KUBECONFIG: kubeconfig } });
    await said(operator, CONTROLLER_STARTED);
    await end(operator);
  } finally {
    await end(cluster);
  }
}

/** Resolves when everything has been printed. */
async function said(child, ...patterns) {
  let output = '';
  const timeout = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), 90_000);
  await new Promise((resolve, reject) => {
    const look = (chunk) => {
      process.stdout.write(chunk);
      output += chunk;
      if (patterns.every((pattern) => pattern.test(output))) resolve();
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.on('exit', (code) => reject(new Error(`${child.spawnargs.join(' ')} ended with ${code} before it had said ${patterns.join(' and ')}`)));
  });
  clearTimeout(timeout);
}

async function end(child) {
  const ended = new Promise((resolve) => child.removeAllListeners('exit').on('exit', resolve));
  process.kill(-child.pid, 'SIGINT');
  await ended;
}

function install(folder, all, dependencies) {
  run('mkdir', ['-p', folder], scratch);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'tool', private: true, dependencies, overrides: overridesOf(all, { dependencies }) }));
  run('npm', ['install', '--no-audit', '--no-fund'], folder);
}

/** Packages that the tarballs need of each other come from tarballs too: nothing of ours is on a registry yet. */
function overridesOf(all, { dependencies = {}, devDependencies = {} }) {
  const direct = new Set([...Object.keys(dependencies), ...Object.keys(devDependencies)]);
  return Object.fromEntries(Object.entries(all).filter(([name]) => !direct.has(name)).map(([name, path]) => [name, `file:${path}`]));
}
