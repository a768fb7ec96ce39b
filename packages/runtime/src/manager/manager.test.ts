import { FakeClock, memoryLogger, ScriptedTransport, SeededRandom, type Clock, type ScriptedAnswer, type TransportRequest } from '@kubewright/platform';
import { ConfigMap } from '@kubewright/api/core/v1';
import { describe, expect, it } from 'vitest';

import { createManager } from './create-manager.js';
import type { Manager } from './manager.js';
import type { ManagerOptions } from './options.js';
import type { Runnable } from './runnable.js';


/** An API server with one Lease and nothing else. `down` makes the Lease unreachable. */
class LeaseServer {
  lease: { metadata: { resourceVersion: string }; spec: { holderIdentity: string } } | undefined;
  down = false;
  readonly writes: string[] = [];
  readonly transport = new ScriptedTransport((request) => this.answer(request));

  answer(request: TransportRequest): ScriptedAnswer {
    const status = (code: number, reason: string): ScriptedAnswer => ({ status: code, body: JSON.stringify({ kind: 'Status', status: 'Failure', code, reason, message: reason }) });
    if (!request.path.includes('/leases')) {
      this.writes.push(`${request.method} ${request.path.split('?')[0]}`);
      return { status: 200, body: JSON.stringify({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'x', uid: 'u', resourceVersion: '1' } }) };
    }
    if (this.down) return status(503, 'ServiceUnavailable');
    if (request.method === 'GET') return this.lease ? { status: 200, body: JSON.stringify(this.lease) } : status(404, 'NotFound');
    const sent = JSON.parse(Buffer.from(request.body!).toString()) as NonNullable<LeaseServer['lease']>;
    if (request.method === 'PUT' && sent.metadata.resourceVersion !== this.lease?.metadata.resourceVersion) return status(409, 'Conflict');
    this.lease = { ...sent, metadata: { ...sent.metadata, resourceVersion: String(Number(this.lease?.metadata.resourceVersion ?? 0) + 1) } };
    return { status: 200, body: JSON.stringify(this.lease) };
  }
}

async function setUp(options: Partial<ManagerOptions> = {}, server = new LeaseServer()) {
  const clock = new FakeClock();
  const log = memoryLogger();
  const manager = await createManager({ name: 'test', transport: server.transport, clock, random: new SeededRandom(), log, ...options });
  const events: string[] = [];
  const stop = new AbortController();
  const run = async (): Promise<unknown> => manager.start(stop.signal).then(() => undefined, (error: unknown) => error);
  return { clock, log, manager, events, stop, run, server };
}

/** A runnable that tells when it starts and stops; `lasts` keeps it from ending by so many milliseconds. */
function runnable(events: string[], name: string, more: { needsLeaderElection?: boolean; lasts?: number; clock?: FakeClock } = {}): Runnable {
  return {
    name,
    needsLeaderElection: more.needsLeaderElection ?? true,
    async start(signal) {
      events.push(`${name} starts`);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      if (more.lasts) await more.clock!.sleep(more.lasts);
      events.push(`${name} ends`);
    },
  };
}

const election = { name: 'test', namespace: 'default', identity: 'me' };

