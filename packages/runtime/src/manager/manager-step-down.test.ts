import { ConfigMap } from '@kubewright/api/core/v1';
import { FakeClock, memoryLogger, ScriptedTransport, SeededRandom, type ScriptedAnswer } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { createManager } from './create-manager.js';
import type { Runnable } from './runnable.js';

/** A Lease and ConfigMaps; `down` makes the Lease unreachable, `hang` lets writes of ConfigMaps wait. */
class Server {
  lease: { metadata: { resourceVersion: string }; spec: { holderIdentity: string; leaseDurationSeconds: number } } | undefined;
  down = false;
  hang = false;
  readonly writes: string[] = [];
  readonly transport = new ScriptedTransport((request, _index, signal): ScriptedAnswer | Promise<ScriptedAnswer> => {
    const status = (code: number, reason: string): ScriptedAnswer => ({ status: code, body: JSON.stringify({ kind: 'Status', code, reason, message: reason }) });
    if (!request.path.includes('/leases')) {
      this.writes.push(`${request.method} ${request.path.split('?')[0]}`);
      if (this.hang) return new Promise((_resolve, reject) => signal!.addEventListener('abort', () => reject(signal!.reason as Error)));
      return { status: 200, body: JSON.stringify({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'x', uid: 'u', resourceVersion: '1' } }) };
    }
    if (this.down) return status(503, 'ServiceUnavailable');
    if (request.method === 'GET') return this.lease ? { status: 200, body: JSON.stringify(this.lease) } : status(404, 'NotFound');
    const sent = JSON.parse(Buffer.from(request.body!).toString()) as NonNullable<Server['lease']>;
    if (request.method === 'PUT' && sent.metadata.resourceVersion !== this.lease?.metadata.resourceVersion) return status(409, 'Conflict');
    this.lease = { ...sent, metadata: { ...sent.metadata, resourceVersion: String(Number(this.lease?.metadata.resourceVersion ?? 0) + 1) } };
    return { status: 200, body: JSON.stringify(this.lease) };
  });
}

async function setUp(onLost: 'exit' | 'step-down' = 'step-down') {
  const server = new Server();
  const clock = new FakeClock();
  const log = memoryLogger();
  const leaderElection = { name: 'test', namespace: 'default', identity: 'me', onLost };
  const manager = await createManager({ name: 'test', transport: server.transport, clock, random: new SeededRandom(), log, leaderElection });
  const events: string[] = [];
  const stop = new AbortController();
  const run = async (): Promise<unknown> => manager.start(stop.signal).then(() => 'ended', (error: unknown) => error);
  const follower = (name: string, needsLeaderElection: boolean): Runnable => ({
    name, needsLeaderElection,
    async start(signal) {
      events.push(`${name} starts`);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      events.push(`${name} ends`);
    },
  });
  const write = (): Promise<unknown> => manager.client.create(ConfigMap, { metadata: { namespace: 'default', name: 'x' } });
  return { server, clock, log, manager, events, stop, run, follower, write };
}

describe('a manager that steps down', () => {
  it('ends what the leader ran, keeps the rest, and leads again when it can', async () => {
    const { server, clock, manager, events, stop, run, follower, write } = await setUp();
    manager.add(follower('controller', true));
    manager.add(follower('poller', false));
    const ended = run();
    await clock.advance(5_000);
    expect(events).toEqual(['poller starts', 'controller starts']);
    const term = manager.abandonFor(true);
    server.down = true;
    await clock.advance(10_000);
    expect(events.slice(2)).toEqual(['controller ends']);
    expect([manager.isLeader, term.aborted, manager.abandon.aborted, manager.abandonFor(true).aborted]).toEqual([false, true, false, false]);
    server.down = false;
    await clock.advance(10_000);
    expect(events.slice(3)).toEqual(['controller starts']);
    expect(manager.isLeader).toBe(true);
    await write();
    stop.abort();
    await clock.advance(0);
    expect(await ended).toBe('ended');
    expect(events.slice(4)).toEqual(['controller ends', 'poller ends']);
    expect(server.lease?.spec.holderIdentity).toBe('');
    expect(clock.pending).toBe(0);
  });

  it('refuses every write until the lost term is over, also one that waits for the server', async () => {
    const { server, clock, manager, events, stop, run, write } = await setUp();
    const outcomes: unknown[] = [];
    manager.add({
      name: 'stubborn',
      async start(signal) {
        events.push('begins');
        if (events.length > 1) return;
        server.hang = true;
        outcomes.push(await write().catch((error: unknown) => error));
        server.hang = false;
        outcomes.push(await write().catch((error: unknown) => error), signal.aborted);
      },
    });
    const ended = run();
    await clock.advance(0);
    server.down = true;
    await clock.advance(10_000);
    expect(outcomes).toMatchObject([{ code: 'KW_LEADER_LOST' }, { code: 'KW_LEADER_LOST' }, true]);
    expect(server.writes).toHaveLength(1);
    server.down = false;
    await clock.advance(10_000);
    expect(events).toEqual(['begins', 'begins']);
    stop.abort();
    expect(await ended).toBe('ended');
  });

  it('ends with an error that names what still runs when another process may lead', async () => {
    const { server, clock, manager, run } = await setUp();
    manager.add({ name: 'stuck', start: () => new Promise(() => {}) });
    const ended = run();
    await clock.advance(0);
    server.down = true;
    let error: unknown;
    void ended.then((reason) => (error = reason));
    await clock.advance(14_999);
    expect(error).toBeUndefined();
    await clock.advance(1_000);
    expect(error).toMatchObject({ code: 'KW_LEADER_LOST', message: expect.stringMatching(/still running.*stuck/) });
  });

  it('ends quietly when it is stopped while it steps down', async () => {
    const { server, clock, manager, stop, run } = await setUp();
    manager.add({ name: 'slow', start: async (signal) => (await clock.sleep(1e9, signal).catch(() => {}), clock.sleep(3_000)) });
    const ended = run();
    await clock.advance(0);
    server.down = true;
    await clock.advance(11_000);
    stop.abort();
    await clock.advance(5_000);
    expect(await ended).toBe('ended');
    expect(clock.pending).toBe(0);
  });

  it('logs what fails while it steps down, and stays', async () => {
    const { server, clock, log, manager, stop, run } = await setUp();
    manager.add({ name: 'clumsy', start: async (signal) => { await clock.sleep(1e9, signal).catch(() => {}); throw new Error('tripped'); } });
    const ended = run();
    await clock.advance(0);
    server.down = true;
    await clock.advance(10_000);
    expect(log.lines.find(({ message }) => message === 'failed while stepping down')).toMatchObject({ fields: { source: 'clumsy' } });
    stop.abort();
    await clock.advance(0);
    expect(await ended).toBe('ended');
  });

  it('#80 is not the default: without it start rejects', async () => {
    const { server, clock, run } = await setUp('exit');
    const ended = run();
    await clock.advance(0);
    server.down = true;
    await clock.advance(10_000);
    expect(await ended).toMatchObject({ code: 'KW_LEADER_LOST', message: expect.stringContaining('leader election lost') });
  });
});
