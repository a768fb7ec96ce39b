import { ApiError } from '@kubewright/api';
import type { Lease } from '@kubewright/api/coordination/v1';
import { FakeClock, memoryLogger, SeededRandom, type Clock } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { noopRegistry } from '../metrics/noop-registry.js';
import type { LeaseStore } from './lease-lock.js';
import { LeaderElector } from './leader-elector.js';
import { resolveLeaderElectionOptions, type LeaderElectionOptions } from './options.js';

const MICRO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/** A Lease in memory, with the server's optimistic locking. `outage` answers nothing but errors, `hang` answers nothing at all. */
class MemoryLease {
  lease: Lease | undefined;
  outage = false;
  hang = false;
  readonly calls: string[] = [];
  /** What somebody does right after a read. */
  onRead: () => void = () => {};
  #version = 0;

  store(candidate: string): LeaseStore {
    const call = async <T>(verb: string, signal: AbortSignal, answer: () => T): Promise<T> => {
      this.calls.push(`${candidate} ${verb}`);
      await Promise.resolve();
      if (this.hang) await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
      if (this.outage) throw ApiError.of(500, 'InternalError', 'no');
      return answer();
    };
    return {
      name: 'lease default/test',
      read: (signal) => call('read', signal, () => {
        const read = structuredClone(this.lease);
        this.onRead();
        return read;
      }),
      create: (spec, signal) =>
        call('create', signal, () => {
          if (this.lease) throw ApiError.of(409, 'AlreadyExists', 'exists');
          return this.write({ metadata: { name: 'test', namespace: 'default' }, spec });
        }),
      update: (lease, signal) =>
        call('update', signal, () => {
          if (!this.lease) throw ApiError.of(404, 'NotFound', 'gone');
          if (lease.metadata.resourceVersion !== this.lease.metadata.resourceVersion) throw ApiError.of(409, 'Conflict', 'changed');
          return this.write(lease);
        }),
    };
  }

