// `npm test` and `pnpm check`: types, lint, then layers, unit, conformance and e2e tests. Each part is timed; the first that fails ends it.
// Arguments go to vitest: `pnpm check reflector` runs the tests whose path holds "reflector" and skips types and lint.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const filters = process.argv.slice(2);
const parts = [
  ['types', ['node_modules/typescript/bin/tsc', '-b']],
  ['types of the tests', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.test.json']],
  ['lint', ['--max-old-space-size=4096', 'node_modules/eslint/bin/eslint.js', '.', '--cache', '--cache-location', 'node_modules/.cache/eslint/']],
  ['generated files', ['packages/cli/bin/kubewright.js', 'generate', '--check', '--project', 'examples/prometheus-operator']],
  ['tests', ['node_modules/vitest/vitest.mjs', 'run', ...filters]],
];

const times = [];
for (const [title, args] of filters.length > 0 ? parts.slice(-1) : parts) {
  const start = process.hrtime.bigint();
  console.error(`\n· ${title}`);
  const { status, signal } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  times.push(`${title} ${(Number(process.hrtime.bigint() - start) / 1e9).toFixed(1)} s`);
  if (status !== 0) {
    console.error(`\n✗ ${title} failed${signal ? ` (${signal})` : ''} · ${times.join(' · ')}`);
    process.exit(status ?? 1);
  }
}
console.error(`\n✓ ${times.join(' · ')}`);
