// What is asked: method, path, query and headers of the grammar that the API has, with something wrong in them more often than not.
import { KINDS, makeBody, nameOf } from './bodies.mjs';

const NAMESPACES = ['default', 'fuzz', 'none', 'kube-system'];
const PATHS = [
  '/', '/api', '/apis', '/api/v1', '/apis/apps', '/apis/apps/v1', '/apis/fuzz.example.com', '/apis/fuzz.example.com/v1', '/version', '/healthz', '/livez?verbose', '/readyz/ping', '/metrics', '/openapi/v2', '/openapi/v3', '/openapi/v3/api/v1', '/openid/v1/jwks',
  '/.well-known/openid-configuration', '/api/v2', '/apis/none/v1/x', '/api/v1/namespaces', '/api/v1/namespaces/default', '/api/v1/namespaces/default/finalize', '/api/v1/watch/pods', '/api/v1/proxy', '/logs', '//api//v1', '/api/v1/../../etc/passwd', '/api/v1/namespaces/%2e%2e/pods',
  '/%', '/%zz', '/api/v1/namespaces/default/pods/%00', '/api/v1/namespaces/a%2fb/pods/x', '/\ud83d\ude00', `/api/v1/${'x'.repeat(9000)}`, '/api/v1/namespaces/default/configmaps/__proto__', '/apis/__proto__/constructor/toString', '/apis/constructor', '*', '', 'http://other/api/v1/pods', '/api/v1?watch', '/api/v1/pods?%', '/api/v1/namespaces//pods',
];
const QUERIES = {
  limit: ['1', '3', '0', '-1', 'x', '1e3', '9223372036854775808', ''], continue: ['x', '', 'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhIn0', 'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTEsInN0YXJ0IjoiYSJ9', 'bnVsbA', 'W10', 'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MWU5OSwic3RhcnQiOiJhIn0'],
  resourceVersion: ['0', '1', '300', 'x', '-1', '18446744073709551616', '99999', ''], resourceVersionMatch: ['Exact', 'NotOlderThan', 'x', ''], sendInitialEvents: ['true', 'false', 'x'], allowWatchBookmarks: ['true', 'x'],
  labelSelector: ['a=b', 'a in (b,c)', '!a', 'a>1', 'a!=b,', '(', 'a in (', 'a==b==c', 'ü=1', `${'a,'.repeat(500)}`, 'a notin ()', '%00', ',,,'], fieldSelector: ['metadata.name=fuzz-1', 'metadata.name!=x', 'spec.name=a', 'spec.nodeName=', 'nope=1', 'metadata.namespace=default', 'a', '=', 'metadata.name=a\\', '__proto__=1'],
  watch: ['true', '1', 'false', 'x', ''], timeoutSeconds: ['1', '0', '-1', 'x', '99999999999999999999'], dryRun: ['All', 'x', ''], fieldManager: ['m', 'x'.repeat(200), '\u0000', ''], fieldValidation: ['Strict', 'Warn', 'Ignore', 'x'], force: ['true', 'false', 'x'], pretty: ['true', 'x', '1'],
  propagationPolicy: ['Orphan', 'Foreground', 'Background', 'x'], gracePeriodSeconds: ['0', '1', '-1', 'x', '1e9'], orphanDependents: ['true', 'x'], includeObject: ['None', 'Object', 'Metadata', 'x'], container: ['c', '../x'], command: ['ls', ''], follow: ['x'], tailLines: ['-1'], __proto__: ['1'], constructor: ['1'], ignoreStoreReadErrorWithClusterBreakingPotential: ['true'],
};
const ACCEPTS = [
  'application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf', 'application/vnd.kubernetes.protobuf;stream=watch', 'application/json;as=Table;v=v1;g=meta.k8s.io', 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io', 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json',
  'application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io', 'application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io', '*/*', '', 'text/html', ';;;', 'application/json;as=Nope;v=v1;g=x', 'application/json;stream=watch', 'a/b;q=x', 'application/json;as=Table;v=v9;g=meta.k8s.io', 'application/cbor', ','.repeat(500),
];
const METHODS = ['GET', 'GET', 'GET', 'POST', 'POST', 'POST', 'POST', 'POST', 'PUT', 'PUT', 'PATCH', 'PATCH', 'PATCH', 'PATCH', 'DELETE'];
const ODD_METHODS = ['HEAD', 'OPTIONS', 'TRACE', 'PURGE', 'PROPFIND'];
const VERBS = { POST: 'create', PUT: 'update', PATCH: 'patch' };

