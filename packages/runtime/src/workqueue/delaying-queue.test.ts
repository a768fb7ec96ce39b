import fc from 'fast-check';
import { FakeClock, type Scheduler } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { DelayHeap } from './delay-heap.js';
import { bucket, itemExponential, maxOf } from './rate-limiters.js';
import { RateLimitingQueue } from './rate-limiting-queue.js';

const inline: Scheduler = { schedule: (_name, task) => task() };

function setUp(): { clock: FakeClock; queue: RateLimitingQueue<string> } {
  const clock = new FakeClock();
  return { clock, queue: new RateLimitingQueue<string>({ name: 'test', keyOf: (item) => item, clock, scheduler: inline }, itemExponential()) };
}

describe('DelayingQueue', () => {
  it('adds after the delay, not before', async () => {
    const { clock, queue } = setUp();
    queue.addAfter('a', 1000);
    await clock.advance(999);
    expect(queue.length).toBe(0);
    await clock.advance(1);
    expect(queue.length).toBe(1);
  });

  it('adds at once for a delay of zero or less', () => {
    const { queue } = setUp();
    queue.addAfter('a', 0);
    queue.addAfter('b', -5);
    expect(queue.length).toBe(2);
  });

  it.each([
    ['later first', [3_600_000, 1_000]],
    ['earlier first', [1_000, 3_600_000]],
  ])('#8 keeps the earlier of two delays: %s', async (_name, delays) => {
    const { clock, queue } = setUp();
    for (const delay of delays) queue.addAfter('a', delay);
    await clock.advance(1_000);
    expect((await queue.get())?.item).toBe('a');
    queue.done('a');
    await clock.advance(4_000_000);
    expect(queue.length).toBe(0);
  });

  it('keeps one timer for any number of items, and none when nothing waits', async () => {
    const { clock, queue } = setUp();
    for (let i = 1; i <= 100; i++) queue.addAfter(`item-${i}`, i * 10);
    expect(clock.pending).toBe(1);
    await clock.advance(1_000);
    expect(clock.pending).toBe(0);
    expect(queue.length).toBe(100);
  });

  it('#19 cancels its timer when it is shut down', () => {
    const { clock, queue } = setUp();
    queue.addAfter('a', 1000);
    queue.shutDown();
    queue.addAfter('b', 1000);
    queue.addRateLimited('c');
    expect(clock.pending).toBe(0);
  });

  it('#18 holds delays that do not fit in 31 bits', async () => {
    const { clock, queue } = setUp();
    queue.addAfter('a', 30 * 24 * 3_600_000);
    await clock.advance(29 * 24 * 3_600_000);
    expect(queue.length).toBe(0);
  });

  it('#7 leaves a delayed add in place when the item is added meanwhile, in the classic queue', async () => {
    const { clock, queue } = setUp();
    queue.addAfter('a', 600_000);
    queue.add('a');
    expect((await queue.get())?.item).toBe('a');
    queue.done('a');
    await clock.advance(600_000);
    expect(queue.length).toBe(1);
  });
});

describe('RateLimitingQueue', () => {
  it('doubles the delay with each failure and starts anew after forget', async () => {
    const { clock, queue } = setUp();
    const delays: (number | undefined)[] = [];
    for (let i = 0; i < 4; i++) {
      queue.addRateLimited('a');
      delays.push(clock.nextDue);
      await clock.advance(10_000);
      queue.done((await queue.get())!.item);
    }
    expect(queue.failures('a')).toBe(4);
    queue.forget('a');
    queue.addRateLimited('a');
    delays.push(clock.nextDue);
    expect(delays).toEqual([5, 10, 20, 40, 5]);
  });
});

describe('rate limiters', () => {
  it('#4 stay at the longest delay however often an item fails', () => {
    const limiter = itemExponential();
    const delays = Array.from({ length: 2000 }, () => limiter.when('a'));
    expect(delays.slice(0, 3)).toEqual([5, 10, 20]);
    expect(delays.at(-1)).toBe(1_000_000);
    expect(delays.every((delay) => delay > 0 && delay <= 1_000_000)).toBe(true);
  });

  it('let a burst through, then a steady flow', async () => {
    const clock = new FakeClock();
    const limiter = bucket(clock, 10, 3);
    expect([1, 2, 3, 4, 5].map(() => Math.round(limiter.when('any')))).toEqual([0, 0, 0, 100, 200]);
    await clock.advance(10_000);
    expect(limiter.when('any')).toBe(0);
  });

  it('take the longest of several delays', () => {
    const limiter = maxOf(itemExponential(5, 100), itemExponential(50, 50));
    expect([1, 2, 3, 4, 5].map(() => limiter.when('a'))).toEqual([50, 50, 50, 50, 80]);
    expect(limiter.failures('a')).toBe(5);
    limiter.forget('a');
    expect(limiter.failures('a')).toBe(0);
  });
});

describe('DelayHeap', () => {
  it('gives items back by time, then by arrival, each key once at its earliest time', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ key: fc.constantFrom(...'abcdefghijklmnop'), due: fc.integer({ min: 0, max: 20 }) })), (pushes) => {
        const heap = new DelayHeap<string>();
        const earliest = new Map<string, number>();
        for (const { key, due } of pushes) {
          heap.push(key, key, due);
          earliest.set(key, Math.min(due, earliest.get(key) ?? Infinity));
        }
        expect(heap.nextDue).toBe(earliest.size === 0 ? undefined : Math.min(...earliest.values()));
        const popped: string[] = [];
        for (let key = heap.pop(100); key !== undefined; key = heap.pop(100)) popped.push(key);
        const order = [...earliest.keys()];
        expect(popped).toEqual(order.sort((one, other) => earliest.get(one)! - earliest.get(other)!));
      }),
    );
  });
});
