// The soak: an embedded cluster and the load on it in this process, the operator in another one that reaches it over TLS.
//   node --expose-gc test/long/soak/main.mjs [--minutes 30] [--rate 200] [--objects 400] [--seed 1] [--cut-every 10] [--restart-every 60] [--names generated|fixed]
// It ends with 1 when a final state was missed, an object had two children at any moment, memory grew, or the operator did not live through it.
import { fork } from 'node:child_process';
import { mkdtempSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { startCluster } from '@kubewright/apiserver';
import { CustomResourceDefinition } from '@kubewright/api/apiextensions/v1';
import { createClient } from '@kubewright/runtime';

import { gadgetDefinition, NAMESPACE } from './kinds.mjs';
import { Load } from './load.mjs';
import { Memory, mib } from './memory.mjs';
import { unfinished, watchForDuplicates } from './truth.mjs';

const { values: flags } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' }, rate: { type: 'string', default: '200' }, objects: { type: 'string', default: '400' }, seed: { type: 'string', default: '1' },
    'cut-every': { type: 'string', default: '10' }, 'restart-every': { type: 'string', default: '60' }, names: { type: 'string', default: 'generated' },
  },
});
const seconds = Number(flags.minutes) * 60;
/** Five minutes of thirty. */
const window = Math.min(300, seconds / 6);
/** Before it nothing is measured: code is being compiled, and the server's history of writes fills. */
const warmUp = Math.min(60, seconds / 4);
const SAMPLE_EVERY_MS = 5_000;
const SETTLE_MS = 180_000;

if (typeof globalThis.gc !== 'function') throw new Error('memory is measured after a collection: run node with --expose-gc');
const random = generator(Number(flags.seed));
const sleep = (ms, signal) => new Promise((resolve) => {
  const timer = setTimeout(done, ms);
  signal?.addEventListener('abort', done, { once: true });
  function done() {
    clearTimeout(timer);
    signal?.removeEventListener('abort', done);
    resolve();
  }
});
const say = (text) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

