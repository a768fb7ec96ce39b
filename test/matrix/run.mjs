// One operator, written with decorators, under every compiler that people use and on every Node line that we support. Needs a build (pnpm build)
// and the npm registry. `node test/matrix/run.mjs [major ...]`: the Node that runs this, 22 and 24 when nothing is said.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { pack } from '../packaging/pack.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'kubewright-matrix-'));
const project = join(scratch, 'operator');
const asked = process.argv.slice(2);

try {
  prepare();
  const nodes = asked.length > 0 ? asked.map(nodeOf) : [process.execPath, nodeOf('22'), nodeOf('24')];
  const failed = nodes.flatMap((node) => runAll(node));
  if (failed.length > 0) throw new Error(`the matrix has holes: ${failed.join(', ')}`);
  console.log('\nthe sample runs the same under tsc, swc, tsx, tsdown and vitest');
} finally {
  if (!process.env.KEEP) rmSync(scratch, { recursive: true, force: true });
}

/** The sample, with our packages from tarballs. */
function prepare() {
  const tarballs = pack(join(scratch, 'tarballs'));
  cpSync(import.meta.dirname, project, { recursive: true, filter: (path) => !/node_modules|\/out(\/|$)/.test(path.slice(import.meta.dirname.length)) });
  const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  for (const name of Object.keys(manifest.dependencies)) manifest.dependencies[name] = `file:${tarballs[name]}`;
  const ours = Object.entries(tarballs).filter(([name]) => !manifest.dependencies[name]);
  manifest.overrides = { ...manifest.overrides, ...Object.fromEntries(ours.map(([name, path]) => [name, `file:${path}`])) };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest, null, 2));
  execFileSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: project, stdio: 'inherit' });
}

/** The npm package `node` brings other lines. */
function nodeOf(major) {
  const folder = join(scratch, `node-${major}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', `node@${major}`], { cwd: folder, stdio: 'inherit' });
  return join(folder, 'node_modules/node/bin/node');
}

/** The compilers that did not lead to the expected run. */
function runAll(node) {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  const run = (...args) => execFileSync(node, args, { cwd: project, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}` } });
  const bin = (name, script) => join('node_modules', name, script);
  const ways = {
    tsc: () => (run(bin('typescript', 'bin/tsc'), '-p', 'tsconfig.json'), run('out/tsc/main.js')),
    swc: () => (run(bin('@swc/cli', 'bin/swc.js'), 'src', '-d', 'out/swc', '--strip-leading-paths', '--ignore', '**/*.test.ts'), run('out/swc/main.js')),
    tsx: () => run(bin('tsx', 'dist/cli.mjs'), 'src/main.ts'),
    tsdown: () => (run(bin('tsdown', 'dist/run.mjs')), run('out/tsdown/main.mjs')),
    vitest: () => run(bin('vitest', 'vitest.mjs'), 'run'),
  };
  return Object.entries(ways).flatMap(([name, way]) => {
    rmSync(join(project, 'out'), { recursive: true, force: true });
    try {
      way();
      console.log(`${version} ${name}: as expected`);
      return [];
    } catch (error) {
      console.error(`${version} ${name}: ${error.message}`);
      return [`${name} on ${version}`];
    }
  });
}
