import fc from 'fast-check';
import { FakeClock, SeededRandom, SeededScheduler, type Scheduler } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { createPrometheusRegistry } from '../metrics/prometheus-registry.js';
import type { Cause } from './cause.js';
import { PriorityQueue, type PriorityQueueOptions } from './priority-queue.js';
import { queueMetrics } from './queue-metrics.js';
import { itemExponential } from './rate-limiters.js';
import { LOW_PRIORITY } from './work-queue.js';

const inline: Scheduler = { schedule: (_name, task) => task() };

function setUp(options: Partial<PriorityQueueOptions<string>> = {}) {
  const clock = new FakeClock();
  const queue = new PriorityQueue<string>({ name: 'test', keyOf: (item) => item, clock, scheduler: inline, ...options }, itemExponential());
  /** What can be handed out now, in order; each is done at once. */
  const drain = async (): Promise<string[]> => {
    const items: string[] = [];
    while (queue.length > 0) {
      const { item } = (await queue.get())!;
      items.push(item);
      queue.done(item);
    }
    return items;
  };
  return { clock, queue, drain };
}

describe('PriorityQueue', () => {
  it('#10 hands out higher priorities first, and equal ones in order of arrival', async () => {
    const { queue, drain } = setUp();
    for (const [item, priority] of [['a', 0], ['b', -100], ['c', 5], ['d', 0], ['e', 5]] as const) queue.add(item, { priority });
    expect(await drain()).toEqual(['c', 'e', 'a', 'd', 'b']);
  });

  it.each<[string, (test: ReturnType<typeof setUp>) => void, string[]]>([
    ['whose time comes goes to the end', ({ queue }) => { queue.addAfter('late', 10); queue.add('a'); }, ['a', 'late']],
    ['that is added at once keeps its place', ({ queue }) => { queue.addAfter('late', 10); queue.add('a'); queue.add('late'); }, ['late', 'a']],
    ['whose priority rises goes to the end of its new level', ({ queue }) => { queue.add('low', { priority: -1 }); queue.add('a'); queue.add('low', { priority: 0 }); }, ['a', 'low']],
    ['that is added again stays where it is', ({ queue }) => { queue.add('a'); queue.add('b'); queue.add('a'); }, ['a', 'b']],
  ])('#10 an item %s', async (_what, act, order) => {
    const test = setUp();
    act(test);
    await test.clock.advance(10);
    expect(await test.drain()).toEqual(order);
  });

  it('#7 runs a key that waits for its time at once when it is added, and not again when the time comes', async () => {
    const { clock, queue, drain } = setUp();
    queue.addAfter('a', 600_000);
    await clock.advance(60_000);
    queue.add('a');
    expect(await drain()).toEqual(['a']);
    expect(clock.pending).toBe(0);
    await clock.advance(600_000);
    expect(queue.length).toBe(0);
  });

  it.each([['later first', [3_600_000, 1_000]], ['earlier first', [1_000, 3_600_000]]])('#8 keeps the earlier of two delays: %s', async (_name, delays) => {
    const { clock, queue, drain } = setUp();
    for (const delay of delays) queue.addAfter('a', delay);
    await clock.advance(999);
    expect(queue.length).toBe(0);
    await clock.advance(1);
    expect(await drain()).toEqual(['a']);
    expect(clock.pending).toBe(0);
  });

  it('#9 takes the highest priority and the shortest delay of all adds; what is ready stays ready', async () => {
    const { clock, queue } = setUp();
    queue.add('a', { priority: LOW_PRIORITY });
    queue.add('a', { after: 5_000, priority: 3 });
    queue.add('a', { priority: 1 });
    expect(await queue.get()).toEqual({ item: 'a', priority: 3, causes: [] });
    queue.addAfter('b', 5_000, { priority: LOW_PRIORITY });
    queue.addAfter('b', 9_000, { priority: 7 });
    await clock.advance(5_000);
    expect(await queue.get()).toMatchObject({ item: 'b', priority: 7 });
  });

  it('#9 takes the shorter one of a delay and that of the rate limiter, and counts a failure', async () => {
    const { clock, queue } = setUp();
    queue.add('a', { after: 3, rateLimited: true });
    expect(clock.nextDue).toBe(3);
    queue.add('b', { after: 1_000, rateLimited: true });
    await clock.advance(5);
    expect(queue.length).toBe(2);
    expect([queue.failures('a'), queue.failures('b')]).toEqual([1, 1]);
    queue.forget('a');
    expect(queue.failures('a')).toBe(0);
  });

  it('#1 hands a key that was added while it was processed out once more, after done', async () => {
    const { queue, drain } = setUp();
    queue.add('a');
    await queue.get();
    for (let i = 0; i < 5; i++) queue.add('a');
    let isOut = false;
    void queue.get().then(() => (isOut = true));
    await Promise.resolve();
    expect(isOut).toBe(false);
    expect(queue.length).toBe(1);
    queue.done('a');
    await Promise.resolve();
    expect(isOut).toBe(true);
    queue.done('a');
    expect(await drain()).toEqual([]);
  });

  it('#2 makes one item of many adds', async () => {
    const { queue, drain } = setUp();
    for (let i = 0; i < 100; i++) queue.add('a');
    expect(await drain()).toEqual(['a']);
  });

  it('#11 lets others pass a key that waits for the end of its own processing, and gives it its old place then', async () => {
    const { queue } = setUp();
    queue.add('a');
    await queue.get();
    queue.add('a');
    queue.add('b');
    queue.add('c');
    expect((await queue.get())?.item).toBe('b');
    queue.done('a');
    expect((await queue.get())?.item).toBe('a');
  });

  it('#12 serves news before a thousand old items', async () => {
    const { queue } = setUp();
    for (let i = 0; i < 1_000; i++) queue.add(`old-${i}`, { priority: LOW_PRIORITY });
    queue.add('news');
    queue.add('old-500');
    expect([(await queue.get())?.item, (await queue.get())?.item, (await queue.get())?.item]).toEqual(['news', 'old-500', 'old-0']);
  });

  it.each([undefined, { drain: true }])('#17 drops what waits when it is shut down, with %o', async (options) => {
    const { clock, queue } = setUp();
    for (const item of ['a', 'b', 'c']) queue.add(item);
    await queue.get();
    queue.add('a');
    queue.addAfter('d', 10);
    (queue as { shutDown(options?: object): void }).shutDown(options);
    queue.done('a');
    queue.add('e');
    expect(queue.length).toBe(0);
    expect(clock.pending).toBe(0);
    expect(await queue.get()).toBeUndefined();
  });

  it('#18 holds delays that do not fit in 31 bits', async () => {
    const { clock, queue } = setUp();
    queue.addAfter('a', 30 * 24 * 3_600_000);
    await clock.advance(29 * 24 * 3_600_000);
    expect(queue.length).toBe(0);
    await clock.advance(24 * 3_600_000);
    expect(queue.length).toBe(1);
  });

  it('#19 keeps one timer for any number of items, and none when nothing waits', async () => {
    const { clock, queue } = setUp();
    for (let i = 1; i <= 100; i++) queue.addAfter(`item-${i}`, i * 10);
    expect(clock.pending).toBe(1);
    await clock.advance(1_000);
    expect(clock.pending).toBe(0);
    expect(queue.length).toBe(100);
  });

  it('takes a priority that is no number for none', async () => {
    const { queue, drain } = setUp();
    queue.add('a', { priority: Number.NaN });
    queue.add('b', { priority: 1 });
    expect(await drain()).toEqual(['b', 'a']);
  });

  it('merges the causes of one key, equal ones to one, and counts what is too much', async () => {
    const { queue } = setUp();
    const cause = (object: string, resourceVersion: string): Cause => ({ source: 'kind Pod', change: 'update', object, resourceVersion, count: 1 });
    queue.addAfter('a', 10, { causes: [{ source: 'controller', change: 'retry', count: 1 }] });
    for (let i = 0; i < 30; i++) queue.add('a', { causes: [cause(`p-${i % 15}`, String(i))] });
    const { causes } = (await queue.get())!;
    expect(causes).toHaveLength(11);
    expect(causes[0]).toMatchObject({ change: 'retry' });
    expect(causes[1]).toEqual({ ...cause('p-0', '15'), count: 2 });
    expect(causes[10]).toEqual({ source: 'queue', change: 'more', count: 12 });
  });
});