const cluster = await startCluster({ port: 0, nodes: 0, controllers: ['garbagecollector', 'namespace'] });
const { storage } = cluster.server;
const client = createClient({ transport: cluster.transport(), fieldOwner: 'soak-load' });
await client.create(CustomResourceDefinition, gadgetDefinition);
while (!(await client.get(CustomResourceDefinition, { name: gadgetDefinition.metadata.name })).status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True')) await sleep(20);
const duplicates = watchForDuplicates(storage);
const problems = [];

const identity = cluster.server.issueClientCertificate();
const connection = { server: cluster.url, tls: { ca: cluster.server.certificateAuthority, cert: identity.certificate, key: identity.key }, namespace: NAMESPACE };
const logFile = join(mkdtempSync(join(tmpdir(), 'soak-')), 'operator.log');
const operator = fork(fileURLToPath(new URL('./operator.mjs', import.meta.url)), {
  execArgv: ['--expose-gc'],
  stdio: ['ignore', 'inherit', openSync(logFile, 'w'), 'ipc'],
  env: { ...process.env, SOAK_CONNECTION: JSON.stringify(connection), SOAK_NAMES: flags.names, KUBECONFIG: '' },
});
let isStopping = false;
const exited = new Promise((resolve) => operator.on('exit', (code, signal) => {
  if (!isStopping) problems.push(`the operator ended in the middle: ${signal ?? code}`);
  resolve(code);
}));
await Promise.race([new Promise((resolve) => operator.once('message', resolve)), exited]);
say(`seed ${flags.seed}: ${seconds} s at ${flags.rate} writes/s on ${flags.objects} objects; watches are cut every ${flags['cut-every']} s, the API restarts every ${flags['restart-every']} s; the operator's log is ${logFile}`);

const end = new AbortController();
const theirs = new Memory();
const ours = new Memory();
const faults = { cuts: 0, watches: 0, restarts: 0 };
let latest = {};
const load = new Load({ client, random, rate: Number(flags.rate), objects: Number(flags.objects) });
const began = performance.now();
const since = () => (performance.now() - began) / 1000;
operator.on('message', (message) => {
  if (message.kind !== 'measured') return;
  latest = message;
  if (since() >= warmUp) theirs.add(since(), message);
});
const loops = [load.run(end.signal), cutWatches(), restartApi(), sample()];
await sleep(seconds * 1000, end.signal);
// The last thing that happens to the last writes.
const last = cluster.faults.restartApi({ hang: 100, downtime: 500 }).catch(() => {});
end.abort();
await Promise.all([...loops, last]);

const ended = performance.now();
let state = unfinished(storage);
while (state.lines.length > 0 && performance.now() - ended < SETTLE_MS && problems.length === 0) {
  await sleep(100);
  state = unfinished(storage);
}
const settled = performance.now() - ended;
// What is settled must stay so: nothing else may be on its way.
const revision = storage.revision;
await sleep(3_000);
const after = storage.revision - revision;
state = unfinished(storage);
if (state.lines.length > 0) problems.push(...state.lines.slice(0, 20), ...(state.lines.length > 20 ? [`and ${state.lines.length - 20} more`] : []));
if (after > 0) problems.push(`${after} writes came although there was nothing to do`);
if (duplicates.length > 0) problems.push(...duplicates.slice(0, 20).map((line) => `duplicate child: ${line}`));

const { create, update, delete: deleted, ...rest } = load.counts;
const written = create + update + deleted;
say(`load: ${written} writes stored (${(written / seconds).toFixed(0)}/s): ${create} creates, ${update} updates, ${deleted} deletes; ${JSON.stringify(rest)}`);
say(`faults: ${faults.cuts} times ${faults.watches} watches cut, ${faults.restarts} restarts`);
say(`operator: ${JSON.stringify(Object.fromEntries(Object.entries(latest).filter(([key]) => !['kind', 'rss', 'heapUsed'].includes(key))))}`);
say(`end: ${state.objects} objects, all settled ${(settled / 1000).toFixed(1)} s after the last write, ${duplicates.length} duplicates at any moment, ${storage.revision} revisions`);
// The server keeps the last 10,000 writes, and the load is not what is tested: theirs is told and not judged.
for (const [who, memory, isJudged] of [['operator', theirs, true], ['server and load', ours, false]]) {
  const { lines, grown } = memory.report(window);
  for (const line of lines) say(`memory of ${who} after collections, mean of the first and the last ${window} s: ${line}`);
  if (isJudged) problems.push(...grown.map((line) => `memory of ${who} grew: ${line}`));
}

isStopping = true;
if (operator.connected) operator.send('stop');
const code = await Promise.race([exited, sleep(40_000).then(() => 'none: it did not stop within 40 s')]);
if (code !== 0) problems.push(`the operator's exit code is ${code}`);
operator.kill('SIGKILL');
await cluster.stop();
for (const problem of problems) say(`✗ ${problem}`);
say(problems.length === 0 ? '✓ no missed final state, no duplicate child, memory flat' : `✗ ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);

async function cutWatches() {
  for (;;) {
    await sleep(around(flags['cut-every']), end.signal);
    if (end.signal.aborted) return;
    const share = random();
    faults.watches += cluster.faults.cutWatches(() => random() < share);
    faults.cuts++;
  }
}

async function restartApi() {
  for (;;) {
    await sleep(around(flags['restart-every']), end.signal);
    if (end.signal.aborted) return;
    // A hang leaves writes without an answer: the operator must find out which of them were stored.
    await cluster.faults.restartApi({ hang: random() < 0.3 ? 0 : random() * 200, downtime: random() < 0.3 ? 0 : random() * 2_000 });
    faults.restarts++;
  }
}

async function sample() {
  for (let index = 0; !end.signal.aborted; index++) {
    await sleep(SAMPLE_EVERY_MS, end.signal);
    globalThis.gc();
    const usage = process.memoryUsage();
    if (since() >= warmUp) ours.add(since(), usage);
    if (operator.connected) operator.send('measure');
    if (index % 12 === 11) say(`${since().toFixed(0)} s: ${JSON.stringify(load.counts)} ${JSON.stringify(faults)}; operator ${mib(latest.heapUsed)} heap, ${mib(latest.rss)} rss; here ${mib(usage.heapUsed)} heap, ${mib(usage.rss)} rss`);
    if (problems.length > 0) end.abort();
  }
}

/** Milliseconds around a number of seconds: half to one and a half of it. */
function around(given) {
  return Number(given) * 1000 * (0.5 + random());
}

/** mulberry32: the same seed gives the same faults and, but for timing, the same load. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
