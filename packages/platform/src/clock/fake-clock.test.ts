import { describe, expect, it } from 'vitest';

import { FakeClock } from './fake-clock.js';

describe('FakeClock', () => {
  it('fires timers in order of due time, then of creation, at their due time', async () => {
    const clock = new FakeClock(0);
    const fired: [string, number][] = [];
    clock.timer(20, () => fired.push(['late', clock.now()]));
    clock.timer(10, () => fired.push(['first', clock.now()]));
    clock.timer(10, () => fired.push(['second', clock.now()]));
    await clock.advance(20);
    expect(fired).toEqual([['first', 10], ['second', 10], ['late', 20]]);
  });

  it('runs timers that a timer makes, when they come due within the same advance', async () => {
    const clock = new FakeClock();
    const fired: number[] = [];
    clock.timer(10, () => void clock.timer(5, () => fired.push(clock.monotonic())));
    await clock.advance(15);
    expect(fired).toEqual([15]);
  });

  it('runs what a fired sleep was waited for before the next timer fires', async () => {
    const clock = new FakeClock();
    const order: string[] = [];
    const sleeper = clock.sleep(10).then(() => order.push('slept'));
    clock.timer(11, () => order.push('timer'));
    await clock.advance(20);
    await sleeper;
    expect(order).toEqual(['slept', 'timer']);
  });

  it('cancels: a cancelled timer never fires and no longer counts as pending', async () => {
    const clock = new FakeClock();
    const timer = clock.timer(10, () => expect.unreachable());
    timer.cancel();
    timer.cancel();
    expect(clock.pending).toBe(0);
    await clock.advance(20);
  });

  it('a sleep rejects with the reason of its signal and leaves no timer behind', async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    const sleep = clock.sleep(1_000, abort.signal);
    abort.abort(new Error('stop'));
    await expect(sleep).rejects.toThrow('stop');
    expect(clock.pending).toBe(0);
    await expect(clock.sleep(1, abort.signal)).rejects.toThrow('stop');
  });
});
