// Sends what requests.mjs makes to a cluster, by all ways in, and tells what should not be: no answer, a 500 of ours, an answer that is broken, an exception
// that nobody caught, a prototype that was changed.
import { Agent, request as httpsRequest } from 'node:https';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTls } from 'node:tls';

import { definition } from './bodies.mjs';
import { caseRandom } from './random.mjs';
import { makeGarbage, makeRequest } from './requests.mjs';

/** How long an answer may take. A machine that is busy is slow; a request that is never answered takes longer. */
const PATIENCE = 20_000;
const AT_ONCE = 8;
/** Requests to one cluster; then another, so that what piles up does not slow everything down. */
const PER_CLUSTER = 4_000;
/** 500s that the real server has as well, by their texts. */
const REAL_500 = [/without impersonating a user/, /strconv\.ParseUint/, /resourceVersion should not be set on objects to be created/, /etcdserver: request is too large/, /content is not a list/, /unable to find api field in struct/, /unknown patch type/, /failed to create typed patch object/, /object has no (?:apiVersion|kind) field/, /lists of lists are not supported/, /does not contain declared merge key/, /list element types are not identical/, /merging lists cannot yet be specified/, /doesn't match \$setElementOrder list/];

/**
 * @param options.startCluster of the package under test
 * @param options.count how many cases @param options.seed of all of them @param options.only one case, by number
 * @returns what was found, each with the case that shows it, and how often each status was answered
 */
export async function fuzz({ startCluster, count, seed, only, stopAfter = 20, print = () => {} }) {
  const findings = [];
  const statuses = {};
  let current = 'start';
  const found = (what, shown = current) => {
    findings.push({ what, case: shown });
    print(`FOUND ${what}\n  ${shown}`);
  };
  const uncaught = (error) => found(`an exception that nobody caught: ${error?.stack ?? error}`);
  process.on('uncaughtException', uncaught);
  process.on('unhandledRejection', uncaught);
  const properties = Object.getOwnPropertyNames(Object.prototype).sort().join();
  try {
    const numbers = only === undefined ? Array.from({ length: count }, (_, index) => index) : [only];
    for (let from = 0; from < numbers.length && findings.length < stopAfter; from += PER_CLUSTER) {
      const ways = await open(startCluster, found);
      const queue = numbers.slice(from, from + PER_CLUSTER);
      const worker = async () => {
        for (let number = queue.shift(); number !== undefined && findings.length < stopAfter; number = queue.shift()) {
          const shown = `--seed ${seed} --only ${number}`;
          current = shown;
          await one(ways, caseRandom(seed, number), (what, request) => found(what, `${shown}: ${request}`), statuses);
          if (Object.getOwnPropertyNames(Object.prototype).sort().join() !== properties) throw new Error(`${shown}: Object.prototype was changed`);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      await close(ways, found);
      print(`${Math.min(from + PER_CLUSTER, numbers.length)} of ${numbers.length}`);
    }
  } finally {
    process.off('uncaughtException', uncaught);
    process.off('unhandledRejection', uncaught);
  }
  return { findings, statuses };
}

async function open(startCluster, found) {
  const line = (message, fields) => void (fields?.error?.code !== 'ECONNRESET' && found(`an error was logged: ${message}: ${fields?.error?.stack ?? ''}`, `${fields?.method ?? ''} ${fields?.path ?? ''}`));
  const log = { debug() {}, info() {}, warn() {}, error: line, with: () => log };
  const token = 'fuzz';
  const cluster = await startCluster({ port: 0, log, server: { staticTokens: { [token]: { name: 'admin', groups: ['system:masters'] } } } });
  const transport = cluster.transport();
  const { port } = new URL(cluster.url);
  const ways = { cluster, transport, port: Number(port), token, agent: new Agent({ keepAlive: true, rejectUnauthorized: false, maxSockets: 4 }), session: undefined, seeds: [] };
  const json = { 'content-type': 'application/json' };
  for (const [path, object] of [['/api/v1/namespaces', { metadata: { name: 'fuzz' } }], ['/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition()]]) {
    const { status, body } = await inMemory(ways, { method: 'POST', path, headers: json, body: Buffer.from(JSON.stringify(object)) });
    if (status !== 201) throw new Error(`what the requests are about was not made: ${body}`);
  }
  for (const path of ['/api/v1/namespaces/default', '/api/v1/namespaces/default/services/kubernetes', '/apis/rbac.authorization.k8s.io/v1/clusterroles/view', '/api/v1/nodes']) {
    ways.seeds.push((await inMemory(ways, { method: 'GET', path, headers: { accept: 'application/vnd.kubernetes.protobuf' } })).body);
  }
  return ways;
}

async function close(ways, found) {
  const answer = await inMemory(ways, { method: 'GET', path: '/api/v1/namespaces/default', headers: {} });
  if (answer.status !== 200) found(`after all of it, GET of a namespace was answered with ${answer.status}`);
  ways.session?.destroy();
  ways.agent.destroy();
  await within(ways.cluster.stop(), 'the cluster did not stop').catch((error) => found(error.message));
}

async function one(ways, random, found, statuses) {
  const way = random.float();
  if (way >= 0.95) {
    const isHttp2 = random.chance(0.4);
    const bytes = makeGarbage(random, isHttp2);
    await within(raw(ways, bytes, isHttp2, random), 'the connection was not ended').catch((error) => found(error.message, `${isHttp2 ? 'HTTP/2' : 'HTTP/1.1'} ${bytes.toString('latin1').slice(0, 300)}`));
    return;
  }
  const request = makeRequest(random, ways.seeds);
  const shown = `${request.method} ${request.path.slice(0, 300)} ${JSON.stringify(request.headers)} ${request.body ? JSON.stringify(request.body.toString('latin1').slice(0, 1_000)) : ''}`;
  try {
    const send = way < 0.75 ? inMemory : way < 0.87 ? overHttp1 : overHttp2;
    const answer = await within(send(ways, request, random), 'no answer');
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    for (const what of judge(request, answer)) found(what, shown);
  } catch (error) {
    if (error.code !== 'NOT_SENT') found(`${error.message} ${error.code ?? ''}`, shown);
  }
}

/** What is wrong with an answer. */
function* judge({ method }, { status, headers, body, isCut }) {
  if (status === 0 || isCut) return;
  const type = String(headers['content-type'] ?? '');
  if (!Number.isInteger(status) || status < 200 || status > 599) yield `the status is ${status}`;
  const isJson = type.startsWith('application/json') && method !== 'HEAD';
  let content;
  if (isJson && body.length > 0) {
    try {
      for (const line of String(body).split('\n').filter(Boolean).length > 1 && !String(body).startsWith('{\n') ? String(body).split('\n').filter(Boolean) : [String(body)]) content = JSON.parse(line);
    } catch (error) {
      yield `the answer is no JSON: ${error.message}`;
    }
  }
  if (content?.kind === 'Status' && content.code !== undefined && content.code !== status && status !== 200) yield `the Status says ${content.code}, the answer ${status}`;
  if (status === 500 && method !== 'HEAD') {
    const message = content?.message ?? String(body);
    if (!REAL_500.some((pattern) => pattern.test(message.replace(/\s+/g, ' ')))) yield `500: ${message.slice(0, 500)}`;
  }
  if (body.includes('polluted')) return;
}

async function inMemory({ transport }, { method, path, headers, body }, random) {
  const stop = new AbortController();
  // Some clients do not wait for the answer.
  const isImpatient = random?.chance(0.02) ?? false;
  try {
    const sent = transport.dispatch({ method, path, headers, ...(body && { body }) }, stop.signal);
    if (isImpatient) stop.abort();
    const response = await sent;
    return { status: response.status, headers: response.headers, ...(await readSome(response.body, () => stop.abort())) };
  } catch (error) {
    if (isImpatient && error.name === 'AbortError') return { status: 0, headers: {}, body: Buffer.alloc(0) };
    throw error;
  }
}

/** A watch that does not end by itself is left after some frames, or some time. */
async function readSome(chunks, leave) {
  const parts = [];
  let isCut = false;
  const timer = setTimeout(() => {
    isCut = true;
    leave();
  }, 20);
  try {
    for await (const chunk of chunks) parts.push(Buffer.from(chunk));
  } catch (error) {
    if (!isCut) throw error;
  } finally {
    clearTimeout(timer);
  }
  return { body: Buffer.concat(parts), isCut };
}

function overHttp1({ port, token, agent }, { method, path, headers, body }, random) {
  return new Promise((resolve, reject) => {
    let request;
    try {
      request = httpsRequest({ host: '127.0.0.1', port, method, path, agent, headers: { authorization: `Bearer ${token}`, ...headers } });
    } catch (error) {
      // Node's client does not send everything that there is.
      reject(Object.assign(error, { code: 'NOT_SENT' }));
      return;
    }
    const isAborted = random.chance(0.05);
    request.on('response', (response) => {
      const end = (isCut) => (parts) => resolve({ status: response.statusCode, headers: response.headers, body: parts, isCut });
      readSome(response, () => response.destroy()).then(({ body: parts, isCut }) => end(isCut)(parts), reject);
    });
    // What may not stand in a request line is answered with 400 before the body has come, and the connection ends.
    request.on('error', (error) => (isAborted || (error.code === 'ECONNRESET' && /[^\x21-\x7e]/.test(path)) ? resolve({ status: 0, headers: {}, body: Buffer.alloc(0) }) : reject(error)));
    if (isAborted) {
      if (body) {
        request.setHeader('content-length', body.length + 5);
        request.write(body);
      }
      setTimeout(() => request.destroy(), random.below(3));
    } else if (body && random.chance(0.1)) {
      request.setHeader('content-length', body.length);
      dribble(request, body);
    } else request.end(body);
  });
}

/** A client that is slow. */
function dribble(request, body) {
  const size = Math.max(1, Math.ceil(body.length / 4));
  const next = (at) => {
    if (request.destroyed) return;
    if (at >= body.length) request.end();
    else request.write(body.subarray(at, at + size), () => setTimeout(next, 1, at + size));
  };
  next(0);
}

function overHttp2(ways, { method, path, headers, body }, random) {
  const session = sessionOf(ways);
  return new Promise((resolve, reject) => {
    const { connection: _, ...rest } = headers;
    let stream;
    try {
      stream = session.request({ ':method': method, ':path': path.replace(/[^\u0021-\u00ff]/g, '') || '/', authorization: `Bearer ${ways.token}`, ...rest }, { endStream: body === undefined });
    } catch (error) {
      reject(Object.assign(error, { code: 'NOT_SENT' }));
      return;
    }
    const isAborted = random.chance(0.05);
    const nothing = { status: 0, headers: {}, body: Buffer.alloc(0) };
    stream.on('response', (answer) => {
      readSome(stream, () => stream.close()).then(({ body: parts, isCut }) => resolve({ status: answer[':status'], headers: answer, body: parts, isCut }), (error) => (isAborted ? resolve(nothing) : reject(error)));
    });
    // A path that may not stand in a frame is refused before we see it.
    stream.on('error', (error) => (isAborted || error.message.includes('PROTOCOL_ERROR') ? resolve(nothing) : reject(error)));
    stream.on('close', () => resolve({ ...nothing, isClosed: true }));
    if (isAborted) {
      stream.write(body ?? Buffer.of(1));
      // Node's client may never tell of a stream that is closed before its connection is there.
      setTimeout(() => resolve(nothing, stream.close()), random.below(3));
    } else if (body) {
      if (random.chance(0.1)) dribble(stream, body);
      else stream.end(body);
    }
  });
}

function sessionOf(ways) {
  if (!ways.session || ways.session.destroyed || ways.session.closed) {
    ways.session = connectHttp2(`https://127.0.0.1:${ways.port}`, { rejectUnauthorized: false });
    ways.session.on('error', () => {});
  }
  return ways.session;
}

/** Sends bytes and waits until the server has ended the connection, which it does at the latest when we end our side. */
function raw({ port }, bytes, isHttp2, random) {
  return new Promise((resolve) => {
    const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false, ALPNProtocols: [isHttp2 ? 'h2' : 'http/1.1'] }, () => {
      const half = random.chance(0.3) ? random.below(bytes.length) : bytes.length;
      socket.write(bytes.subarray(0, half));
      setTimeout(() => socket.end(bytes.subarray(half)), half < bytes.length ? 3 : 0);
    });
    socket.on('data', () => {});
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
    // Node keeps a connection that has broken the rules of HTTP/2 until it is idle for long; the listener's stop ends it.
    if (isHttp2) setTimeout(() => socket.destroy(), 200);
  });
}

function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`${what} within ${PATIENCE / 1000} s`)), PATIENCE)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