describe('fairness', () => {
  const byNamespace = { tenantOf: (item: string) => item.split('/')[0]! };

  it('lets tenants take turns, and each its items in order', async () => {
    const { queue, drain } = setUp(byNamespace);
    for (let i = 0; i < 5; i++) queue.add(`big/${i}`);
    for (let i = 0; i < 2; i++) queue.add(`small/${i}`);
    expect(await drain()).toEqual(['big/0', 'small/0', 'big/1', 'small/1', 'big/2', 'big/3', 'big/4']);
  });

  it('does not let a tenant that always comes back at once starve one that waits', async () => {
    const { queue } = setUp(byNamespace);
    for (let i = 0; i < 10; i++) queue.add(`patient/${i}`);
    queue.add('eager/x');
    const order: string[] = [];
    for (let i = 0; i < 8; i++) {
      const { item } = (await queue.get())!;
      order.push(item.split('/')[0]!);
      queue.done(item);
      if (item === 'eager/x') queue.add(item);
    }
    expect(order).toEqual(['patient', 'eager', 'patient', 'eager', 'patient', 'eager', 'patient', 'eager']);
  });

  it('does not let a tenant save up turns while it is away', async () => {
    const { queue } = setUp(byNamespace);
    const take = async (): Promise<string> => {
      const { item } = (await queue.get())!;
      queue.done(item);
      return item.split('/')[0]!;
    };
    for (let i = 0; i < 100; i++) queue.add(`busy/${i}`);
    for (let i = 0; i < 50; i++) await take();
    for (let i = 0; i < 10; i++) queue.add(`new/${i}`);
    const next = [await take(), await take(), await take(), await take()];
    expect(next.filter((tenant) => tenant === 'new')).toHaveLength(2);
  });

  it('puts priority before turns', async () => {
    const { queue, drain } = setUp(byNamespace);
    queue.add('a/0', { priority: LOW_PRIORITY });
    queue.add('b/0');
    queue.add('b/1');
    expect(await drain()).toEqual(['b/0', 'b/1', 'a/0']);
  });
});