  write(lease: Lease): Lease {
    this.lease = { ...lease, metadata: { ...lease.metadata, resourceVersion: String(++this.#version) } };
    return structuredClone(this.lease);
  }
}

/** The same flow of time, another idea of what time it is. */
function skewed(clock: FakeClock, wall: number, monotonic = 0): Clock {
  return {
    now: () => clock.now() + wall,
    monotonic: () => clock.monotonic() + monotonic,
    timer: (delay, callback) => clock.timer(delay, callback),
    sleep: (delay, signal) => clock.sleep(delay, signal),
    yield: () => clock.yield(),
  };
}

function candidate(lease: MemoryLease, identity: string, clock: Clock, more: Partial<LeaderElectionOptions> = {}) {
  const options = resolveLeaderElectionOptions({ name: 'test', namespace: 'default', identity, ...more }, { identity });
  const log = memoryLogger();
  const elector = new LeaderElector(lease.store(identity), options, { clock, random: new SeededRandom(identity.length), log, metrics: noopRegistry });
  const stop = new AbortController();
  let error: unknown;
  const ended = elector.start(stop.signal).catch((reason: unknown) => (error = reason));
  return { elector, stop, ended, log, lost: () => error as { code?: string; message: string } | undefined };
}

describe('LeaderElector', () => {
  it('#74 creates the lease, with times of exactly six fraction digits', async () => {
    const clock = new FakeClock();
    const lease = new MemoryLease();
    const one = candidate(lease, 'one', clock);
    await clock.advance(0);
    expect(one.elector.isLeader).toBe(true);
    await one.elector.elected;
    expect(lease.lease?.spec).toMatchObject({ holderIdentity: 'one', leaseDurationSeconds: 15, leaseTransitions: 0 });
    expect(lease.lease?.spec.acquireTime).toMatch(MICRO_TIME);
    expect(lease.lease?.spec.renewTime).toMatch(MICRO_TIME);
    one.stop.abort();
    await one.ended;
    expect(clock.pending).toBe(0);
  });

  it('#76 renews every retry period by one write and no read, and keeps acquireTime', async () => {
    const clock = new FakeClock();
    const lease = new MemoryLease();
    const one = candidate(lease, 'one', clock);
    await clock.advance(0);
    const acquired = lease.lease!.spec.acquireTime;
    lease.calls.length = 0;
    await clock.advance(60_000);
    expect(lease.calls).toEqual(Array(30).fill('one update'));
    expect(lease.lease!.spec).toMatchObject({ acquireTime: acquired, leaseTransitions: 0 });
    one.stop.abort();
    await one.ended;
  });

  it('#77 lets exactly one of two win, and the other wait for as long as the first renews, whatever their clocks show', async () => {
    const clock = new FakeClock();
    const lease = new MemoryLease();
    const one = candidate(lease, 'one', skewed(clock, 0));
    const two = candidate(lease, 'other', skewed(clock, 3_600_000, 12_345));
    for (let i = 0; i < 600; i++) {
      await clock.advance(500);
      expect(Number(one.elector.isLeader) + Number(two.elector.isLeader)).toBe(1);
    }
    expect(lease.lease?.spec.leaseTransitions).toBe(0);
    one.stop.abort();
    two.stop.abort();
    await Promise.all([one.ended, two.ended]);
    expect(clock.pending).toBe(0);
  });

  it('#72 takes the lease over when its holder gave no sign of life for the duration that the lease itself names, by our own clock', async () => {
    const clock = new FakeClock();
    const lease = new MemoryLease();
    lease.write({ metadata: { name: 'test', labels: { keep: 'me' } }, spec: { holderIdentity: 'dead', leaseDurationSeconds: 40, renewTime: '1999-01-01T00:00:00.000000Z', leaseTransitions: 7 } });
    const one = candidate(lease, 'one', clock);
    await clock.advance(39_000);
    expect(one.elector.isLeader).toBe(false);
    await clock.advance(6_000);
    expect(one.elector.isLeader).toBe(true);
    expect(lease.lease).toMatchObject({ metadata: { labels: { keep: 'me' } }, spec: { holderIdentity: 'one', leaseTransitions: 8, leaseDurationSeconds: 15 } });
    one.stop.abort();
    await one.ended;
  });

  it('does not take a change of labels for a sign of life', async () => {
    const clock = new FakeClock();
    const lease = new MemoryLease();
    lease.write({ metadata: { name: 'test' }, spec: { holderIdentity: 'dead', leaseDurationSeconds: 15 } });
    const one = candidate(lease, 'one', clock);
    await clock.advance(10_000);
    lease.write({ ...lease.lease!, metadata: { ...lease.lease!.metadata, labels: { edited: 'now' } } });
    await clock.advance(10_000);
    expect(one.elector.isLeader).toBe(true);
    one.stop.abort();
    await one.ended;
  });

  it('#83 takes a lease that was given up within two retries', async () => {
    const clock = new FakeClock();
    const lease = new MemoryLease();
    const one = candidate(lease, 'one', clock);
    await clock.advance(0);
    const two = candidate(lease, 'two', clock);
    await clock.advance(4_000);
    one.stop.abort();
    await one.ended;
    expect(one.elector.isLeader).toBe(true);
    await one.elector.release();
    expect(one.elector.isLeader).toBe(false);
    expect(lease.lease?.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
    await clock.advance(4_400);
    expect(two.elector.isLeader).toBe(true);
    expect(lease.lease?.spec.leaseTransitions).toBe(1);
    two.stop.abort();
    await two.ended;
  });

  it('gives up only what is its own', async () => {
    const clock = new FakeClock();
    const lease = new MemoryLease();
    const one = candidate(lease, 'one', clock);
    await clock.advance(0);
    one.stop.abort();
    await one.ended;
    lease.write({ ...lease.lease!, spec: { ...lease.lease!.spec, holderIdentity: 'two' } });
    await one.elector.release();
    expect(lease.lease?.spec.holderIdentity).toBe('two');
  });

  it('#78 stays the leader through an outage of eight seconds', async () => {
    const clock = new FakeClock();
    const lease = new MemoryLease();
    const one = candidate(lease, 'one', clock);
    await clock.advance(1_000);
    lease.outage = true;
    await clock.advance(8_000);
    lease.outage = false;
    await clock.advance(20_000);
    expect(one.elector.isLeader).toBe(true);
    one.stop.abort();
    await one.ended;
  });

  it.each(['outage', 'hang'] as const)('#79 is lost ten seconds after the last renewal began, when there is an %s', async (trouble) => {
    const clock = new FakeClock();
    const lease = new MemoryLease();
    const one = candidate(lease, 'one', clock);
    await clock.advance(0);
    lease[trouble] = true;
    await clock.advance(9_999);
    expect(one.elector.isLeader).toBe(true);
    await clock.advance(1);
    expect(one.elector.isLeader).toBe(false);
    expect(one.elector.isDeposed).toBe(true);
    await clock.advance(1_000);
    await one.ended;
    expect(one.lost()).toMatchObject({ code: 'KW_LEADER_LOST' });
    expect(clock.pending).toBe(0);
  });

  it('#79 gives a request that hangs five seconds, and stays the leader when the next one is answered', async () => {
    const clock = new FakeClock();
    const lease = new MemoryLease();
    const one = candidate(lease, 'one', clock);
    await clock.advance(0);
    lease.hang = true;
    await clock.advance(2_000); // a renewal is on its way, and will never be answered
    lease.hang = false;
    await clock.advance(4_999);
    expect(lease.calls.filter((call) => call === 'one update')).toHaveLength(1);
    await clock.advance(30_000);
    expect(one.elector.isLeader).toBe(true);
    one.stop.abort();
    await one.ended;
  });

  it('#81 gives up a lease that changed under its hands all the same', async () => {
    const clock = new FakeClock();
    const lease = new MemoryLease();
    const one = candidate(lease, 'one', clock);
    await clock.advance(0);
    one.stop.abort();
    await one.ended;
    let edits = 0;
    lease.onRead = () => void (edits++ < 2 && lease.write({ ...lease.lease!, metadata: { ...lease.lease!.metadata, labels: { edited: String(edits) } } }));
    await one.elector.release();
    expect(lease.lease).toMatchObject({ metadata: { labels: { edited: '2' } }, spec: { holderIdentity: '', leaseDurationSeconds: 1 } });
  });

  it('#85 knows that it is deposed before it could notice, when the process itself stood still', async () => {
    const fake = new FakeClock();
    let standstill = 0;
    const clock: Clock = { ...skewed(fake, 0), monotonic: () => fake.monotonic() + standstill };
    const lease = new MemoryLease();
    const one = candidate(lease, 'one', clock);
    await fake.advance(0);
    const written = lease.calls.length;
    standstill = 12_000;
    expect(one.elector.isLeader).toBe(false);
    expect(one.elector.isDeposed).toBe(true);
    await fake.advance(2_000);
    await one.ended;
    expect(one.lost()?.code).toBe('KW_LEADER_LOST');
    expect(lease.calls).toHaveLength(written);
  });

  it('#84 goes on when a label of its lease was edited meanwhile, by one read and one write', async () => {
    const clock = new FakeClock();
    const lease = new MemoryLease();
    const one = candidate(lease, 'one', clock);
    await clock.advance(0);
    lease.write({ ...lease.lease!, metadata: { ...lease.lease!.metadata, labels: { edited: 'yes' } } });
    lease.calls.length = 0;
    await clock.advance(2_000);
    expect(lease.calls).toEqual(['one update', 'one read', 'one update']);
    expect(lease.lease?.metadata.labels).toEqual({ edited: 'yes' });
    expect(one.elector.isLeader).toBe(true);
    one.stop.abort();
    await one.ended;
  });

  it('is lost at once when somebody else holds the lease', async () => {
    const clock = new FakeClock();
    const lease = new MemoryLease();
    const one = candidate(lease, 'one', clock);
    await clock.advance(0);
    lease.write({ ...lease.lease!, spec: { ...lease.lease!.spec, holderIdentity: 'thief' } });
    await clock.advance(2_000);
    await one.ended;
    expect(one.lost()?.message).toContain('held by thief');
  });

  it('makes the lease again when somebody deleted it', async () => {
    const clock = new FakeClock();
    const lease = new MemoryLease();
    const one = candidate(lease, 'one', clock);
    await clock.advance(0);
    lease.lease = undefined;
    await clock.advance(2_000);
    expect(lease.lease).toMatchObject({ spec: { holderIdentity: 'one' } });
    expect(one.elector.isLeader).toBe(true);
    one.stop.abort();
    await one.ended;
  });

  it('tells a human once what keeps a candidate from the lease', async () => {
    const clock = new FakeClock();
    const lease = new MemoryLease();
    lease.outage = true;
    const one = candidate(lease, 'one', clock);
    await clock.advance(60_000);
    expect(one.log.lines.filter((line) => line.level === 'warn')).toHaveLength(1);
    one.stop.abort();
    await one.ended;
  });

  it('#73 takes no notice of a wall clock that jumps, forth or back', async () => {
    const fake = new FakeClock();
    let jump = 0;
    const clock: Clock = { ...skewed(fake, 0), now: () => fake.now() + jump };
    const lease = new MemoryLease();
    const one = candidate(lease, 'one', clock);
    const two = candidate(lease, 'other', clock);
    await fake.advance(0);
    for (jump of [3_600_000, -86_400_000, 0]) {
      await fake.advance(20_000);
      expect([one.elector.isLeader, two.elector.isLeader]).toEqual([true, false]);
    }
    for (const { stop } of [one, two]) stop.abort();
    await Promise.all([one.ended, two.ended]);
  });

  it('#82 counts take-overs in leaseTransitions and keeps acquireTime in between', async () => {
    const clock = new FakeClock();
    const lease = new MemoryLease();
    const one = candidate(lease, 'one', clock);
    await clock.advance(10_000);
    const first = lease.lease!.spec;
    one.stop.abort();
    await one.ended;
    await one.elector.release();
    const two = candidate(lease, 'two', clock);
    await clock.advance(10_000);
    const second = lease.lease!.spec;
    expect([first?.leaseTransitions, second?.leaseTransitions]).toEqual([0, 1]);
    expect(second!.acquireTime! > first!.acquireTime!).toBe(true);
    await clock.advance(10_000);
    expect(lease.lease!.spec).toMatchObject({ leaseTransitions: 1, acquireTime: second!.acquireTime });
    two.stop.abort();
    await two.ended;
  });

  it('#84 keeps labels, annotations, owners and fields that it does not know', async () => {
    const clock = new FakeClock();
    const lease = new MemoryLease();
    const kept = { labels: { a: 'b' }, annotations: { c: 'd' }, ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'u' }] };
    lease.write({ metadata: { name: 'test', ...kept }, spec: { holderIdentity: '', strategy: 'OldestEmulationVersion' } });
    const one = candidate(lease, 'one', clock);
    await clock.advance(5_000);
    expect(lease.lease).toMatchObject({ metadata: kept, spec: { holderIdentity: 'one', strategy: 'OldestEmulationVersion' } });
    one.stop.abort();
    await one.ended;
  });

  it('tells until when nobody else can lead', async () => {
    const clock = new FakeClock();
    const one = candidate(new MemoryLease(), 'one', clock);
    await clock.advance(3_000);
    expect(one.elector.heldUntil).toBe(2_000 + 15_000);
    one.stop.abort();
    await one.ended;
  });
});

describe('resolveLeaderElectionOptions', () => {
  it('#75 reports every problem at once', () => {
    const resolve = () => resolveLeaderElectionOptions({ name: '', leaseDuration: 10_000, renewDeadline: 10_000, retryPeriod: 9_000 }, { identity: 'x' });
    expect(resolve).toThrow(/name of the lease is missing.*namespace.*leaseDuration \(10000 ms\) must be longer than renewDeadline \(10000 ms\).*retryPeriod/);
  });

  it.each<[string, Partial<LeaderElectionOptions>, RegExp | undefined]>([
    ['a lease as long as the deadline', { leaseDuration: 10_000, renewDeadline: 10_000 }, /leaseDuration \(10000 ms\) must be longer than renewDeadline/],
    ['a lease a second longer', { leaseDuration: 11_000, renewDeadline: 10_000 }, undefined],
    ['a deadline of 1.2 retry periods', { renewDeadline: 2_400, retryPeriod: 2_000 }, /renewDeadline \(2400 ms\) must be longer than retryPeriod \* 1\.2 \(2400 ms\)/],
    ['a deadline a bit longer', { renewDeadline: 2_401, retryPeriod: 2_000 }, undefined],
    ['half a second', { leaseDuration: 1_500, renewDeadline: 1_000, retryPeriod: 100 }, /leaseDuration \(1500 ms\) must be whole seconds/],
    ['no retry period', { retryPeriod: 0 }, /retryPeriod \(0 ms\) must be at least 1 ms/],
    ['no deadline', { renewDeadline: 0, retryPeriod: 0 }, /renewDeadline \(0 ms\) must be at least 1 ms/],
    ['a retry period that is no number', { retryPeriod: NaN }, /retryPeriod \(NaN ms\)/],
  ])('#75 judges %s', (_what, options, problem) => {
    const resolve = () => resolveLeaderElectionOptions({ name: 'x', namespace: 'ns', ...options }, { identity: 'me' });
    if (problem) expect(resolve).toThrow(problem);
    else expect(resolve).not.toThrow();
  });

  it('takes the defaults of client-go', () => {
    expect(resolveLeaderElectionOptions({ name: 'x' }, { namespace: 'ns', identity: 'me' })).toEqual({
      name: 'x', namespace: 'ns', identity: 'me', leaseDuration: 15_000, renewDeadline: 10_000, retryPeriod: 2_000, releaseOnCancel: true, onLost: 'exit', labels: {},
    });
  });
});