describe('Manager', () => {
  it('starts what every replica runs, then what the leader runs, and stops in reverse', async () => {
    const { clock, manager, events, stop, run } = await setUp();
    manager.add(runnable(events, 'controller'));
    manager.add(runnable(events, 'poller', { needsLeaderElection: false }));
    const ended = run();
    await clock.advance(0);
    expect(events).toEqual(['poller starts', 'controller starts']);
    stop.abort();
    expect(await ended).toBeUndefined();
    expect(events.slice(2)).toEqual(['controller ends', 'poller ends']);
    expect(clock.pending).toBe(0);
  });

  it('#88 keeps the cache until everything that reads it has ended', async () => {
    const { clock, manager, events, stop, run } = await setUp();
    manager.add(runnable(events, 'controller', { lasts: 5_000, clock }));
    const cacheStart = manager.cache.start.bind(manager.cache);
    manager.cache.start = async (signal) => (await cacheStart(signal), void events.push('cache ends'));
    const ended = run();
    await clock.advance(0);
    stop.abort();
    await clock.advance(5_000);
    expect(await ended).toBeUndefined();
    expect(events).toEqual(['controller starts', 'controller ends', 'cache ends']);
  });

  it('#89 stops everything when a runnable fails, and rejects with that failure; what fails later is logged', async () => {
    const { clock, log, manager, events, run } = await setUp();
    manager.add(runnable(events, 'controller'));
    const failAfter = (name: string, ms: number): Runnable => ({ name, start: async () => { await clock.sleep(ms); throw new Error(`${name} broke`); } });
    manager.add(failAfter('one', 100));
    manager.add(failAfter('two', 200));
    const ended = run();
    await clock.advance(1_000);
    expect(await ended).toMatchObject({ message: 'one broke' });
    expect(events).toEqual(['controller starts', 'controller ends']);
    expect(log.lines.filter((line) => line.level === 'error').map((line) => [line.message, line.fields['source']])).toEqual([['failed', 'one'], ['failed while stopping', 'two']]);
  });

  it('#89 rejects with the first of two failures of one moment', async () => {
    const { clock, manager, run } = await setUp();
    const moment = clock.sleep(100);
    for (const name of ['one', 'two']) manager.add({ name, start: async () => { await moment; throw new Error(`${name} broke`); } });
    const ended = run();
    await clock.advance(1_000);
    expect(await ended).toMatchObject({ message: 'one broke' });
  });

  it('takes a wait that its signal ended for an end, not for a failure', async () => {
    const { clock, log, manager, stop, run } = await setUp();
    manager.add({ name: 'sleeper', start: (signal) => clock.sleep(1e9, signal) });
    const ended = run();
    await clock.advance(0);
    stop.abort();
    expect(await ended).toBeUndefined();
    expect(log.lines.some((line) => line.level === 'error')).toBe(false);
  });

  it('gives up on what does not end within the grace period, and names it', async () => {
    const { clock, manager, events, stop, run } = await setUp({ gracefulShutdownTimeout: 30_000 });
    manager.add({ name: 'stuck', start: () => new Promise(() => {}) });
    manager.add(runnable(events, 'poller', { needsLeaderElection: false }));
    const ended = run();
    await clock.advance(0);
    stop.abort();
    await clock.advance(29_999);
    expect(manager.abandon.aborted).toBe(false);
    await clock.advance(1_001);
    expect(await ended).toMatchObject({ code: 'KW_STOP_TIMEOUT', message: expect.stringMatching(/30000 ms: stuck, poller/) });
    expect(manager.abandon.aborted).toBe(true);
    expect(events).toEqual(['poller starts', 'poller ends']);
  });

  it('#90 starts what is added while it runs, and refuses names that are taken and anything after its end', async () => {
    const { clock, manager, events, stop, run } = await setUp();
    const ended = run();
    await clock.advance(0);
    manager.add(runnable(events, 'late'));
    expect(events).toEqual(['late starts']);
    expect(() => manager.add(runnable(events, 'late'))).toThrow(/one of that name already/);
    stop.abort();
    await ended;
    expect(() => manager.add(runnable(events, 'too late'))).toThrow(/has stopped/);
    expect(await run()).toMatchObject({ code: 'KW_INVALID_ARGUMENT' });
    await expect(manager.apiReader.get(ConfigMap, { namespace: 'default', name: 'x' })).rejects.toMatchObject({ code: 'KW_TRANSPORT_CLOSED' });
  });

  it('#90 lets what is added late wait for leadership where it needs that, and runs the rest at once', async () => {
    const server = new LeaseServer();
    const { clock, manager, events, stop, run } = await setUp({ leaderElection: election }, server);
    server.lease = { metadata: { name: 'test', namespace: 'default', resourceVersion: '1' } as never, spec: { holderIdentity: 'other', leaseDurationSeconds: 15 } as never };
    const ended = run();
    await clock.advance(1_000);
    manager.add(runnable(events, 'controller'));
    manager.add(runnable(events, 'poller', { needsLeaderElection: false }));
    await clock.advance(10_000);
    expect(events).toEqual(['poller starts']);
    await clock.advance(20_000);
    expect(events).toEqual(['poller starts', 'controller starts']);
    stop.abort();
    await clock.advance(1_000);
    await ended;
  });

  it('ends quietly when the signal was aborted before the start', async () => {
    const { manager, events, stop, run } = await setUp();
    manager.add(runnable(events, 'controller'));
    stop.abort();
    expect(await run()).toBeUndefined();
    expect(events).toEqual([]);
  });

  it('#81 runs on the leader only what needs to, and gives the lease up after it has ended', async () => {
    const server = new LeaseServer();
    const { clock, manager, events, stop, run } = await setUp({ leaderElection: election }, server);
    manager.add(runnable(events, 'controller', { lasts: 4_000, clock }));
    manager.add(runnable(events, 'poller', { needsLeaderElection: false }));
    server.lease = { metadata: { name: 'test', namespace: 'default', resourceVersion: '1' } as never, spec: { holderIdentity: 'other', leaseDurationSeconds: 15 } as never };
    const ended = run();
    await clock.advance(10_000);
    expect(events).toEqual(['poller starts']);
    expect(manager.isLeader).toBe(false);
    await clock.advance(10_000);
    expect(events).toEqual(['poller starts', 'controller starts']);
    await manager.elected;
    stop.abort();
    await clock.advance(3_999);
    expect(server.lease.spec.holderIdentity).toBe('me');
    await clock.advance(1);
    expect(await ended).toBeUndefined();
    expect(server.lease.spec.holderIdentity).toBe('');
    expect(clock.pending).toBe(0);
  });

  it('#80 writes nothing more once it is deposed, aborts what is under way and ends with an error', async () => {
    const server = new LeaseServer();
    const { clock, manager, run } = await setUp({ leaderElection: election }, server);
    let refused: unknown;
    const write = (): Promise<unknown> => manager.client.create(ConfigMap, { metadata: { namespace: 'default', name: 'x' } });
    manager.add({
      name: 'stubborn',
      async start() {
        await write();
        await new Promise<void>((resolve) => manager.abandon.addEventListener('abort', () => resolve()));
        refused = await write().catch((error: unknown) => error);
      },
    });
    const ended = run();
    await clock.advance(0);
    expect(server.writes).toEqual(['POST /api/v1/namespaces/default/configmaps']);
    server.down = true;
    await clock.advance(10_000);
    expect(await ended).toMatchObject({ code: 'KW_LEADER_LOST' });
    expect(refused).toMatchObject({ code: 'KW_LEADER_LOST' });
    expect(server.writes).toHaveLength(1);
  });

  it('#85 writes nothing in the moment after it stood still, although no timer could tell it yet', async () => {
    const server = new LeaseServer();
    const fake = new FakeClock();
    let standstill = 0;
    const clock: Clock = {
      now: () => fake.now() + standstill, monotonic: () => fake.monotonic() + standstill, timer: (delay, callback) => fake.timer(delay, callback), sleep: (delay, signal) => fake.sleep(delay, signal), yield: () => fake.yield(),
    };
    const { manager, run } = await setUp({ leaderElection: election, clock }, server);
    const write = (): Promise<unknown> => manager.client.create(ConfigMap, { metadata: { namespace: 'default', name: 'x' } });
    const ended = run();
    await fake.advance(0);
    await write();
    standstill = 12_000;
    await expect(write()).rejects.toMatchObject({ code: 'KW_LEADER_LOST' });
    await expect(manager.client.delete(ConfigMap, { namespace: 'default', name: 'x' })).rejects.toMatchObject({ code: 'KW_LEADER_LOST' });
    expect([manager.isLeader, server.writes]).toEqual([false, ['POST /api/v1/namespaces/default/configmaps']]);
    await fake.advance(40_000);
    expect(await ended).toMatchObject({ code: 'KW_LEADER_LOST' });
  });

  it('does not give the lease up while something of it still acts', async () => {
    const server = new LeaseServer();
    const { clock, manager, stop, run } = await setUp({ leaderElection: election, gracefulShutdownTimeout: 1_000 }, server);
    manager.add({ name: 'stuck', start: () => new Promise(() => {}) });
    const ended = run();
    await clock.advance(0);
    stop.abort();
    await clock.advance(2_000);
    expect(await ended).toMatchObject({ code: 'KW_STOP_TIMEOUT' });
    expect(server.lease?.spec.holderIdentity).toBe('me');
  });

  it('reports all problems of its options at once', async () => {
    const bad = setUp({ name: 'no spaces', gracefulShutdownTimeout: -1, metrics: { bindAddress: 'nonsense' }, leaderElection: { name: 'x', namespace: 'y', leaseDuration: 1_000 } });
    await expect(bad).rejects.toThrow(/the name "no spaces".*gracefulShutdownTimeout.*metrics\.bindAddress \("nonsense"\).*leaseDuration/);
  });
});

