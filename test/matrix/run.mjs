// One operator, written with decorators, under every compiler that people use and on every Node line that we support; and the generator on each of
// them, which must write the same bytes. Needs a build (pnpm build) and the npm registry. `node test/matrix/run.mjs [major ...]`: the Node that runs this, 22 and 24 when nothing is said.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { pack } from '../packaging/pack.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'kubewright-matrix-'));
const project = join(scratch, 'operator');
const asked = process.argv.slice(2);

try {
  prepare();
  const nodes = asked.length > 0 ? asked.map(nodeOf) : [process.execPath, nodeOf('22'), nodeOf('24')];
  const failed = [...nodes.flatMap((node) => runAll(node)), ...sameBytes(nodes)];
  if (failed.length > 0) throw new Error(`the matrix has holes: ${failed.join(', ')}`);
  console.log('\nthe sample runs the same under tsc, swc, tsx, tsdown and vitest, and the generator writes the same bytes everywhere');
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

/** Three runs of the generator on each Node, each in a process and a folder of its own whose files were written in another order. */
function sameBytes(nodes) {
  const example = join(import.meta.dirname, '../../examples/prometheus-operator');
  const sources = ['kubewright.json', ...readdirSync(join(example, 'src'), { recursive: true }).filter((path) => path.endsWith('.ts') && !/^generated/.test(path)).map((path) => join('src', path))];
  const digests = nodes.flatMap((node, line) =>
    [0, 1, 2].map((run) => {
      const folder = join(project, `bytes-${line}-${run}`);
      for (const path of rotated(run === 1 ? [...sources].reverse() : sources, run * 7)) cpSync(join(example, path), join(folder, path));
      execFileSync(node, [join(project, 'node_modules/@kubewright/cli/bin/kubewright.js'), 'generate', '--project', folder], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
      return digestOf(folder, sources);
    }),
  );
  const isSame = new Set(digests).size === 1;
  console.log(isSame ? `${digests.length} runs of the generator wrote the same bytes` : `the generator wrote different bytes: ${digests.join(' ')}`);
  return isSame ? [] : ['the bytes of the generator'];
}

function rotated(list, by) {
  return [...list.slice(by), ...list.slice(0, by)];
}

/** Of all files that were not there before. */
function digestOf(folder, sources) {
  const hash = createHash('sha256');
  const written = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  for (const path of written.filter((one) => !sources.includes(one) && !one.startsWith('.kubewright')).sort()) hash.update(`${path}\0`).update(readFileSync(join(folder, path))).update('\0');
  return hash.digest('hex').slice(0, 16);
}
