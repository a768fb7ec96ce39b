// `node test/long/kill9/main.mjs [--rounds N] [--seed S] [--keep]`: an API server with a data folder is killed with SIGKILL while clients write to it,
// again and again on one folder. After each start: every write that was answered is there in that state or a later one that was asked for, none is there
// twice, revisions only grow, what was deleted is gone, and watches go on from where they were or are told to start over.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpsRequest, Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const flag = (name, otherwise) => (process.argv.includes(`--${name}`) ? Number(process.argv[process.argv.indexOf(`--${name}`) + 1]) : otherwise);
const ROUNDS = flag('rounds', 100);
const SEED = flag('seed', process.pid);
const WRITERS = 8;
const NAMES = 40;
const MAPS = '/api/v1/namespaces/default/configmaps';

const random = seeded(SEED);
const folder = mkdtempSync(join(tmpdir(), 'kubewright-kill9-'));
/** name -> what the server may have: the last answered state and those that were asked for since. Null is not there. */
const expected = new Map(Array.from({ length: NAMES }, (_, index) => [`m${index}`, [null]]));
/** The counter of all writes that were ever asked for: no two write the same. */
let asked = 0;
let answered = 0;
let newest = 0;
let created = 0;
/** The server of this round. */
let child;

console.log(`seed ${SEED}, ${ROUNDS} rounds, ${folder}`);
try {
  for (let round = 1; round <= ROUNDS; round++) {
    const server = await start();
    await check(server, round);
    await writeUntilKilled(server, 20 + random() * 150);
    if (round % 10 === 0 || round === ROUNDS) console.log(`round ${round}: ${answered} writes answered, revision ${newest}`);
  }
  const server = await start();
  await check(server, ROUNDS + 1);
  server.child.kill('SIGTERM');
  await once(server.child, 'exit');
  if (answered < ROUNDS) throw new Error(`only ${answered} writes were answered in ${ROUNDS} rounds: nothing was tested`);
  console.log(`${ROUNDS} rounds, ${answered} answered writes (${created} creates): all there`);
  if (!process.argv.includes('--keep')) rmSync(folder, { recursive: true, force: true });
} catch (error) {
  child?.kill('SIGKILL');
  console.log(`${error.stack}\nthe folder is ${folder}; again with other timing: --seed ${SEED}`);
  process.exitCode = 1;
}

/** A server in a process of its own; snapshots often, so that being killed in the middle of one is tested too. */
async function start() {
  child = spawn(process.execPath, [join(fileURLToPath(import.meta.url), '../server.mjs'), folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    const { url, token } = JSON.parse(line);
    return { child, url, token, agent: new Agent({ keepAlive: true, rejectUnauthorized: false, maxSockets: WRITERS + 4 }) };
  }
  throw new Error('the server ended before it listened');
}

async function check(server, round) {
  const list = await call(server, 'GET', MAPS);
  if (list.status !== 200) throw new Error(`round ${round}: the list was answered with ${list.status}`);
  const revision = Number(list.body.metadata.resourceVersion);
  if (revision < newest) throw new Error(`round ${round}: the revision went back from ${newest} to ${revision}`);
  const found = new Map();
  for (const object of list.body.items) {
    const { name, resourceVersion } = object.metadata;
    if (found.has(name)) throw new Error(`round ${round}: ${name} is there twice`);
    found.set(name, object);
    if (Number(resourceVersion) > revision) throw new Error(`round ${round}: ${name} is of revision ${resourceVersion}, the list of ${revision}`);
  }
  for (const [name, states] of expected) {
    const object = found.get(name);
    const state = object ? object.data.write : null;
    const match = states.find((each) => each === state || each?.write === state);
    if (match === undefined) throw new Error(`round ${round}: ${name} is ${state}, and may be ${JSON.stringify(states)}`);
    if (match?.resourceVersion && match.resourceVersion !== object.metadata.resourceVersion) throw new Error(`round ${round}: ${name} of write ${state} has version ${object.metadata.resourceVersion} and had ${match.resourceVersion}`);
    expected.set(name, [match?.resourceVersion ? match : (state === null ? null : { write: state, resourceVersion: object.metadata.resourceVersion })]);
  }
  if (newest > 0) await checkWatch(server, round, Math.max(newest - 5, 1), found);
  newest = revision;
}

/** A watch from a version of before the kill has what came since, or 410. */
async function checkWatch(server, round, since, found) {
  const { body, status } = await call(server, 'GET', `${MAPS}?watch=1&resourceVersion=${since}&timeoutSeconds=1`);
  if (status !== 200) throw new Error(`round ${round}: the watch was answered with ${status}`);
  let last = since;
  for (const { type, object } of body) {
    if (type === 'ERROR' && object.code === 410) return;
    const version = Number(object.metadata.resourceVersion);
    if (version <= last) throw new Error(`round ${round}: a watch from ${since} went from ${last} to ${version}`);
    last = version;
  }
  for (const { metadata } of found.values()) if (Number(metadata.resourceVersion) > last) throw new Error(`round ${round}: a watch from ${since} ended at ${last} without ${metadata.name} of ${metadata.resourceVersion}`);
}

async function writeUntilKilled(server, milliseconds) {
  let isKilled = false;
  const names = [...expected.keys()];
  const busy = new Set();
  const writer = async () => {
    while (!isKilled) {
      const name = names[Math.floor(random() * names.length)];
      // One writer a name at a time: else nobody could know which of two came last.
      if (busy.has(name)) {
        await sleep(0);
        continue;
      }
      busy.add(name);
      await writeOnce(server, name).catch(() => (isKilled = true));
      busy.delete(name);
    }
  };
  const writers = Promise.all(Array.from({ length: WRITERS }, writer));
  await sleep(milliseconds);
  server.child.kill('SIGKILL');
  if (server.child.exitCode === null && server.child.signalCode === null) await once(server.child, 'exit');
  isKilled = true;
  await writers;
  server.agent.destroy();
}

async function writeOnce(server, name) {
  const states = expected.get(name);
  const known = states.at(-1);
  const write = String(++asked);
  const [method, path, next] = known === null ? ['POST', MAPS, { write }] : random() < 0.2 ? ['DELETE', `${MAPS}/${name}`, null] : ['PUT', `${MAPS}/${name}`, { write }];
  // Asked for: from here on it may be there or not, until the answer says which.
  states.push(next);
  const { status, body } = await call(server, method, path, next && { metadata: { name }, data: { write, filler: 'x'.repeat(Math.floor(random() * 3000)) } });
  if (status > 201) throw new Error(`${method} ${name} was answered with ${status}: ${JSON.stringify(body)}`);
  answered++;
  if (method === 'POST') created++;
  if (next) {
    next.resourceVersion = body.metadata.resourceVersion;
    newest = Math.max(newest, Number(body.metadata.resourceVersion));
  }
  expected.set(name, [next]);
}

function call(server, method, path, body) {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(`${server.url}${path}`, { method, agent: server.agent, headers: { authorization: `Bearer ${server.token}`, accept: 'application/json', ...(body && { 'content-type': 'application/json' }) } }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        try {
          const parsed = path.includes('watch=1') ? text.split('\n').filter(Boolean).map((line) => JSON.parse(line)) : JSON.parse(text);
          resolve({ status: response.statusCode, body: parsed });
        } catch (error) {
          reject(error);
        }
      });
    });
    request.on('error', reject);
    request.end(body && JSON.stringify(body));
  });
}

function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}
