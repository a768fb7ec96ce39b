import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, get as httpGet, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { gunzipSync } from 'node:zlib';

import { createCertificateAuthority, FakeClock, FakeLoopMonitor, memoryLogger, realClock, ScriptedTransport, SeededRandom, systemRandom, type TransportRequest } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { createManager } from './create-manager.js';
import type { ManagerOptions } from './options.js';

async function start(options: ManagerOptions, clock = new FakeClock()) {
  const log = memoryLogger();
  const loopMonitor = new FakeLoopMonitor();
  const transport = new ScriptedTransport((request: TransportRequest) => {
    const { spec } = JSON.parse(Buffer.from(request.body!).toString()) as { spec: { token?: string } };
    const status = spec.token ? { authenticated: spec.token === 'good', user: { username: 'scraper' } } : { allowed: true };
    return { status: 201, body: JSON.stringify({ metadata: {}, spec, status }) };
  });
  const manager = await createManager({ name: 'test', transport, clock, random: new SeededRandom(), log, loopMonitor, ...options });
  const stop = new AbortController();
  const ended = manager.start(stop.signal);
  const isUp = (): boolean => [options.metrics?.bindAddress && !manager.addresses.metrics, options.health?.bindAddress && !manager.addresses.health].every((missing) => !missing);
  while (!isUp()) await clock.yield();
  for (let i = 0; i < 5; i++) await clock.yield();
  return { manager, clock, log, loopMonitor, stop: () => (stop.abort(), ended) };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly serial: string | undefined;
}

function fetchRaw(url: string, headers: Record<string, string> = {}, agent?: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: IncomingMessage): void => {
      const pieces: Buffer[] = [];
      const serial = (message.socket as TLSSocket).getPeerCertificate?.().serialNumber;
      message.on('data', (piece: Buffer) => pieces.push(piece)).on('end', () => resolve({ status: message.statusCode!, headers: message.headers, body: Buffer.concat(pieces), serial }));
    };
    const request = url.startsWith('https') ? httpsGet(url, { headers, rejectUnauthorized: false, agent: false }, onMessage) : httpGet(url, { headers, ...(agent && { agent }) }, onMessage);
    request.on('error', reject);
  });
}

const metrics = { bindAddress: '127.0.0.1:0' };