describe('the servers of a manager', () => {
  const fetchText = async (manager: Manager, path: string): Promise<[number, string]> => {
    const response = await fetch(`http://${manager.addresses.health}${path}`);
    return [response.status, await response.text()];
  };

  it('#93 answers probes without reasons, all at once, but for some, and one by one', async () => {
    const { clock, manager, stop, run } = await setUp({ metrics: { bindAddress: '127.0.0.1:0' }, health: { bindAddress: '127.0.0.1:0' } });
    manager.addReadyCheck('upstream', () => {
      throw new Error('a secret reason');
    });
    const ended = run();
    while (!manager.addresses.health) await clock.yield();
    for (let i = 0; i < 5; i++) await clock.yield();
    expect(await fetchText(manager, '/healthz')).toEqual([200, 'ok']);
    expect(await fetchText(manager, '/healthz?verbose')).toEqual([200, '[+]ping ok\nhealthz check passed\n']);
    expect(await fetchText(manager, '/readyz')).toEqual([500, '[+]caches ok\n[-]upstream failed: reason withheld\nreadyz check failed\n']);
    expect(await fetchText(manager, '/readyz?exclude=upstream&verbose')).toEqual([200, '[+]caches ok\n[+]upstream excluded: ok\nreadyz check passed\n']);
    expect((await fetchText(manager, '/readyz?exclude=upstream,nobody&verbose'))[1]).toContain('warn: some health checks cannot be excluded: no matches for "nobody"');
    expect(await fetchText(manager, '/readyz/caches')).toEqual([200, 'ok']);
    expect((await fetchText(manager, '/readyz/nobody'))[0]).toBe(404);
    const [status, metrics] = await fetchText(manager, '/metrics');
    expect(status).toBe(200);
    expect(metrics).toContain('# TYPE kubewright_watch_failures_total counter');
    expect((await fetch(`http://${manager.addresses.health}/healthz`, { method: 'POST' })).status).toBe(405);
    stop.abort();
    expect(await ended).toBeUndefined();
    expect(manager.addresses).toEqual({});
  });

  it('#96 names the address when a port is taken, and starts nothing else', async () => {
    const first = await setUp({ health: { bindAddress: '127.0.0.1:0' } });
    const firstEnded = first.run();
    while (!first.manager.addresses.health) await first.clock.yield();
    const { manager, events, run } = await setUp({ health: { bindAddress: first.manager.addresses.health } });
    manager.add(runnable(events, 'controller'));
    expect(await run()).toMatchObject({ code: 'KW_LISTEN', message: expect.stringContaining(first.manager.addresses.health) });
    expect(events).toEqual([]);
    first.stop.abort();
    await firstEnded;
  });
});
