import fc from 'fast-check';
import { FakeClock, SeededRandom, SeededScheduler, type Scheduler } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { Queue } from './queue.js';

const inline: Scheduler = { schedule: (_name, task) => task() };

function newQueue(scheduler = inline): Queue<string> {
  return new Queue<string>({ name: 'test', keyOf: (item) => item, clock: new FakeClock(), scheduler });
}

/** The next item alone. */
const next = async (queue: Queue<string>): Promise<string | undefined> => (await queue.get())?.item;

describe('Queue', () => {
  it('#10 hands out items in order of arrival', async () => {
    const queue = newQueue();
    for (const item of ['a', 'b', 'c']) queue.add(item);
    expect([await next(queue), await next(queue), await next(queue)]).toEqual(['a', 'b', 'c']);
  });

  it('#2 collapses adds of a key that waits', async () => {
    const queue = newQueue();
    for (let i = 0; i < 100; i++) queue.add('a');
    expect(queue.length).toBe(1);
    await next(queue);
    expect(queue.length).toBe(0);
  });

  it('#1 collapses adds while the key is processed and hands it out once more after done', async () => {
    const queue = newQueue();
    queue.add('a');
    await next(queue);
    for (let i = 0; i < 5; i++) queue.add('a');
    let again: string | undefined;
    void queue.get().then((taken) => (again = taken?.item));
    await Promise.resolve();
    expect(again).toBeUndefined();
    queue.done('a');
    await Promise.resolve();
    expect(again).toBe('a');
    queue.done('a');
    expect(queue.length).toBe(0);
  });

  it('#11 lets other items pass one that is marked while it is processed', async () => {
    const queue = newQueue();
    queue.add('a');
    await next(queue);
    queue.add('a');
    queue.add('b');
    expect(await next(queue)).toBe('b');
  });

  it('serves takers in the order in which they came', async () => {
    const queue = newQueue();
    const takers = [next(queue), next(queue)];
    queue.add('a');
    queue.add('b');
    expect(await Promise.all(takers)).toEqual(['a', 'b']);
  });

  it('drops what waits when it is shut down, and lets what was taken finish', async () => {
    const queue = newQueue();
    for (const item of ['a', 'b', 'c']) queue.add(item);
    await next(queue);
    queue.add('a');
    queue.shutDown();
    queue.done('a');
    queue.add('d');
    expect(await next(queue)).toBeUndefined();
    expect(queue.length).toBe(0);
  });

  it('#17 hands out what waits when it is drained, with what was marked', async () => {
    const queue = newQueue();
    queue.add('a');
    await next(queue);
    queue.add('a');
    queue.add('b');
    queue.shutDown({ drain: true });
    queue.add('c');
    expect(await next(queue)).toBe('b');
    const last = next(queue);
    const none = next(queue);
    queue.done('a');
    expect(await last).toBe('a');
    expect(await none).toBeUndefined();
  });

  it('ends every taker that waits when it is shut down', async () => {
    const queue = newQueue();
    const takers = [next(queue), next(queue)];
    queue.shutDown();
    expect(await Promise.all(takers)).toEqual([undefined, undefined]);
  });

  it('ignores done for what it never handed out', () => {
    const queue = newQueue();
    queue.add('a');
    queue.done('a');
    expect(queue.length).toBe(1);
  });

  it('stays fast when thousands of items wait', async () => {
    const queue = newQueue();
    for (let i = 0; i < 20_000; i++) queue.add(`item-${i}`);
    for (let i = 0; i < 20_000; i++) queue.done((await next(queue))!);
    expect(queue.length).toBe(0);
  });

  /** The contract in its simplest form: a set of keys to run, a list of those that can, a set of those that do. */
  class Model {
    readonly waiting = new Set<string>();
    readonly ready: string[] = [];
    readonly processing = new Set<string>();
    add(key: string): void {
      if (this.waiting.has(key)) return;
      this.waiting.add(key);
      if (!this.processing.has(key)) this.ready.push(key);
    }
    take(): string | undefined {
      const key = this.ready.shift();
      if (key === undefined) return undefined;
      this.waiting.delete(key);
      this.processing.add(key);
      return key;
    }
    done(key: string): void {
      if (!this.processing.delete(key)) return;
      if (this.waiting.has(key)) this.ready.push(key);
    }
  }

  const command = fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('add' as const), key: fc.constantFrom('a', 'b', 'c', 'd') }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('take' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('done' as const), key: fc.constantFrom('a', 'b', 'c', 'd') }) },
  );

  it('behaves like its model, whatever happens in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 60 }), async (commands) => {
        const queue = newQueue();
        const model = new Model();
        for (const step of commands) {
          if (step.kind === 'add') (queue.add(step.key), model.add(step.key));
          else if (step.kind === 'done') (queue.done(step.key), model.done(step.key));
          else if (model.ready.length > 0) expect(await next(queue)).toBe(model.take());
          expect(queue.length).toBe(model.waiting.size);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never runs a key twice at a time, and loses none, with workers woken in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 30 }), async (seed, keys) => {
        const scheduler = new SeededScheduler(new SeededRandom(seed));
        const queue = newQueue(scheduler);
        const running = new Set<string>();
        const lastSeen = new Map<string, number>();
        let added = 0;
        const worker = async (): Promise<void> => {
          for (let key = await next(queue); key !== undefined; key = await next(queue)) {
            expect(running.has(key)).toBe(false);
            running.add(key);
            const seen = added;
            await new Promise<void>((resolve) => scheduler.schedule('work', resolve));
            lastSeen.set(key, seen);
            running.delete(key);
            queue.done(key);
          }
        };
        const workers = [worker(), worker(), worker()];
        const addedAt = new Map<string, number>();
        for (const key of keys) {
          queue.add(key);
          addedAt.set(key, ++added);
          if (added % 3 === 0) await scheduler.step();
        }
        await scheduler.drain();
        for (const [key, at] of addedAt) expect(lastSeen.get(key)).toBeGreaterThanOrEqual(at);
        queue.shutDown();
        await Promise.all(workers);
      }),
      { numRuns: 30 },
    );
  });
});
