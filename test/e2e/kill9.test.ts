import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

// Three rounds of what `pnpm test:long kill9` does a hundred times, on the built packages: what is killed is a process of its own.
it('has every write that was answered after a server with a data folder was killed', () => {
  const main = fileURLToPath(new URL('../long/kill9/main.mjs', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, '--rounds', '3'], { encoding: 'utf8' });
  expect(`${stdout}${stderr}`).toMatch(/3 rounds, \d+ answered writes \(\d+ creates\): all there/);
  expect(status).toBe(0);
});
