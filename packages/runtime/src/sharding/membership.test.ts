import { ApiError } from '@kubewright/api';
import type { Lease } from '@kubewright/api/coordination/v1';
import { FakeClock, memoryLogger, SeededRandom, sleepOn, type Clock, type Timer } from '@kubewright/platform';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { noopRegistry } from '../metrics/noop-registry.js';
import { Membership, type ShardTicket } from './membership.js';
import { resolveShardingOptions, type ShardingOptions } from './options.js';
import type { ShardLeaseStore } from './shard-leases.js';

/** What the network does to a request. */
interface Weather {
  /** Milliseconds on the way there and back. */
  readonly there: number;
  readonly back: number;
  readonly fate: 'fine' | 'refused' | 'answer lost' | 'hangs' | 'late';
}
const FINE: Weather = { there: 5, back: 5, fate: 'fine' };

/** The Leases of an API server behind a network. A write that its client gave up may still arrive. */
class SimulatedLeases {
  readonly leases = new Map<string, Lease>();
  readonly weather = new Map<string, Weather>();
  /** What happens to the writes of a member, where that is not what happens to its lists. */
  readonly writeWeather = new Map<string, Weather>();
  writes = 0;
  #version = 0;

  constructor(private readonly clock: Clock) {}

  store(member: string): ShardLeaseStore {
    const call = async <T>(signal: AbortSignal, commit: () => T, isWrite = true): Promise<T> => {
      const { there, back, fate } = (isWrite ? this.writeWeather.get(member) : undefined) ?? this.weather.get(member) ?? FINE;
      if (fate === 'hangs') await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
      if (fate === 'late') this.clock.timer(there + 12_000, () => void quietly(commit));
      await this.clock.sleep(there, signal);
      if (fate === 'refused' || fate === 'late') throw ApiError.of(503, 'ServiceUnavailable', 'no');
      const result = commit();
      if (fate === 'answer lost') throw new Error('connection reset');
      await this.clock.sleep(back, signal);
      return result;
    };
    return {
      list: (signal) => call(signal, () => structuredClone([...this.leases.values()]), false),
      create: (lease, signal) => call(signal, () => {
        if (this.leases.has(lease.metadata.name!)) throw ApiError.of(409, 'AlreadyExists', 'exists');
        return this.write(lease);
      }),
      update: (lease, signal) => call(signal, () => {
        const stored = this.leases.get(lease.metadata.name!);
        if (!stored) throw ApiError.of(404, 'NotFound', 'gone');
        if (stored.metadata.resourceVersion !== lease.metadata.resourceVersion) throw ApiError.of(409, 'Conflict', 'changed');
        return this.write(lease);
      }),
      remove: (lease, signal) => call(signal, () => void this.leases.delete(lease.metadata.name!)),
    };
  }