describe('its metrics', () => {
  const measured = async () => {
    const registry = await createPrometheusRegistry();
    const test = setUp({ metrics: queueMetrics(registry, 'test', { usesPriorities: true }) });
    const lines = async (name: string): Promise<string[]> => (await registry.render()).body.split('\n').filter((line) => line.startsWith(`workqueue_${name}{`));
    return { ...test, lines };
  };

  it('#20 show what can run now, by priority, and are there with 0 before the first event', async () => {
    const { clock, queue, lines } = await measured();
    expect(await lines('depth')).toEqual(['workqueue_depth{name="test",controller="test",priority="0"} 0']);
    queue.add('a');
    queue.add('b', { priority: LOW_PRIORITY });
    queue.addAfter('c', 10);
    expect(await lines('depth')).toEqual(['workqueue_depth{name="test",controller="test",priority="0"} 1', 'workqueue_depth{name="test",controller="test",priority="-100"} 1']);
    expect(await lines('adds_total')).toEqual(['workqueue_adds_total{name="test",controller="test"} 2']);
    expect(await lines('retries_total')).toEqual(['workqueue_retries_total{name="test",controller="test"} 1']);
    queue.add('b');
    await clock.advance(10);
    expect((await lines('depth')).map((line) => line.split(' ')[1])).toEqual(['3', '0']);
    await queue.get();
    expect((await lines('depth')).map((line) => line.split(' ')[1])).toEqual(['2', '0']);
    queue.shutDown();
    expect((await lines('depth')).map((line) => line.split(' ')[1])).toEqual(['0', '0']);
  });

  it('#21 name 25 priorities at most', async () => {
    const { queue, lines, drain } = await measured();
    for (let priority = 0; priority < 40; priority++) queue.add(`item-${priority}`, { priority });
    const depth = await lines('depth');
    expect(depth).toHaveLength(26);
    expect(depth.at(-1)).toBe('workqueue_depth{name="test",controller="test",priority="exceeded_cardinality_limit"} 15');
    await drain();
    expect((await lines('depth')).every((line) => line.endsWith(' 0'))).toBe(true);
  });
});