/** @returns { method, path, headers, body? }; `isLegal` when a client library would send it */
export function makeRequest(random, seeds) {
  const kind = random.pick(KINDS);
  const method = random.chance(0.03) ? random.pick(ODD_METHODS) : random.pick(METHODS);
  const name = random.chance(0.96) ? nameOf(random, kind) : random.pick(['Not_Valid', 'a'.repeat(300), '..', 'a%2Fb', '%00', '__proto__', 'ü', 'a:b', '.']);
  let path = random.chance(0.05) ? random.pick(PATHS) : pathOf(random, kind, method, name);
  const query = [];
  for (let count = random.chance(0.5) ? random.below(4) : 0; count > 0; count--) {
    const key = random.pick(Object.keys(QUERIES));
    query.push(`${key}=${random.chance(0.9) ? encodeURIComponent(random.pick(QUERIES[key])) : random.pick(['%', '%zz', '%00', '%ff%fe', 'a&b=c', '+', '[]', '=='])}`);
  }
  if (query.length > 0) path += `${path.includes('?') ? '&' : '?'}${query.join('&')}`;
  const headers = {};
  headers.accept = random.chance(0.7) ? random.pick(ACCEPTS.slice(0, 3)) : random.pick(ACCEPTS);
  if (random.chance(0.1)) delete headers.accept;
  if (random.chance(0.05)) Object.assign(headers, random.pick([{ 'impersonate-user': 'someone' }, { 'impersonate-user': 'someone', 'impersonate-group': 'system:authenticated' }, { 'impersonate-group': 'x' }, { 'impersonate-user': '' }, { 'impersonate-extra-%2f': 'x', 'impersonate-user': 'a' }, { 'impersonate-user': 'system:serviceaccount:a:b:c' }, { 'impersonate-uid': 'x' }]));
  if (random.chance(0.03)) headers['user-agent'] = random.pick(['', 'x'.repeat(1000), 'kubectl/v1 (a/b)', '/', '\u00e4/1']);
  if (random.chance(0.03)) headers.authorization = random.pick(['Bearer x', 'Bearer a.b.c', 'Bearer ', 'Basic eDp5', `Bearer ${'e30.'.repeat(3)}`, 'bearer eyJhbGciOiJub25lIn0.e30.', '']);
  if (random.chance(0.03)) headers['accept-encoding'] = random.pick(['gzip', 'gzip;q=0', 'br', '*']);
  const verb = VERBS[method];
  if (!verb && !(method === 'DELETE' && random.chance(0.2)) && !random.chance(0.02)) return { method, path, headers };
  const { type, bytes } = method === 'DELETE' ? deleteOptions(random) : makeBody(random, kind, name, verb, seeds);
  if (type !== '' && !/[^\u0020-\u00ff]/.test(type)) headers['content-type'] = type;
  return { method, path, headers, body: bytes };
}

function pathOf(random, { path, plural, namespaced, subresources = [] }, method, name) {
  const place = namespaced && random.chance(0.93) ? `${path}/namespaces/${random.chance(0.9) ? random.pick(['default', 'fuzz']) : random.pick(NAMESPACES)}/${plural}` : `${path}/${plural}`;
  const isCollection = method === 'POST' ? random.chance(0.85) : random.chance(method === 'GET' ? 0.4 : 0.04);
  if (isCollection) return place;
  const extra = random.chance(0.25) ? `/${random.chance(0.9) && subresources.length > 0 ? random.pick(subresources) : random.pick(['status', 'nope', 'scale', 'log', 'status/x', '__proto__', ''])}` : '';
  return `${place}/${name}${extra}`;
}