  write(lease: Lease): Lease {
    this.writes++;
    const stored = { ...structuredClone(lease), metadata: { ...structuredClone(lease.metadata), resourceVersion: String(++this.#version) } };
    this.leases.set(lease.metadata.name!, stored);
    return structuredClone(stored);
  }
}

function quietly(work: () => unknown): void {
  try {
    work();
  } catch {
    // refused: somebody wrote in between
  }
}

/** The same flow of time, shown differently; and a process that can stand still while time goes on for all others. */
class ReplicaClock implements Clock {
  isPaused = false;
  readonly #missed: (() => void)[] = [];

  constructor(private readonly clock: FakeClock, private readonly wall: number, private readonly offset: number) {}

  now = (): number => this.clock.now() + this.wall;
  monotonic = (): number => this.clock.monotonic() + this.offset;
  timer = (delay: number, callback: () => void): Timer => {
    let isCancelled = false;
    const fire = (): void => {
      if (isCancelled) return;
      if (this.isPaused) this.#missed.push(fire);
      else callback();
    };
    const timer = this.clock.timer(delay, fire);
    return { cancel: () => ((isCancelled = true), timer.cancel()) };
  };
  sleep = (delay: number, signal?: AbortSignal): Promise<void> => sleepOn(this, delay, signal);
  yield = (): Promise<void> => this.clock.yield();

  resume(): void {
    this.isPaused = false;
    for (const fire of this.#missed.splice(0)) fire();
  }
}

function replica(world: { clock: FakeClock; leases: SimulatedLeases }, identity: string, more: Partial<ShardingOptions> = {}, wall = 0, offset = 0, seed = 1) {
  const clock = new ReplicaClock(world.clock, wall, offset);
  const log = memoryLogger();
  const abandon = new AbortController();
  const options = resolveShardingOptions({ name: 'group', namespace: 'ops', identity, ...more }, { identity });
  const random = new SeededRandom(seed * 1_000 + identity.charCodeAt(0));
  const membership = new Membership(world.leases.store(identity), options, { clock, random, log, metrics: noopRegistry, abandon: abandon.signal });
  const stop = new AbortController();
  const ended = membership.start(stop.signal);
  return { identity, membership, clock, log, stop, ended, abandon };
}

const keys = Array.from({ length: 24 }, (_none, index) => `default/w${index}`);
const share = ({ membership }: { membership: Membership }): string[] => keys.filter((key) => membership.mayStart(key));
function world() {
  const clock = new FakeClock();
  return { clock, leases: new SimulatedLeases(clock) };
}

describe('Membership', () => {
  it('has everything while it is alone, and shares with who comes, each key with exactly one', async () => {
    const w = world();
    const one = replica(w, 'one');
    await w.clock.advance(1_000);
    expect(share(one)).toEqual(keys);
    const two = replica(w, 'two', {}, 3_600_000, 98_765);
    await w.clock.advance(10_000);
    const [ofOne, ofTwo] = [share(one), share(two)];
    expect([...ofOne, ...ofTwo].sort()).toEqual([...keys].sort());
    expect(ofOne.length).toBeGreaterThan(4);
    expect(ofTwo.length).toBeGreaterThan(4);
    expect(one.membership.members).toEqual(['one', 'two']);
    for (const { stop } of [one, two]) stop.abort();
    await w.clock.advance(1_000);
    await Promise.all([one.ended, two.ended]);
    expect(w.clock.pending).toBe(0);
  });

  it('takes over within a look when a member leaves in order', async () => {
    const w = world();
    const [one, two] = [replica(w, 'one'), replica(w, 'two')];
    await w.clock.advance(10_000);
    two.stop.abort();
    await w.clock.advance(3_000);
    await two.ended;
    expect(share(one)).toEqual(keys);
    expect([...w.leases.leases.values()].map(({ spec }) => spec!.holderIdentity).sort()).toEqual(['', 'one']);
    one.stop.abort();
    await w.clock.advance(100);
  });

  it('waits for the lease to run out when a member is gone without a word, and no longer', async () => {
    const w = world();
    const [one, two] = [replica(w, 'one'), replica(w, 'two')];
    await w.clock.advance(10_000);
    const lost = share(two);
    two.clock.isPaused = true;
    await w.clock.advance(27_000);
    expect(share(one).filter((key) => lost.includes(key))).toEqual([]);
    await w.clock.advance(10_000);
    expect(share(one)).toEqual(keys);
    expect(share(two)).toEqual([]);
    two.clock.resume();
    await w.clock.advance(20_000);
    expect(share(two)).toEqual(lost);
    for (const { stop } of [one, two]) stop.abort();
    await w.clock.advance(1_000);
  });

  it('gives a key up only when what was begun for it has ended, and tells it when that takes too long', async () => {
    const w = world();
    const one = replica(w, 'one', { drainTimeout: 8_000 });
    await w.clock.advance(1_000);
    const tickets = new Map(keys.map((key) => [key, one.membership.begin(key)!]));
    const two = replica(w, 'two');
    await w.clock.advance(5_000);
    // Two knows what will be its own, and waits; one begins nothing of it any more, and goes on with the rest.
    expect(share(two)).toEqual([]);
    const moving = keys.filter((key) => two.membership.isExpected(key));
    expect(moving.length).toBeGreaterThan(0);
    expect(moving.map((key) => one.membership.begin(key))).toEqual(moving.map(() => undefined));
    expect(share(one)).toEqual(keys.filter((key) => !moving.includes(key)));
    expect([...tickets.values()].some(({ signal }) => signal.aborted)).toBe(false);
    await w.clock.advance(10_000);
    for (const [key, { signal }] of tickets) expect([key, signal.aborted]).toEqual([key, moving.includes(key)]);
    expect(share(two)).toEqual([]);
    for (const key of moving.slice(1)) tickets.get(key)!.end();
    await w.clock.advance(5_000);
    expect(share(two)).toEqual([]);
    tickets.get(moving[0]!)!.end();
    await w.clock.advance(9_500);
    expect(share(two)).toEqual([]); // writes that were given up may still be under way
    await w.clock.advance(4_500);
    expect(share(two)).toEqual(moving);
    for (const ticket of tickets.values()) ticket.end();
    for (const { stop } of [one, two]) stop.abort();
    await w.clock.advance(1_000);
  });

  it('begins nothing after its deadline, aborts what is under way, and joins again only when that has ended', async () => {
    const w = world();
    const one = replica(w, 'one');
    let changes = 0;
    one.membership.onChange(() => changes++);
    await w.clock.advance(10_000);
    const ticket = one.membership.begin('default/w1')!;
    w.leases.weather.set('one', { ...FINE, fate: 'refused' });
    const renewedAt = 8_000; // the last look before the outage, some milliseconds later
    await w.clock.advance(renewedAt + 15_000 - 10_000);
    expect([one.membership.mayStart('default/w1'), ticket.signal.aborted, one.membership.isLapsed]).toEqual([true, false, false]);
    await w.clock.advance(200);
    expect([one.membership.mayStart('default/w1'), ticket.signal.aborted, one.membership.isLapsed]).toEqual([false, true, true]);
    w.leases.weather.delete('one');
    await w.clock.advance(30_000);
    expect([share(one), one.membership.isLapsed]).toEqual([[], true]);
    ticket.end();
    await w.clock.advance(9_500);
    expect(share(one)).toEqual([]); // a write that was given up may still be under way
    await w.clock.advance(3_000);
    expect([share(one), one.membership.isLapsed]).toEqual([keys, false]);
    expect(changes).toBeGreaterThanOrEqual(3);
    one.stop.abort();
    await w.clock.advance(100);
  });

  it('knows that its time is over before any timer could tell it', async () => {
    const w = world();
    const one = replica(w, 'one');
    await w.clock.advance(1_000);
    one.clock.isPaused = true;
    await w.clock.advance(16_000);
    expect([one.membership.isLapsed, one.membership.begin('default/w1')]).toEqual([true, undefined]);
    one.clock.resume();
    one.stop.abort();
    await w.clock.advance(3_000);
  });

  it('joins anew when its lease was deleted by hand', async () => {
    const w = world();
    const one = replica(w, 'one');
    await w.clock.advance(1_000);
    w.leases.leases.clear();
    await w.clock.advance(4_000);
    expect(share(one)).toEqual(keys);
    expect(one.log.lines.some(({ message, fields }) => message === 'no member any more' && fields['why'] === 'our lease is gone')).toBe(true);
    one.stop.abort();
    await w.clock.advance(100);
  });

  it('does not act beside another process of the same identity', async () => {
    const w = world();
    const one = replica(w, 'same', {}, 0, 0, 1);
    await w.clock.advance(1_000);
    const two = replica(w, 'same', {}, 0, 0, 2);
    for (let i = 0; i < 60; i++) {
      await w.clock.advance(1_000);
      expect(share(one).filter((key) => share(two).includes(key))).toEqual([]);
    }
    expect(two.log.lines.some(({ fields }) => String(fields['error']).includes('another process is same'))).toBe(true);
    for (const { stop } of [one, two]) stop.abort();
    await w.clock.advance(3_000);
  });

  it('sweeps away what dead members left', async () => {
    const w = world();
    const [one, two] = [replica(w, 'one'), replica(w, 'two')];
    await w.clock.advance(10_000);
    two.abandon.abort();
    await w.clock.advance(290_000);
    expect(w.leases.leases.size).toBe(2);
    await w.clock.advance(30_000);
    expect(w.leases.leases.size).toBe(1);
    one.stop.abort();
    await w.clock.advance(100);
  });

  it('leaves its lease alone when its manager waits no longer', async () => {
    const w = world();
    const one = replica(w, 'one');
    await w.clock.advance(1_000);
    one.membership.begin('default/w1');
    one.stop.abort();
    await w.clock.advance(10_000);
    one.abandon.abort();
    await w.clock.advance(0);
    await one.ended;
    expect([...w.leases.leases.values()][0]!.spec!.holderIdentity).toBe('one');
    expect(w.clock.pending).toBe(0);
  });
});

const fate = fc.constantFrom<Weather['fate']>('fine', 'fine', 'refused', 'answer lost', 'hangs', 'late');
const weather: fc.Arbitrary<Weather> = fc.record({ there: fc.integer({ min: 0, max: 3_000 }), back: fc.integer({ min: 0, max: 3_000 }), fate });
const who = fc.integer({ min: 0, max: 3 });
type Step = { readonly do: 'weather'; readonly who: number; readonly weather: Weather } | { readonly do: 'pause' | 'resume' | 'stop' | 'kill' | 'start'; readonly who: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('weather' as const), who, weather }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const, 'stop' as const, 'kill' as const, 'start' as const), who }) },
);
const history = fc.array(fc.tuple(step, fc.integer({ min: 1, max: 25_000 })), { minLength: 4, maxLength: 14 });
/** What a reconcile does with its time, and whether it minds its signal. */
const work = fc.record({ lasts: fc.integer({ min: 0, max: 20_000 }), isDeaf: fc.boolean() });

