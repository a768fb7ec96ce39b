// Packs every published package into a folder and returns the tarballs by package name.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** pnpm of the version that package.json names, whether it is on the PATH or not. */
export function pnpm(args, options = {}) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return execFileSync('npx', ['--yes', packageManager, ...args], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], ...options });
}

export function pack(folder) {
  mkdirSync(folder, { recursive: true });
  const tarballs = {};
  for (const name of readdirSync(join(root, 'packages'))) {
    const before = new Set(readdirSync(folder));
    pnpm(['pack', '--pack-destination', folder], { cwd: join(root, 'packages', name) });
    const made = readdirSync(folder).find((file) => !before.has(file));
    tarballs[`@kubewright/${name}`] = join(folder, made);
  }
  return tarballs;
}
