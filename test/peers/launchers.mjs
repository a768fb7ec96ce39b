// The launchers of `kubewright assets`, as envtest and its ports to other languages start them, and as their users call them. No Go is needed.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { strict as assert } from 'node:assert';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get as getPlain } from 'node:http';
import { Agent, get } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'kubewright launchers-')); // a blank in the path is on purpose
const first = join(scratch, 'first');
const assets = join(scratch, 'moved to');
const children = new Set();
let steps = 0;

try {
  execFileSync(process.execPath, [join(root, 'packages/cli/bin/kubewright.js'), 'assets', first], { stdio: 'inherit' });
  // The folder stands on its own.
  cpSync(first, assets, { recursive: true, verbatimSymlinks: true });
  rmSync(first, { recursive: true });

  await step('help and version', () => {
    const call = (name, ...args) => execFileSync(join(assets, name), args, { encoding: 'utf8' });
    assert.match(call('kube-apiserver', '--help'), /^\s*--secure-port\b/m);
    assert.doesNotMatch(call('kube-apiserver', '--help'), /^\s*--insecure-port\b/m);
    assert.match(call('etcd', '--help'), /^\s*--unsafe-no-fsync\b/m);
    assert.match(call('kube-apiserver', '--version'), /^Kubernetes v1\.36\.\d+\n$/);
    assert.match(call('etcd', '--version'), /^etcd Version: 3\./);
  });
  await step('what is not understood is refused by name', () => {
    for (const [name, flag, message] of [
      ['kube-apiserver', '--nope=1', 'unknown flag: --nope'], ['kube-apiserver', '--oidc-issuer-url=x', '--oidc-issuer-url is not supported'], ['etcd', '--nope', 'unknown flag: --nope'],
      ['kube-apiserver', '--client-ca-file=/nowhere', '--client-ca-file: ENOENT'], ['etcd', '--listen-client-urls=ftp://a', 'has to begin with http'],
    ]) {
      const { status, stderr } = spawnSync(join(assets, name), [flag], { encoding: 'utf8' });
      assert.equal(status, 1);
      assert.ok(stderr.includes(message), stderr);
    }
  });
  await step('etcd answers its health check', async () => {
    const port = await freePort();
    const etcd = start('etcd', [`--listen-client-urls=http://127.0.0.1:${port}`, `--advertise-client-urls=http://127.0.0.1:${port}`, `--data-dir=${scratch}`, '--unsafe-no-fsync=true']);
    assert.deepEqual(JSON.parse((await answered(etcd, () => ask(getPlain, { port, path: '/health' }))).text), { health: 'true', reason: '' });
    await ends(etcd);
  });
  await step('kube-apiserver makes a certificate, takes tokens, authorizes by RBAC, and says once what it ignores', async () => {
    const port = await freePort();
    const tokens = join(scratch, 'tokens.csv');
    writeFileSync(tokens, 'admin-token,admin,1,"system:masters"\njane-token,jane,2\n');
    const certificates = join(scratch, 'certificates');
    const server = start('kube-apiserver', [
      '--bind-address=127.0.0.1', `--secure-port=${port}`, `--cert-dir=${certificates}`, `--token-auth-file=${tokens}`, '--authorization-mode=Node,RBAC', '--service-cluster-ip-range=10.0.0.0/24',
      '--etcd-servers=http://127.0.0.1:2379', '--allow-privileged', '--disable-admission-plugins=ServiceAccount', '-v', '4', '--feature-gates=InPlacePodVerticalScaling=true',
    ]);
    await answered(server, () => ask(get, { port, path: '/healthz', rejectUnauthorized: false }));
    const ca = readFileSync(join(certificates, 'apiserver.crt'), 'utf8').split(/(?<=-----END CERTIFICATE-----\n)/)[1];
    const as = (token, path) => ask(get, { port, path, ca, ...(token && { headers: { authorization: `Bearer ${token}` } }) });
    assert.equal((await as(undefined, '/readyz')).text, 'ok');
    assert.equal(JSON.parse((await as('admin-token', '/api/v1/namespaces/default/services/kubernetes')).text).spec.clusterIP, '10.0.0.1');
    assert.match(JSON.parse((await as('jane-token', '/api/v1/secrets')).text).message, /User "jane" cannot list resource "secrets"/);
    assert.equal((await as('nobody', '/api')).status, 401);
    assert.match(server.said, /flags without meaning here: --etcd-servers, --allow-privileged, --v$/m);
    assert.equal(server.said.match(/without meaning/g).length, 1);
    await ends(server);
  });
  await step('a taken port is told', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => taken.once('listening', done));
    const { status, stderr } = spawnSync(join(assets, 'kube-apiserver'), ['--bind-address=127.0.0.1', `--secure-port=${taken.address().port}`], { encoding: 'utf8' });
    taken.close();
    assert.equal(status, 1);
    assert.match(stderr, /port \d+ on 127\.0\.0\.1 is taken/);
  });
  await step('a launcher works through a link, and kubectl is linked where it is', () => {
    const link = join(scratch, 'link');
    execFileSync('ln', ['-s', join(assets, 'kube-apiserver'), link]);
    assert.match(execFileSync(link, ['--version'], { encoding: 'utf8', cwd: '/' }), /^Kubernetes/);
    if (existsSync(join(assets, 'kubectl'))) assert.match(execFileSync(join(assets, 'kubectl'), ['version', '--client'], { encoding: 'utf8' }), /Client Version/);
  });
  console.log(`launchers: ${steps} steps hold`);
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(scratch, { recursive: true, force: true });
}

async function step(title, check) {
  await check();
  steps++;
  console.log(`ok ${title}`);
}

function start(name, args) {
  const child = spawn(join(assets, name), args, { stdio: ['ignore', 'ignore', 'pipe'] });
  children.add(child);
  child.said = '';
  child.stderr.on('data', (chunk) => (child.said += chunk));
  child.ended = new Promise((done) => child.once('exit', (code, signal) => done(code ?? signal)));
  return child;
}

/** Asks until an answer is 200. */
async function answered(child, question) {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${child.said}`);
    const answer = await question().catch(() => undefined);
    if (answer?.status === 200) return answer;
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** SIGTERM ends it with 0, also while somebody is connected. */
async function ends(child) {
  child.kill('SIGTERM');
  assert.equal(await child.ended, 0);
  children.delete(child);
}

function ask(how, options) {
  return new Promise((done, failed) => {
    const agent = how === get ? new Agent({ keepAlive: true, maxCachedSessions: 0 }) : undefined;
    how({ host: '127.0.0.1', ...options, ...(agent && { agent }) }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => {
        agent?.destroy();
        done({ status: response.statusCode, text });
      });
    }).on('error', failed);
  });
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}
