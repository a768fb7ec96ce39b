// The demo and the unit tests on the newer Node lines; the npm package `node` brings them. CI's own Node is the floor.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'kubewright-node-'));
try {
  for (const major of [22, 24]) {
    const folder = join(scratch, String(major));
    execFileSync('mkdir', ['-p', folder]);
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', `node@${major}`], { cwd: folder, stdio: 'inherit' });
    const node = join(folder, 'node_modules/node/bin/node');
    const run = (...args) => execFileSync(node, args, { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: `${join(folder, 'node_modules/node/bin')}:${process.env.PATH}` } });
    run('--version');
    run('examples/prometheus-operator/dist/demo/main.js', '--once');
    run('node_modules/vitest/vitest.mjs', 'run', 'packages/');
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
