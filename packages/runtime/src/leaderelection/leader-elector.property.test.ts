import { ApiError } from '@kubewright/api';
import type { Lease } from '@kubewright/api/coordination/v1';
import { FakeClock, noopLogger, SeededRandom, sleepOn, type Clock, type Timer } from '@kubewright/platform';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { noopRegistry } from '../metrics/noop-registry.js';
import type { LeaseStore } from './lease-lock.js';
import { LeaderElector } from './leader-elector.js';
import { resolveLeaderElectionOptions } from './options.js';

type Fate = 'fine' | 'refused' | 'answer lost' | 'hangs' | 'late';
interface Weather {
  readonly there: number;
  readonly back: number;
  readonly fate: Fate;
}

/** A clock that shows another time, and whose process can stand still. */
class CandidateClock implements Clock {
  isPaused = false;
  readonly #missed: (() => void)[] = [];
  constructor(private readonly clock: FakeClock, private readonly wall: number, private readonly offset: number) {}
  now = (): number => this.clock.now() + this.wall;
  monotonic = (): number => this.clock.monotonic() + this.offset;
  timer = (delay: number, callback: () => void): Timer => {
    let isCancelled = false;
    const fire = (): void => {
      if (!isCancelled) (this.isPaused ? this.#missed.push(fire) : callback());
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

class SimulatedLease {
  lease: Lease | undefined;
  readonly weather = new Map<number, Weather>();
  #version = 0;
  constructor(private readonly clock: Clock) {}

  store(candidate: number): LeaseStore {
    const call = async <T>(signal: AbortSignal, commit: () => T): Promise<T> => {
      const { there, back, fate } = this.weather.get(candidate) ?? { there: 5, back: 5, fate: 'fine' };
      const interrupted = new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
      interrupted.catch(() => {});
      if (fate === 'hangs') return interrupted;
      if (fate === 'late') this.clock.timer(9_000, () => void attempt(commit));
      await Promise.race([interrupted, this.clock.sleep(there)]);
      if (fate === 'refused' || fate === 'late') throw ApiError.of(503, 'ServiceUnavailable', 'no');
      const result = commit();
      if (fate === 'answer lost') throw new Error('reset');
      await Promise.race([interrupted, this.clock.sleep(back)]);
      return result;
    };
    const write = (lease: Lease): Lease => (this.lease = { ...structuredClone(lease), metadata: { ...lease.metadata, resourceVersion: String(++this.#version) } });
    return {
      name: 'lease default/test',
      read: (signal) => call(signal, () => structuredClone(this.lease)),
      create: (spec, signal) => call(signal, () => {
        if (this.lease) throw ApiError.of(409, 'AlreadyExists', 'exists');
        return structuredClone(write({ metadata: { name: 'test' }, spec }));
      }),
      update: (lease, signal) => call(signal, () => {
        if (lease.metadata.resourceVersion !== this.lease?.metadata.resourceVersion) throw ApiError.of(409, 'Conflict', 'changed');
        return structuredClone(write(lease));
      }),
    };
  }
}

function attempt(work: () => unknown): void {
  try {
    work();
  } catch {
    // too late: somebody wrote in between
  }
}

const weather: fc.Arbitrary<Weather> = fc.record({ there: fc.integer({ min: 0, max: 3_000 }), back: fc.integer({ min: 0, max: 3_000 }), fate: fc.constantFrom<Fate>('fine', 'fine', 'refused', 'answer lost', 'hangs', 'late') });
const step = fc.oneof(
  fc.record({ do: fc.constant('weather' as const), who: fc.integer({ min: 0, max: 2 }), weather }),
  fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const, 'release' as const), who: fc.integer({ min: 0, max: 2 }), weather: fc.constant(undefined) }),
);

it('#72 #77 #85 never two lead at a time, whatever clocks show and network and processes do; in good weather one does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(step, fc.integer({ min: 1, max: 15_000 })), { minLength: 4, maxLength: 16 }), fc.array(fc.integer({ min: -1e10, max: 1e10 }), { minLength: 3, maxLength: 3 }), async (steps, skews) => {
      const world = new FakeClock();
      const lease = new SimulatedLease(world);
      let count = 0;
      const stand = (index: number) => {
        const clock = new CandidateClock(world, skews[index]!, Math.abs(skews[index]!));
        const identity = `c${index}-${count++}`;
        const options = resolveLeaderElectionOptions({ name: 'test', namespace: 'default' }, { identity });
        const elector = new LeaderElector(lease.store(index), options, { clock, random: new SeededRandom(count), log: noopLogger, metrics: noopRegistry });
        const stop = new AbortController();
        const candidate = { elector, clock, stop, isOver: false };
        void elector.start(stop.signal).catch(() => {}).then(() => (candidate.isOver = true));
        return candidate;
      };
      const candidates = [0, 1, 2].map(stand);
      const watch = async (duration: number): Promise<void> => {
        for (let left = duration; left > 0; left -= 250) {
          await world.advance(Math.min(left, 250));
          expect(candidates.filter(({ elector }) => elector.isLeader).length).toBeLessThanOrEqual(1);
          candidates.forEach(({ isOver, clock }, index) => {
            if (isOver && !clock.isPaused) candidates[index] = stand(index); // the process was started again
          });
        }
      };
      for (const [each, wait] of steps) {
        const target = candidates[each.who]!;
        if (each.do === 'weather') lease.weather.set(each.who, each.weather!);
        else if (each.do === 'pause') target.clock.isPaused = true;
        else if (each.do === 'resume') target.clock.resume();
        else if (!target.clock.isPaused) {
          target.stop.abort();
          void target.elector.release();
        }
        await watch(wait);
      }
      lease.weather.clear();
      for (const { clock } of candidates) clock.resume();
      await watch(45_000);
      expect(candidates.filter(({ elector }) => elector.isLeader)).toHaveLength(1);
      for (const { stop } of candidates) stop.abort();
      await world.advance(0);
    }),
    { numRuns: 40 },
  );
}, 60_000);
