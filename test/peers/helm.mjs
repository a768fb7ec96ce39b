// helm against `kubewright cluster`: built from its Go module, it installs, upgrades, rolls back and uninstalls a chart with a definition and hooks.
import { execFileSync } from 'node:child_process';
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { withCluster } from './cluster.mjs';
import { buildProgram, requireGo } from './go.mjs';

const VERSION = 'v3.22.0';
const CHART = join(import.meta.dirname, 'chart');

requireGo();
const helm = buildProgram('helm', {
  source: 'package main\n\nimport _ "helm.sh/helm/v3/pkg/chart"\n\nfunc main() {}\n', requires: { 'helm.sh/helm/v3': VERSION }, main: 'helm.sh/helm/v3/cmd/helm',
});
const scratch = mkdtempSync(join(tmpdir(), 'kubewright-helm-'));
let steps = 0;
try {
  await withCluster(scratch, (kubeconfig) => {
    const env = { PATH: process.env.PATH, HOME: scratch, KUBECONFIG: kubeconfig };
    const run = (program, args) => execFileSync(program, args, { env, encoding: 'utf8', timeout: 120_000, stdio: ['ignore', 'pipe', 'pipe'] });
    const call = (...args) => run(helm, args);
    const refused = (...args) => {
      try {
        call(...args);
      } catch (error) {
        return error.stderr;
      }
      throw new Error(`helm ${args.join(' ')} was not refused`);
    };
    const get = (...args) => JSON.parse(run('kubectl', ['get', '-n', 'peer', '-o', 'json', ...args]));
    const names = (kind) => get(kind).items.map(({ metadata }) => metadata.name).filter((name) => name !== 'kube-root-ca.crt').sort();
    const release = () => JSON.parse(call('status', 'web', '-n', 'peer', '-o', 'json'));
    const step = (title, check) => {
      const start = process.hrtime.bigint();
      check();
      steps++;
      console.log(`ok ${title} (${Math.round(Number(process.hrtime.bigint() - start) / 1e6)} ms)`);
    };

    step('lint, and a template without the server', () => {
      call('lint', CHART);
      assert.match(call('template', 'web', CHART, '--include-crds'), /looked-up: nothing/);
    });
    step('install, with a definition, hooks before and after, and waiting', () => {
      call('install', 'web', CHART, '-n', 'peer', '--create-namespace', '--wait', '--timeout', '60s');
      assert.equal(release().info.status, 'deployed');
      const { data } = get('configmap', 'web');
      assert.equal(data.message, 'hello');
      assert.equal(data.revision, '1');
      assert.match(data.kubernetes, /^v1\.36\./);
      assert.equal(data.backups, 'true');
      assert.equal(data['looked-up'], 'kube-system');
      assert.equal(get('deployment', 'web').status.readyReplicas, 1);
      assert.equal(get('backups.peers.example.com', 'web').spec.keep, 3);
      assert.deepEqual(names('configmap'), ['hook-post-install', 'hook-pre-install', 'web']);
      assert.deepEqual(names('pod').filter((name) => name.endsWith('migrate')), [], 'the hook that succeeded is not deleted');
      assert.equal(get('deployment', 'web').metadata.labels['app.kubernetes.io/managed-by'], 'Helm');
    });
    step('a second install under the same name is refused', () => assert.match(refused('install', 'web', CHART, '-n', 'peer'), /cannot re-use a name that is still in use/));
    step('dry runs change nothing', () => {
      const { resourceVersion } = get('configmap', 'web').metadata;
      call('upgrade', 'web', CHART, '-n', 'peer', '--set', 'message=dry', '--dry-run=server');
      assert.equal(get('configmap', 'web').metadata.resourceVersion, resourceVersion);
    });
    step('upgrade: a three-way merge, a removed template, hooks again', () => {
      run('kubectl', ['label', '-n', 'peer', 'configmap', 'web', 'mine=yes']);
      run('kubectl', ['scale', '-n', 'peer', 'deployment', 'web', '--replicas=2']);
      call('upgrade', 'web', CHART, '-n', 'peer', '--set', 'message=bye,secret=false', '--wait', '--timeout', '60s');
      const { data, metadata } = get('configmap', 'web');
      assert.equal(data.message, 'bye');
      assert.equal(data.revision, '2');
      assert.equal(metadata.labels.mine, 'yes', 'what others have added is lost');
      assert.deepEqual(names('secret').filter((name) => !name.startsWith('sh.helm')), []);
      assert.ok(names('configmap').includes('hook-post-upgrade'));
    });
    step('an upgrade that fails is told, and rolled back when that is asked for', () => {
      assert.match(refused('upgrade', 'web', CHART, '-n', 'peer', '--set', 'replicas=-1'), /must be greater than or equal to 0/);
      assert.equal(release().info.status, 'failed');
      assert.match(refused('upgrade', 'web', CHART, '-n', 'peer', '--set', 'message=lost,replicas=-1', '--atomic', '--timeout', '60s'), /rolled back|release web failed/);
      assert.equal(release().info.status, 'deployed');
      assert.equal(get('configmap', 'web').data.message, 'bye');
    });
    step('rollback to the first revision', () => {
      call('rollback', 'web', '1', '-n', 'peer', '--wait', '--timeout', '60s');
      assert.equal(get('configmap', 'web').data.message, 'hello');
      assert.ok(names('secret').includes('web'));
      assert.ok(names('configmap').includes('hook-post-rollback'));
    });
    step('history, list, values and manifest', () => {
      const history = JSON.parse(call('history', 'web', '-n', 'peer', '-o', 'json'));
      assert.deepEqual(history.map(({ status }) => status), ['superseded', 'superseded', 'failed', 'failed', 'superseded', 'deployed']);
      assert.equal(JSON.parse(call('list', '-A', '-o', 'json'))[0].name, 'web');
      assert.equal(JSON.parse(call('get', 'values', 'web', '-n', 'peer', '--revision', '2', '-o', 'json')).message, 'bye');
      assert.match(call('get', 'manifest', 'web', '-n', 'peer'), /kind: RoleBinding/);
      assert.match(call('get', 'hooks', 'web', '-n', 'peer'), /post-rollback/);
    });
    step('uninstall takes all of it, hooks and definition aside', () => {
      call('uninstall', 'web', '-n', 'peer', '--wait', '--timeout', '60s');
      assert.match(refused('status', 'web', '-n', 'peer'), /release: not found/);
      for (const kind of ['deployment', 'service', 'role', 'rolebinding', 'backups.peers.example.com', 'secret']) assert.deepEqual(names(kind), [], kind);
      assert.ok(names('configmap').includes('hook-pre-delete'));
      assert.equal(get('crd', 'backups.peers.example.com').kind, 'CustomResourceDefinition');
    });
    // The image of the hook's Pod ends by itself.
  }, ['--exits', 'busybox']);
  console.log(`helm ${VERSION}: ${steps} steps hold`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
