import { FakeClock, memoryLogger, realScheduler } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { WorkLoop } from './work-loop.js';

const setUp = (process: (key: string) => Promise<number | void>) => {
  const clock = new FakeClock();
  return { clock, loop: new WorkLoop({ name: 'test', clock, scheduler: realScheduler, log: memoryLogger(), process }) };
};

describe('WorkLoop', () => {
  it('works off what was added before the start, each key once', async () => {
    const seen: string[] = [];
    const { loop } = setUp(async (key) => void seen.push(key));
    for (const key of ['a', 'b', 'a']) loop.add(key);
    loop.start();
    await loop.idle();
    expect(seen).toEqual(['a', 'b']);
    await loop.stop();
  });

  it('works on a key again that was added meanwhile, but never twice at a time', async () => {
    let active = 0;
    let most = 0;
    let calls = 0;
    const { loop, clock } = setUp(async () => {
      most = Math.max(most, ++active);
      if (++calls === 1) for (let count = 0; count < 3; count++) loop.add('a');
      await clock.yield();
      active--;
    });
    loop.add('a');
    loop.start();
    await loop.idle();
    expect([calls, most]).toEqual([2, 1]);
    await loop.stop();
  });

  it('tries failures again, later each time', async () => {
    const at: number[] = [];
    const { loop, clock } = setUp(async () => {
      at.push(clock.monotonic());
      if (at.length < 4) throw new Error('no');
    });
    loop.add('a');
    loop.start();
    await clock.advance(100);
    expect(at).toEqual([0, 5, 15, 35]);
    expect(clock.pending).toBe(0);
    await loop.stop();
  });

  it('looks again when it was told to, at the earliest time, and forgets it when the key comes before', async () => {
    const at: number[] = [];
    const { loop, clock } = setUp(async () => {
      at.push(clock.monotonic());
      return at.length === 1 ? 1000 : undefined;
    });
    loop.add('a');
    loop.start();
    await clock.advance(10);
    loop.addAfter('a', 5000);
    loop.addAfter('a', 100);
    await clock.advance(10_000);
    expect(at).toEqual([0, 110]);
    await loop.stop();
  });

  it('leaves nothing behind when it stops', async () => {
    const { loop, clock } = setUp(async () => 1000);
    loop.add('a');
    loop.start();
    await clock.advance(1);
    expect(clock.pending).toBe(1);
    await loop.stop();
    loop.add('b');
    expect(clock.pending).toBe(0);
  });
});