describe('hand-over between replicas', () => {
  it('never lets two of them write for one key at a time, whatever clocks, network and processes do', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.array(work, { minLength: 5, maxLength: 5 }), fc.array(fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 1e6 })), { minLength: 4, maxLength: 4 }), async (steps, works, skews) => {
        const w = world();
        const replicas = new Map<number, ReturnType<typeof replica>>();
        const gone: ReturnType<typeof replica>[] = [];
        const open = new Map<ReturnType<typeof replica>, Map<string, ShardTicket>>();
        /** Who last sent a write for a key, and when the server may have stored it at the latest. */
        const lastWrite = new Map<string, { by: object; until: number }>();
        let count = 0;
        const begin = (index: number): void => {
          const [wall, offset] = skews[index]!;
          const made = replica(w, `r${index}-${count}`, {}, wall, offset, ++count);
          replicas.set(index, made);
          open.set(made, new Map());
        };
        const act = (each: ReturnType<typeof replica>): void => {
          if (each.clock.isPaused) return;
          const mine = open.get(each)!;
          for (const key of keys) {
            if (!mine.has(key)) {
              const ticket = each.membership.begin(key);
              if (!ticket) continue;
              mine.set(key, ticket);
              const { lasts, isDeaf } = works[count++ % works.length]!;
              const end = (): void => {
                if (mine.get(key) === ticket) mine.delete(key);
                const last = lastWrite.get(key);
                // A reconcile that ends in peace has seen the answers to its writes.
                if (last?.by === each && !ticket.signal.aborted) last.until = w.clock.monotonic();
                ticket.end();
              };
              each.clock.timer(lasts, end);
              if (!isDeaf) ticket.signal.addEventListener('abort', end);
            }
            if (each.membership.isLapsed) continue; // the fence of the manager refuses it
            const now = w.clock.monotonic();
            const other = lastWrite.get(key);
            if (other && other.by !== each && now < other.until) throw new Error(`two write for ${key} at ${now}`);
            const holders = [...open].filter(([who, tickets]) => who !== each && tickets.has(key) && !who.membership.isLapsed);
            if (holders.length > 0) throw new Error(`two hold ${key} at ${now}: ${each.identity} ${holders.map(([who]) => who.identity).join()}`);
            lastWrite.set(key, { by: each, until: now + each.membership.options.requestTimeout });
          }
        };
        begin(0);
        begin(1);
        const apply = (each: Step): void => {
          const target = replicas.get(each.who);
          switch (each.do) {
            case 'weather': return void w.leases.weather.set(target?.identity ?? '', each.weather);
            case 'pause': return void (target && (target.clock.isPaused = true));
            case 'resume': return target?.clock.resume();
            case 'start': return target ? undefined : begin(each.who);
            case 'stop': case 'kill':
              if (!target) return undefined;
              replicas.delete(each.who);
              gone.push(target);
              if (each.do === 'stop') return target.stop.abort();
              target.clock.isPaused = true; // as dead as a process can be
              return open.set(target, new Map()) && undefined;
          }
        };
        for (const [each, wait] of steps) {
          apply(each);
          for (let left = wait; left > 0; left -= 500) {
            await w.clock.advance(Math.min(left, 500));
            for (const living of [...replicas.values(), ...gone]) act(living);
          }
        }
        // In good weather somebody acts for every key in the end, and one only.
        w.leases.weather.clear();
        for (const living of replicas.values()) living.clock.resume();
        for (let i = 0; i < 100; i++) {
          await w.clock.advance(1_000);
          for (const living of [...replicas.values(), ...gone]) act(living);
        }
        if (replicas.size > 0) for (const key of keys) expect([key, [...replicas.values()].filter(({ membership }) => membership.mayStart(key)).length]).toEqual([key, 1]);
        for (const each of [...replicas.values(), ...gone]) {
          each.clock.resume();
          each.abandon.abort();
        }
        await w.clock.advance(0);
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});