describe('the metrics server', () => {
  it.each([
    [undefined, false, 'text/plain; version=0.0.4; charset=utf-8'],
    ['application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1', true, 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
    ['text/plain;q=0.9,application/openmetrics-text;q=0.5', true, 'text/plain; version=0.0.4; charset=utf-8'],
    ['application/openmetrics-text;version=2.0.0,*/*;q=0.1', true, 'text/plain; version=0.0.4; charset=utf-8'],
    ['application/json', false, 'text/plain; version=0.0.4; charset=utf-8'],
  ])('#95 answers Accept: %s', async (accept, gzip, contentType) => {
    const { manager, stop } = await start({ metrics });
    const { status, headers, body } = await fetchRaw(`http://${manager.addresses.metrics}/metrics`, { ...(accept && { accept }), ...(gzip && { 'accept-encoding': 'deflate, gzip' }) });
    expect([status, headers['content-type'], headers['content-encoding'], headers.vary]).toEqual([200, contentType, gzip ? 'gzip' : undefined, 'Accept, Accept-Encoding']);
    expect((gzip ? gunzipSync(body) : body).toString()).toContain('# TYPE rest_client_requests_total'.replace('_total', contentType.startsWith('app') ? '' : '_total'));
    await stop();
  });

  it('#95 packs nothing for those who refuse gzip', async () => {
    const { manager, stop } = await start({ metrics });
    expect((await fetchRaw(`http://${manager.addresses.metrics}/metrics`, { 'accept-encoding': 'gzip;q=0, *' })).headers['content-encoding']).toBeUndefined();
    await stop();
  });

  it('#94 lets nobody in whom the API server does not know', async () => {
    const { manager, stop } = await start({ metrics: { ...metrics, authorization: true } });
    const status = async (headers?: Record<string, string>) => (await fetchRaw(`http://${manager.addresses.metrics}/metrics`, headers)).status;
    expect([await status(), await status({ authorization: 'Bearer bad' }), await status({ authorization: 'Bearer good' })]).toEqual([401, 401, 200]);
    await stop();
  });

  it('#97 closes connections that idle, at once', async () => {
    const { manager, stop } = await start({ metrics }, realClock as FakeClock);
    const agent = new Agent({ keepAlive: true });
    for (let i = 0; i < 3; i++) await fetchRaw(`http://${manager.addresses.metrics}/metrics`, {}, agent);
    // Left to themselves they would idle for 90 seconds, longer than this test may take.
    await stop();
    agent.destroy();
  });

  it('speaks TLS with a certificate of its own', async () => {
    const { manager, stop } = await start({ metrics: { ...metrics, certificate: 'self-signed' } });
    const { status, serial } = await fetchRaw(`https://${manager.addresses.metrics}/metrics`);
    expect([status, serial]).toEqual([200, expect.stringMatching(/^[0-9A-F]+$/)]);
    await stop();
  });

  it('takes a new certificate from its files without a restart, and passes over a renewal that is half done', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kubewright-'));
    const [certFile, keyFile] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
    const authority = createCertificateAuthority({ commonName: 'ca', clock: realClock, random: systemRandom });
    const issue = () => authority.issue({ commonName: 'x', usages: ['server'] });
    const write = async ({ certificate, key }: { certificate?: string; key?: string }) => {
      if (certificate) await writeFile(certFile, certificate);
      if (key) await writeFile(keyFile, key);
    };
    await write(issue());
    const { manager, clock, log, stop } = await start({ metrics: { ...metrics, certificate: { certFile, keyFile } } });
    const serial = async () => (await fetchRaw(`https://${manager.addresses.metrics}/metrics`)).serial;
    const settled = async (is: () => boolean) => { for (let i = 0; i < 200 && !is(); i++) await realClock.sleep(5); };
    const first = await serial();
    const next = issue();
    await write({ certificate: next.certificate });
    await clock.advance(60_000);
    await settled(() => log.lines.some(({ message }) => message === 'certificate not renewed'));
    expect(await serial()).toBe(first);
    await write(next);
    await clock.advance(60_000);
    await settled(() => log.lines.some(({ message }) => message === 'certificate renewed'));
    expect(await serial()).not.toBe(first);
    const body = (await fetchRaw(`https://${manager.addresses.metrics}/metrics`)).body.toString();
    expect(body).toMatch(/certwatcher_read_certificate_total 3\n/);
    expect(body).toMatch(/certwatcher_read_certificate_errors_total 1\n/);
    await stop();
    await rm(folder, { recursive: true });
  });

  it('ends at the start when its certificate can not be used', async () => {
    const manager = await createManager({ transport: new ScriptedTransport(() => ({ status: 200 })), log: memoryLogger(), metrics: { ...metrics, certificate: { certFile: '/nowhere.crt', keyFile: '/nowhere.key' } } });
    await expect(manager.start(new AbortController().signal)).rejects.toMatchObject({ code: 'KW_CERTIFICATE', message: expect.stringContaining('/nowhere.crt') });
  });

  it('serves profiles where that was asked for, one at a time', async () => {
    const { manager, clock, stop } = await start({ metrics, profiling: true });
    const at = `http://${manager.addresses.metrics}/debug/profile`;
    const profile = fetchRaw(`${at}/cpu?seconds=2`);
    while (!clock.nextDue || clock.nextDue > 2_000) await realClock.sleep(5);
    expect((await fetchRaw(`${at}/heap`)).status).toBe(409);
    await clock.advance(2_000);
    const { status, headers, body } = await profile;
    expect([status, headers['content-disposition']]).toEqual([200, 'attachment; filename="operator.cpuprofile"']);
    expect(Object.keys(JSON.parse(body.toString()) as object)).toContain('nodes');
    expect([(await fetchRaw(`${at}/cpu?seconds=x`)).status, (await fetchRaw(`${at}/dance`)).status]).toEqual([400, 404]);
    expect(JSON.parse((await fetchRaw(`${at}/heap`)).body.toString())).toHaveProperty('snapshot');
    await stop();
    const without = await start({ metrics });
    expect((await fetchRaw(`http://${without.manager.addresses.metrics}/debug/profile/cpu`)).status).toBe(404);
    await without.stop();
  });
});

describe('the event loop', () => {
  it('is a metric, and fails the liveness probe after it stood still', async () => {
    const { manager, clock, loopMonitor, stop } = await start({ metrics, health: { bindAddress: '127.0.0.1:0', maxEventLoopDelay: 5_000 } });
    const status = async () => (await fetchRaw(`http://${manager.addresses.health}/healthz`)).status;
    expect(await status()).toBe(200);
    loopMonitor.delay = { median: 1, p99: 20, max: 6_000 };
    await clock.advance(10_000);
    expect(await status()).toBe(500);
    expect((await fetchRaw(`http://${manager.addresses.metrics}/metrics`)).body.toString()).toContain('kubewright_event_loop_delay_seconds{quantile="1"} 6\n');
    loopMonitor.delay = { median: 1, p99: 20, max: 30 };
    await clock.advance(10_000);
    expect(await status()).toBe(200);
    await stop();
    expect(loopMonitor.isRunning).toBe(false);
  });
});