function deleteOptions(random) {
  const options = random.pick([
    { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 }, { propagationPolicy: 'Foreground' }, { propagationPolicy: 'x' }, { preconditions: { uid: 'x' } }, { preconditions: { resourceVersion: 'x' } }, { gracePeriodSeconds: -5 }, { gracePeriodSeconds: 'x' },
    { orphanDependents: true, propagationPolicy: 'Orphan' }, { dryRun: ['All', 'x'] }, { kind: 'Pod', apiVersion: 'v1' }, [], null, { __proto__: null, a: 1 }, { ignoreStoreReadErrorWithClusterBreakingPotential: true },
  ]);
  return { type: random.pick(['application/json', 'application/json', 'application/yaml', 'text/plain', 'application/vnd.kubernetes.protobuf']), bytes: Buffer.from(JSON.stringify(options)) };
}

/** Bytes that a socket may bring. HTTP/1.1 unless `isHttp2`. */
export function makeGarbage(random, isHttp2) {
  if (isHttp2) return http2Garbage(random);
  const { method, path, headers, body = Buffer.alloc(0) } = makeRequest(random, []);
  const target = path.replace(/[^\x21-\x7e]/g, '%20') || '/';
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value.replace(/[\u0000-\u001f]/g, '')}`);
  const request = (extra = [], content = body) => Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\nhost: x\r\n${[...lines, ...extra].join('\r\n')}\r\n\r\n`), content]);
  switch (random.below(14)) {
    case 0: return random.bytes(1 + random.below(300));
    case 1: return Buffer.from('GET /api\r\n\r\n');
    case 2: return request([`content-length: ${body.length + 10}`]);
    case 3: return request(['content-length: 5', 'content-length: 6']);
    case 4: return request(['transfer-encoding: chunked'], Buffer.from(random.pick(['zz\r\n', '5\r\nab', '5\r\nabcde\r\n0\r\n\r\n', 'fffffffffffffffff\r\n', '-1\r\n', '5;x=y\r\nabcde\r\n0\r\ntrailer: x\r\n\r\n'])));
    case 5: return request(['transfer-encoding: chunked', 'content-length: 3'], Buffer.from('3\r\nabc\r\n0\r\n\r\n'));
    case 6: return request([`x: ${'y'.repeat(20_000)}`]);
    case 7: return Buffer.concat([request([`content-length: ${body.length}`]), request([`content-length: ${body.length}`]), request([`content-length: ${body.length}`])]);
    case 8: return request(['expect: 100-continue', `content-length: ${body.length}`]);
    case 9: return request(['connection: upgrade', `upgrade: ${random.pick(['SPDY/3.1', 'websocket', 'h2c'])}`, 'sec-websocket-key: x', 'sec-websocket-version: 13', `content-length: ${body.length}`]);
    case 10: return Buffer.from(`CONNECT ${random.pick(['example.com:443', '/', ''])} HTTP/1.1\r\nhost: x\r\n\r\n`);
    case 11: return corruptLine(random, request([`content-length: ${body.length}`]));
    case 12: return Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    default: return request(['connection: close', `content-length: ${body.length}`]).subarray(0, random.below(400));
  }
}

function corruptLine(random, bytes) {
  const copy = Buffer.from(bytes);
  for (let times = 1 + random.below(4); times > 0; times--) copy[random.below(Math.min(copy.length, 120))] = random.below(256);
  return copy;
}

function http2Garbage(random) {
  const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  const frame = (type, flags, stream, payload) => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head[3] = type;
    head[4] = flags;
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, payload]);
  };
  const frames = Array.from({ length: 1 + random.below(6) }, () => frame(random.below(12), random.below(256), random.pick([0, 1, 3, 2, 0x7fffffff]), random.bytes(random.pick([0, 4, 5, 8, 50, 300]))));
  return Buffer.concat([random.chance(0.9) ? preface : random.bytes(24), random.chance(0.8) ? frame(4, 0, 0, Buffer.alloc(0)) : Buffer.alloc(0), ...frames]);
}