/** What makes views that were written without an answer matter: lists that are fine, writes that are not, and members that are silent for about a Lease's duration. */
const trouble = fc.record({
  /** When the second member comes, and for how long the first one holds up the hand-over. */
  joins: fc.integer({ min: 0, max: 4_000 }), holds: fc.integer({ min: 18_000, max: 31_000 }),
  /** When the second one falls silent, counted from when it joined, and for how long. */
  silentAt: fc.integer({ min: 1, max: 3_000 }), silentFor: fc.integer({ min: 28_500, max: 31_500 }),
  /** The first one's writes are stored without an answer since shortly before it let go, until so long after the second one is back, and slow after that. */
  lostFor: fc.integer({ min: -500, max: 5_000 }), slow: fc.integer({ min: 0, max: 4_500 }),
  skew: fc.integer({ min: 0, max: 1_000 }),
});

/** What found out that such views were not counted, and that the view of before was trusted again after them. */
const FOUND = [
  { joins: 0, holds: 18_000, silentAt: 1, silentFor: 30_000, lostFor: 0, slow: 186, skew: 870 },
  { joins: 0, holds: 18_000, silentAt: 1, silentFor: 31_000, lostFor: 0, slow: 186, skew: 0 },
  { joins: 0, holds: 22_001, silentAt: 171, silentFor: 30_030, lostFor: -2_000, slow: 156, skew: 810 },
];

