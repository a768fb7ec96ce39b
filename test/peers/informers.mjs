// client-go against `kubewright cluster`: builds informers.go.txt in a cache folder and runs it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { withCluster } from './cluster.mjs';
import { buildProgram, requireGo } from './go.mjs';

const VERSION = 'v0.37.0';

requireGo();
const program = buildProgram('informers', {
  source: readFileSync(new URL('informers.go.txt', import.meta.url), 'utf8'),
  requires: { 'k8s.io/client-go': VERSION, 'k8s.io/api': VERSION, 'k8s.io/apimachinery': VERSION, 'k8s.io/apiextensions-apiserver': VERSION },
});
const scratch = mkdtempSync(join(tmpdir(), 'kubewright-informers-'));
try {
  await withCluster(scratch, (kubeconfig) => execFileSync(program, ['--kubeconfig', kubeconfig], { stdio: 'inherit', timeout: 240_000 }));
  console.log(`client-go ${VERSION}: all holds`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