/** The contract in its simplest form: a map of what is to run, and a set of what runs. Slow, and obvious. */
class Model {
  readonly items = new Map<string, { priority: number; order: number; readyAt: number | undefined }>();
  readonly processing = new Set<string>();
  now = 0;
  #order = 0;

  add(key: string, priority: number, after: number): void {
    const order = this.#order++;
    const readyAt = after > 0 ? this.now + after : undefined;
    const known = this.items.get(key);
    if (!known) return void this.items.set(key, { priority, order, readyAt });
    if (priority > known.priority) Object.assign(known, { priority, order: this.#order++ });
    if (known.readyAt !== undefined && (readyAt === undefined || readyAt < known.readyAt)) known.readyAt = readyAt;
  }

  advance(by: number): void {
    const due = (until: number) => [...this.items.values()].filter(({ readyAt }) => readyAt !== undefined && readyAt <= until);
    const byTime = due(this.now + by).sort((a, b) => a.readyAt! - b.readyAt! || b.priority - a.priority || a.order - b.order);
    this.now += by;
    for (const item of byTime) Object.assign(item, { readyAt: undefined, order: this.#order++ });
  }

  get ready(): string[] {
    return [...this.items].filter(([key, { readyAt }]) => readyAt === undefined && !this.processing.has(key)).sort(([, a], [, b]) => b.priority - a.priority || a.order - b.order).map(([key]) => key);
  }

  get length(): number {
    return [...this.items.values()].filter(({ readyAt }) => readyAt === undefined).length;
  }

  take(): { item: string; priority: number } {
    const item = this.ready[0]!;
    const { priority } = this.items.get(item)!;
    this.items.delete(item);
    this.processing.add(item);
    return { item, priority };
  }
}

describe('against its model', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const command = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('add' as const), key, priority: fc.integer({ min: -2, max: 2 }), after: fc.constantFrom(0, 0, 1, 5, 20) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('take' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('done' as const), key }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('advance' as const), by: fc.integer({ min: 1, max: 10 }) }) },
  );

  it('it behaves like it, whatever happens in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 60 }), async (commands) => {
        const { clock, queue } = setUp();
        const model = new Model();
        for (const step of commands) {
          if (step.kind === 'add') {
            queue.add(step.key, { priority: step.priority, after: step.after });
            model.add(step.key, step.priority, step.after);
          } else if (step.kind === 'done') {
            queue.done(step.key);
            model.processing.delete(step.key);
          } else if (step.kind === 'advance') {
            await clock.advance(step.by);
            model.advance(step.by);
          } else if (model.ready.length > 0) expect(await queue.get()).toMatchObject(model.take());
          expect(queue.length).toBe(model.length);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never runs a key twice at a time, and loses none, with workers woken in any order, fair or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.boolean(), fc.array(fc.record({ key, priority: fc.integer({ min: -1, max: 1 }) }), { minLength: 1, maxLength: 30 }), async (seed, isFair, adds) => {
        const scheduler = new SeededScheduler(new SeededRandom(seed));
        const { queue } = setUp({ scheduler, ...(isFair && { tenantOf: (item: string) => (item < 'c' ? 'one' : 'two') }) });
        const running = new Set<string>();
        const lastSeen = new Map<string, number>();
        let added = 0;
        const worker = async (): Promise<void> => {
          for (let taken = await queue.get(); taken; taken = await queue.get()) {
            const { item } = taken;
            expect(running.has(item)).toBe(false);
            running.add(item);
            const seen = added;
            await new Promise<void>((resolve) => scheduler.schedule('work', resolve));
            lastSeen.set(item, seen);
            running.delete(item);
            queue.done(item);
          }
        };
        const workers = [worker(), worker(), worker()];
        const addedAt = new Map<string, number>();
        for (const { key: item, priority } of adds) {
          queue.add(item, { priority });
          addedAt.set(item, ++added);
          if (added % 3 === 0) await scheduler.step();
        }
        await scheduler.drain();
        for (const [item, at] of addedAt) expect(lastSeen.get(item)).toBeGreaterThanOrEqual(at);
        queue.shutDown();
        await Promise.all(workers);
      }),
      { numRuns: 60 },
    );
  });
});