describe('a view that was written without an answer', () => {
  it('counts: no two members may begin something for one key, whether the server stored it or not', async () => {
    await fc.assert(
      fc.asyncProperty(trouble, async ({ joins, holds, silentAt, silentFor, lostFor, slow, skew }) => {
        const w = world();
        const one = replica(w, 'one', { drainTimeout: 120_000 });
        await w.clock.advance(3_000 + skew);
        const first = keys.map((key) => one.membership.begin(key)!);
        await w.clock.advance(joins);
        const two = replica(w, 'two', {}, 0, 0, 2);
        const held = new Map([one, two].map((each) => [each, new Map<string, { readonly ticket: ShardTicket; readonly until: number }>()]));
        /** Both begin whatever they may, and are at it for a second. */
        const act = (now: number): void => {
          for (const [{ clock, membership }, tickets] of held) {
            for (const [key, { ticket, until }] of clock.isPaused ? [] : tickets) {
              if (now < until && !ticket.signal.aborted) continue;
              ticket.end();
              tickets.delete(key);
            }
            for (const key of clock.isPaused ? [] : keys.filter((each) => !tickets.has(each))) {
              const ticket = membership.begin(key);
              if (ticket) tickets.set(key, { ticket, until: now + 1_000 });
            }
          }
        };
        const startedAt = w.clock.monotonic();
        const at = (time: number): boolean => w.clock.monotonic() - startedAt >= time;
        let step = 0;
        const script: readonly (readonly [number, () => void])[] = [
          [silentAt, () => void (two.clock.isPaused = true)],
          [holds - 500, () => void w.leases.writeWeather.set('one', { there: 5, back: 5, fate: 'answer lost' })],
          [holds, () => first.forEach((ticket) => ticket.end())],
          [Math.max(silentAt + silentFor + lostFor, holds), () => void w.leases.writeWeather.set('one', { there: slow, back: 5, fate: 'fine' })],
        ];
        const rest = [...script, [silentAt + silentFor, () => two.clock.resume()] as const].sort(([a], [b]) => a - b);
        while (!at(75_000)) {
          while (step < rest.length && at(rest[step]![0])) rest[step++]![1]();
          await w.clock.advance(200);
          const may = keys.filter((key) => [one, two].every(({ clock, membership }) => !clock.isPaused && membership.mayStart(key)));
          act(w.clock.monotonic());
          const both = [...may, ...keys.filter((key) => [...held].every(([{ clock }, tickets]) => !clock.isPaused && tickets.has(key)))];
          if (both.length > 0) throw new Error(`both are at ${both.join()} after ${w.clock.monotonic() - startedAt} ms`);
        }
        w.leases.writeWeather.clear();
        for (const tickets of held.values()) for (const { ticket } of tickets.values()) ticket.end();
        await w.clock.advance(60_000);
        expect([...share(one), ...share(two)].sort()).toEqual([...keys].sort());
        for (const { stop } of [one, two]) stop.abort();
        await w.clock.advance(3_000);
      }),
      { numRuns: 60, examples: FOUND.map((each) => [each]) },
    );
  }, 60_000);
});
