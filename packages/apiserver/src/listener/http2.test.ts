import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';

import { afterEach, describe, expect, it } from 'vitest';

import { ApiServer } from '../api-server.js';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function session(): Promise<{ server: ApiServer; client: ClientHttp2Session }> {
  const server = new ApiServer();
  await server.start();
  const { port, caCertificate } = await server.listen();
  const identity = server.issueClientCertificate();
  const client = connect(`https://127.0.0.1:${port}`, { ca: caCertificate, cert: identity.certificate, key: identity.key });
  client.on('error', () => {});
  ends.push(() => server.close());
  ends.push(async () => client.destroy());
  return { server, client };
}

interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function answerOf(stream: ClientHttp2Stream): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let headers: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    stream.on('response', (received) => (headers = received));
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => resolve({ headers, text: Buffer.concat(chunks).toString() }));
    stream.on('error', reject);
  });
}

function call(client: ClientHttp2Session, method: string, path: string, body?: string, headers: Record<string, string | string[]> = {}): Promise<Answer> {
  const stream = client.request({ ':method': method, ':path': path, ...(body && { 'content-type': 'application/json' }), ...headers }, { endStream: !body });
  if (body) stream.end(body);
  return answerOf(stream);
}

const configMap = (name: string, data = {}): string => JSON.stringify({ metadata: { name }, data });
const path = '/api/v1/namespaces/default/configmaps';

describe('HTTP/2', () => {
  it('carries many requests over one connection, by the certificate of the connection', async () => {
    const { client } = await session();
    const created = await Promise.all(Array.from({ length: 300 }, (_, index) => call(client, 'POST', path, configMap(`c${index}`))));
    expect(new Set(created.map(({ headers }) => headers[':status']))).toEqual(new Set([201]));
    const list = await call(client, 'GET', path);
    expect((JSON.parse(list.text) as { items: object[] }).items).toHaveLength(300);
    expect(list.headers['content-type']).toBe('application/json');
    const who = await call(client, 'POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', '{"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1"}');
    expect(JSON.parse(who.text)).toMatchObject({ status: { userInfo: { groups: expect.arrayContaining(['system:masters']) as string[] } } });
  });

  it('keeps repeated headers apart and answers HEAD without a body', async () => {
    const { client } = await session();
    const impersonate = { 'impersonate-user': 'jane', 'impersonate-group': ['system:authenticated', 'a,b'] };
    const who = await call(client, 'POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', '{"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1"}', impersonate);
    expect((JSON.parse(who.text) as { status: { userInfo: { groups: string[] } } }).status.userInfo.groups).toContain('a,b');
    const head = await call(client, 'HEAD', '/healthz');
    expect([head.headers[':status'], head.text]).toEqual([200, '']);
  });

  it('refuses a body that is too large', async () => {
    const { client } = await session();
    const answer = await call(client, 'POST', path, configMap('big', { x: 'y'.repeat(4 * 1024 * 1024) }));
    expect(answer.headers[':status']).toBe(413);
  });

  it('streams a watch beside requests, stops it when the client resets it, and ends it when the server stops', async () => {
    const { client, server } = await session();
    const watch = client.request({ ':method': 'GET', ':path': `${path}?watch=1` });
    const [headers] = await new Promise<[IncomingHttpHeaders]>((resolve) => watch.once('response', (...all) => resolve(all as unknown as [IncomingHttpHeaders])));
    expect(headers[':status']).toBe(200);
    const frame = new Promise<string>((resolve) => watch.once('data', (chunk: Buffer) => resolve(chunk.toString())));
    await call(client, 'POST', path, configMap('seen'));
    expect(JSON.parse(await frame)).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'seen' } } });
    const closed = new Promise((resolve) => watch.once('close', resolve));
    watch.close(constants.NGHTTP2_CANCEL);
    await closed;
    const last = client.request({ ':method': 'GET', ':path': `${path}?watch=1` });
    await new Promise((resolve) => last.once('response', resolve));
    const ended = new Promise((resolve) => last.once('close', resolve));
    last.resume();
    await Promise.all([server.close(), ended]);
  });
});
