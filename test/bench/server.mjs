// How the embedded server grows. By hand, after `npm run build`: node --expose-gc test/bench/server.mjs [--clusters 1000] [--objects 100000] [--watchers 500]
// Single figures of the same machine and hour compare; a machine that is busy doubles them.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { startCluster } from '@kubewright/apiserver';

const flag = (name, otherwise) => (process.argv.includes(`--${name}`) ? Number(process.argv[process.argv.indexOf(`--${name}`) + 1]) : otherwise);
const CLUSTERS = flag('clusters', 1000);
const OBJECTS = flag('objects', 100_000);
const WATCHERS = flag('watchers', 500);
const CONNECTIONS = 16;
const PAGE = 500;
const MAPS = '/api/v1/namespaces/default/configmaps';
const FILLER = 'x'.repeat(1_600);
const bare = { controllers: 'none', nodes: 0 };
const rows = [];

if (process.argv[2] === '--load') await load(JSON.parse(process.argv[3]));
else {
  console.log(`node ${process.version} on ${process.platform} ${process.arch}`);
  await manyClusters();
  for (const objects of growth(OBJECTS)) await size(objects);
  await watchers();
  await creates('in memory', bare);
  const { mkdtempSync, rmSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const folder = mkdtempSync(`${tmpdir()}/kubewright-bench-`);
  await creates('with a data folder', { ...bare, data: folder });
  rmSync(folder, { recursive: true, force: true });
  const width = Math.max(...rows.map(([what]) => what.length));
  console.log(`\n${'what'.padEnd(width)}  measured        budget`);
  for (const [what, measured, budget = ''] of rows) console.log(`${what.padEnd(width)}  ${measured.padEnd(14)}  ${budget}`);
}

function report(what, measured, budget) {
  rows.push([what, measured, budget]);
  console.log(`${what}: ${measured}`);
}

function growth(most) {
  return [1_000, 10_000, 100_000].filter((each) => each < most).concat(most);
}

async function manyClusters() {
  for (let warm = 0; warm < 20; warm++) await (await startCluster(bare)).stop();
  const before = memory();
  let middle = before;
  const began = performance.now();
  for (let round = 1; round <= CLUSTERS; round++) {
    const cluster = await startCluster(bare);
    const { status } = await call(cluster.transport(), 'POST', MAPS, { metadata: { name: 'own' } });
    if (status !== 201) throw new Error(`a create was answered with ${status}`);
    await cluster.stop();
    if (round === CLUSTERS / 2) middle = memory();
  }
  report(`${CLUSTERS} clusters started, written to and stopped`, `${((performance.now() - began) / 1000).toFixed(1)} s`, '60 s');
  report('  heap at the beginning, in the middle, at the end', `${[before, middle, memory()].map((each) => each.toFixed(1)).join(', ')} MB`, 'no growth');
}

async function size(objects) {
  const cluster = await startCluster({ ...bare, server: { historyLimit: 1_000 } });
  const transport = cluster.transport();
  const before = memory();
  const filling = performance.now();
  for (let at = 0; at < objects; at += 100) await Promise.all(Array.from({ length: 100 }, (_, index) => call(transport, 'POST', MAPS, object(at + index))));
  report(`${objects} objects of 2 KB: create, in process`, `${((performance.now() - filling) * 1000 / objects).toFixed(0)} us each`);
  report('  heap of one', `${((memory() - before) * 1024 / objects).toFixed(1)} KB`);
  const gets = [];
  for (let count = 0; count < 2_000; count++) {
    const began = performance.now();
    await call(transport, 'GET', `${MAPS}/object-${Math.floor(Math.random() * objects)}`);
    gets.push(performance.now() - began);
  }
  report('  get of one, p50, p99', `${ms(percentile(gets, 0.5))}, ${ms(percentile(gets, 0.99))}`, '1 ms p50');
  const pages = [];
  let token = '';
  let seen = 0;
  do {
    const began = performance.now();
    const { body } = await call(transport, 'GET', `${MAPS}?limit=${PAGE}${token && `&continue=${token}`}`);
    pages.push(performance.now() - began);
    const list = JSON.parse(body);
    seen += list.items.length;
    token = list.metadata.continue ?? '';
  } while (token);
  if (seen !== objects) throw new Error(`${seen} of ${objects} objects were listed`);
  const tenth = Math.max(1, Math.floor(pages.length / 10));
  const mean = (list) => list.reduce((sum, each) => sum + each, 0) / list.length;
  report(`  list in pages of ${PAGE}: first tenth, last tenth of the pages`, `${ms(mean(pages.slice(0, tenth)))}, ${ms(mean(pages.slice(-tenth)))}`, 'no growth');
  await cluster.stop();
}

async function watchers() {
  const cluster = await startCluster(bare);
  const stops = [];
  const lags = [];
  let changed = 0;
  const open = Array.from({ length: WATCHERS }, async () => {
    const stop = new AbortController();
    stops.push(stop);
    const { body } = await cluster.transport().dispatch({ method: 'GET', path: `${MAPS}?watch=1`, headers: {} }, stop.signal);
    for await (const frame of body) if (frame.length > 0) lags.push(performance.now() - changed);
  });
  const transport = cluster.transport();
  await call(transport, 'POST', MAPS, object(0));
  while (lags.length < WATCHERS) await sleep(5);
  lags.length = 0;
  for (let round = 1; round <= 220; round++) {
    changed = performance.now();
    await call(transport, 'PUT', `${MAPS}/object-0`, { ...object(0), data: { round: String(round), filler: FILLER } });
    while (lags.length < WATCHERS * round) await sleep(1);
  }
  for (const stop of stops) stop.abort();
  lags.splice(0, 20 * WATCHERS); // while it got warm
  await Promise.allSettled(open);
  report(`${WATCHERS} watchers see an update, from the request on: p50, p99`, `${ms(percentile(lags, 0.5))}, ${ms(percentile(lags, 0.99))}`, '20 ms p99');
  await cluster.stop();
}

/** The clients are in a process of their own, as those of a real server are. */
async function creates(what, options) {
  const token = 'bench';
  const cluster = await startCluster({ ...options, port: 0, server: { staticTokens: { [token]: { name: 'admin', groups: ['system:masters'] } } } });
  const child = fork(fileURLToPath(import.meta.url), ['--load', JSON.stringify({ url: cluster.url, token, connections: CONNECTIONS, warm: 2_000, count: 10_000 })]);
  const [{ seconds, count, latencies }] = await once(child, 'message');
  report(`creates over HTTPS, ${CONNECTIONS} connections, ${what}`, `${(count / seconds).toFixed(0)} /s`, '1,500 /s');
  report('  latency p50, p99', `${ms(percentile(latencies, 0.5))}, ${ms(percentile(latencies, 0.99))}`);
  await once(child, 'exit');
  await cluster.stop();
}

async function load({ url, token, connections, warm, count }) {
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false, maxSockets: connections });
  let next = 0;
  const create = () => new Promise((resolve, reject) => {
    const body = JSON.stringify(object(next++));
    const sent = request(`${url}${MAPS}`, { method: 'POST', agent, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } }, (answer) => {
      answer.resume().on('end', () => (answer.statusCode === 201 ? resolve() : reject(new Error(`answered with ${answer.statusCode}`))));
    });
    sent.on('error', reject).end(body);
  });
  const run = (until, latencies) => Promise.all(Array.from({ length: connections }, async () => {
    while (next < until) {
      const began = performance.now();
      await create();
      latencies.push(performance.now() - began);
    }
  }));
  await run(warm, []);
  const latencies = [];
  const began = performance.now();
  await run(warm + count, latencies);
  process.send({ seconds: (performance.now() - began) / 1000, count, latencies });
  agent.destroy();
  process.disconnect();
}

function object(index) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `object-${index}`, labels: { app: `app-${index % 10}` } }, data: { filler: FILLER } };
}

async function call(transport, method, path, body) {
  const answer = await transport.dispatch({ method, path, headers: { accept: 'application/json', 'content-type': 'application/json' }, ...(body && { body: Buffer.from(JSON.stringify(body)) }) });
  const parts = [];
  for await (const part of answer.body) parts.push(part);
  return { status: answer.status, body: Buffer.concat(parts).toString() };
}

function memory() {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

function ms(value) {
  return `${value.toFixed(2)} ms`;
}

function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
