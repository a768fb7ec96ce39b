// `pnpm test:long [names] [-- arguments]`: the tests that take minutes (test/long/registry.mjs), in turn, on the built packages.
// A name is the beginning of a test's name; `--list` only lists them; what stands behind `--` goes to each test that runs.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { longTests } from '../test/long/registry.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const given = process.argv.slice(2);
// pnpm hands its own `--` on.
if (given[0] === '--') given.shift();
const split = given.includes('--') ? given.indexOf('--') : given.length;
const [names, passed] = [given.slice(0, split).filter((name) => name !== '--list'), given.slice(split + 1)];
const chosen = longTests.filter(({ name }) => names.length === 0 || names.some((wanted) => name.startsWith(wanted)));
const unknown = names.filter((wanted) => !longTests.some(({ name }) => name.startsWith(wanted)));
if (unknown.length > 0) {
  console.error(`no long test is called ${unknown.join(', ')}; there are: ${longTests.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const width = Math.max(...longTests.map(({ name }) => name.length));
for (const { name, takes, about } of longTests) console.error(`${chosen.some((each) => each.name === name) ? '▸' : ' '} ${name.padEnd(width)}  ${takes.padEnd(7)} ${about}`);
if (given.includes('--list')) process.exit(0);

console.error('\n· building');
if (spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b'], { cwd: root, stdio: 'inherit' }).status !== 0) process.exit(1);
const results = [];
for (const { name, file, args = [], nodeArgs = [] } of chosen) {
  console.error(`\n· ${name}`);
  const begin = process.hrtime.bigint();
  const { status, signal } = spawnSync(process.execPath, [...nodeArgs, file, ...args, ...passed], { cwd: root, stdio: 'inherit' });
  results.push({ name, ok: status === 0, how: signal ?? status, seconds: Number(process.hrtime.bigint() - begin) / 1e9 });
}
console.error('');
for (const { name, ok, how, seconds } of results) console.error(`${ok ? '✓' : '✗'} ${name.padEnd(width)}  ${seconds.toFixed(0)} s${ok ? '' : `  (${how})`}`);
process.exit(results.every(({ ok }) => ok) ? 0 : 1);
