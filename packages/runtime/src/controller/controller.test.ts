import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { FakeClock, memoryLogger, realClock, realScheduler, SeededRandom } from '@kubewright/platform';
import { describe, expect, it, vi } from 'vitest';

import type { Client } from '../client/client.js';
import { noopRegistry } from '../metrics/noop-registry.js';
import { createPrometheusRegistry } from '../metrics/prometheus-registry.js';
import { requestKey, type Request } from '../reconcile/request.js';
import type { ReconcileContext } from '../reconcile/reconciler.js';
import type { Result } from '../reconcile/result.js';
import { TerminalError } from '../reconcile/terminal-error.js';
import type { RequestSink, Source } from '../source/source.js';
import type { Cause } from '../workqueue/cause.js';
import { LOW_PRIORITY } from '../workqueue/work-queue.js';
import { Controller } from './controller.js';
import type { ControllerOptions } from './options.js';

type Reconcile = (request: Request, context: ReconcileContext) => Promise<Result | void> | Result | void;

/** A source that is fed by hand. */
class HandSource implements Source<Request> {
  readonly name = 'by hand';
  sink: RequestSink<Request> | undefined;
  stopped = false;
  constructor(private readonly synced: Promise<void> = Promise.resolve()) {}
  async start(sink: RequestSink<Request>, signal: AbortSignal): Promise<void> {
    this.sink = sink;
    signal.addEventListener('abort', () => (this.stopped = true));
    await this.synced;
  }
  add(name: string): void {
    this.sink!.add({ namespace: 'default', name });
  }
}

async function setUp(reconcile: Reconcile, options: ControllerOptions = {}, source = new HandSource()) {
  const clock = new FakeClock();
  const metrics = await createPrometheusRegistry();
  const log = memoryLogger();
  const stop = new AbortController();
  const abandon = new AbortController();
  const controller = new Controller<Request>({
    name: 'widget',
    reconciler: { reconcile: reconcile as (request: Request, context: ReconcileContext) => Promise<Result | void> },
    sources: [source],
    keyOf: requestKey,
    context: { client: {} as Client, recorder: { event() {} }, log, random: new SeededRandom() },
    clock,
    scheduler: realScheduler,
    metrics,
    abandon: () => abandon.signal,
    options,
  });
  const ended = controller.start(stop.signal);
  ended.catch(() => {});
  await clock.advance(0);
  const metric = async (line: string): Promise<number> => {
    const found = (await metrics.render()).body.split('\n').find((each) => each.startsWith(line));
    return Number(found?.split(' ').at(-1));
  };
  return { clock, metrics, log, stop, abandon, controller, ended, source, metric };
}

/** JavaScript throws anything. */
function throwing(value: unknown): never {
  throw value as Error;
}

/** Lets queued tasks and promises run; time stands still. */
async function settle(clock: FakeClock): Promise<void> {
  for (let i = 0; i < 5; i++) await clock.advance(0);
}

describe('Controller', () => {
  it('#22 reconciles what sources add, with a context and an id of its own for each attempt', async () => {
    const seen: string[] = [];
    const ids = new Set<string>();
    const test = await setUp((request, context) => {
      seen.push(requestKey(request));
      ids.add(context.reconcileId);
    });
    test.source.add('a');
    test.source.add('b');
    test.source.add('b');
    await settle(test.clock);
    expect(seen).toEqual(['default/a', 'default/b']);
    expect(ids.size).toBe(2);
    test.stop.abort();
    await test.ended;
    expect(test.source.stopped).toBe(true);
    expect(test.clock.pending).toBe(0);
  });

  it('#22 gives each attempt at one key an id of its own, which stands in what it logs', async () => {
    const ids: string[] = [];
    const test = await setUp((_request, { reconcileId, log }) => {
      ids.push(reconcileId);
      log.info('looking');
      if (ids.length < 3) throwing(new Error('no'));
    });
    test.source.add('a');
    for (const delay of [0, 5, 10]) {
      await test.clock.advance(delay);
      await settle(test.clock);
    }
    expect(new Set(ids).size).toBe(3);
    expect(test.log.lines.filter(({ message }) => message === 'looking').map(({ fields }) => fields['reconcileId'])).toEqual(ids);
    expect(test.log.lines.filter(({ message }) => message === 'reconcile failed').map(({ fields }) => fields['reconcileId'])).toEqual(ids.slice(0, 2));
    test.stop.abort();
    await test.ended;
  });

  it('starts no worker before every source has listed what exists', async () => {
    let release!: () => void;
    const seen: string[] = [];
    const test = await setUp((request) => void seen.push(request.name), {}, new HandSource(new Promise((resolve) => (release = resolve))));
    test.source.add('a');
    await settle(test.clock);
    expect(seen).toEqual([]);
    release();
    await settle(test.clock);
    expect(seen).toEqual(['a']);
    test.stop.abort();
    await test.ended;
  });

  it('gives up on a source that does not fill in time, and names it and what is known of the cause', async () => {
    const cause = new Error('widgets is forbidden');
    const test = await setUp(() => {}, {}, Object.assign(new HandSource(new Promise(() => {})), { lastFailure: cause }));
    await test.clock.advance(120_000);
    await expect(test.ended).rejects.toMatchObject({ code: 'KW_CACHE_SYNC_TIMEOUT', cause, message: expect.stringMatching(/source by hand .* widgets is forbidden$/) });
    expect(test.source.stopped).toBe(true);
    expect(test.clock.pending).toBe(0);
  });

  it('ends quietly when it is stopped while a source still fills', async () => {
    const test = await setUp(() => {}, {}, new HandSource(new Promise(() => {})));
    test.stop.abort();
    await test.ended;
    await settle(test.clock);
    expect(test.clock.pending).toBe(0);
  });

  it.each([
    ['throws', () => { throw new Error('no'); }],
    ['rejects', async () => Promise.reject(new Error('no'))],
    ['throws null', () => throwing(null)],
    ['rejects with nothing', async () => Promise.reject(undefined)],
  ] satisfies [string, Reconcile][])('#13 tries again with growing delays when a reconcile %s', async (_name, fail) => {
    let runs = 0;
    const test = await setUp((request, context) => (++runs < 4 ? (fail as Reconcile)(request, context) : undefined));
    test.source.add('a');
    await settle(test.clock);
    const delays: (number | undefined)[] = [];
    for (let i = 0; i < 3; i++) {
      delays.push(test.clock.nextDue);
      await test.clock.advance(test.clock.nextDue!);
      await settle(test.clock);
    }
    expect(delays).toEqual([5, 10, 20]);
    expect(runs).toBe(4);
    expect(await test.metric('controller_runtime_reconcile_errors_total{controller="widget"}')).toBe(3);
    test.stop.abort();
    await test.ended;
  });

  it('#3 forgets failures before it waits for requeueAfter', async () => {
    const results: (Result | Error)[] = [new Error('1'), new Error('2'), { requeueAfter: 60_000 }, new Error('3')];
    const test = await setUp(() => {
      const next = results.shift();
      if (next instanceof Error) throw next;
      return next;
    });
    test.source.add('a');
    await settle(test.clock);
    for (const delay of [5, 10, 60_000, 5]) {
      expect(test.clock.nextDue).toBe(delay);
      await test.clock.advance(delay);
      await settle(test.clock);
    }
    test.stop.abort();
    await test.ended;
  });

  it('#3 forgets failures after a success that asks for nothing', async () => {
    const results: (Error | undefined)[] = [new Error('1'), new Error('2'), undefined, new Error('3')];
    const test = await setUp(() => {
      const next = results.shift();
      if (next) throw next;
    });
    test.source.add('a');
    await settle(test.clock);
    for (const delay of [5, 10]) {
      await test.clock.advance(delay);
      await settle(test.clock);
    }
    expect([results.length, test.clock.pending]).toEqual([1, 0]);
    test.source.add('a');
    await settle(test.clock);
    expect(test.clock.nextDue).toBe(5);
    test.stop.abort();
    await test.ended;
  });

  it('#5 does not try again after a terminal error, counts it, and does not forget what failed before', async () => {
    const errors = [new Error('plain'), new Error('wrapped', { cause: new TerminalError('spec makes no sense') }), new Error('plain again')];
    const test = await setUp(() => throwing(errors.shift()));
    test.source.add('a');
    await settle(test.clock);
    await test.clock.advance(5);
    await settle(test.clock);
    expect(test.clock.pending).toBe(0);
    expect(await test.metric('controller_runtime_terminal_reconcile_errors_total{controller="widget"}')).toBe(1);
    expect(await test.metric('controller_runtime_reconcile_errors_total{controller="widget"}')).toBe(2);
    expect(await test.metric('controller_runtime_reconcile_total{controller="widget",result="error"}')).toBe(2);
    expect(test.log.lines.filter((line) => line.level === 'error').map(({ message }) => message)).toEqual(['reconcile failed', 'reconcile failed for good']);
    test.source.add('a');
    await settle(test.clock);
    expect(test.clock.nextDue).toBe(10);
    test.stop.abort();
    await test.ended;
  });

  it('#16 aborts the signal at the timeout and keeps the key locked until the reconcile really ends', async () => {
    let runs = 0;
    let finish!: () => void;
    let reason: unknown;
    const test = await setUp(
      (_request, { signal }) => {
        runs += 1;
        signal.addEventListener('abort', () => (reason = signal.reason));
        return new Promise((resolve) => (finish = resolve));
      },
      { reconcileTimeout: 1_000, maxConcurrentReconciles: 2 },
    );
    test.source.add('a');
    await settle(test.clock);
    await test.clock.advance(5_000);
    test.source.add('a');
    await settle(test.clock);
    expect(reason).toMatchObject({ code: 'KW_RECONCILE_TIMEOUT' });
    expect(runs).toBe(1);
    expect(await test.metric('controller_runtime_reconcile_timeouts_total{controller="widget"}')).toBe(1);
    expect(await test.metric('workqueue_longest_running_processor_seconds{name="widget",controller="widget"}')).toBe(5);
    finish();
    await settle(test.clock);
    expect(runs).toBe(2);
    finish();
    test.stop.abort();
    await test.ended;
  });

  it('#17 lets what is under way finish at a stop, and starts nothing more', async () => {
    let finish!: () => void;
    const started: string[] = [];
    const test = await setUp((request, { signal }) => {
      started.push(request.name);
      expect(signal.aborted).toBe(false);
      return new Promise((resolve) => (finish = resolve));
    });
    for (let i = 0; i < 100; i++) test.source.add(`item-${i}`);
    await settle(test.clock);
    test.stop.abort();
    let ended = false;
    void test.ended.then(() => (ended = true));
    await settle(test.clock);
    expect(ended).toBe(false);
    finish();
    await test.ended;
    expect(started).toEqual(['item-0']);
    expect(await test.metric('controller_runtime_reconcile_timeouts_total{controller="widget"}')).toBe(0);
  });

  it('#15 aborts the signals of reconciles when a shutdown waits no longer, takes their failure for what it is, and counts no timeout', async () => {
    const test = await setUp((_request, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))), { reconcileTimeout: 60_000 });
    test.source.add('a');
    await settle(test.clock);
    test.stop.abort();
    test.abandon.abort(new Error('grace is over'));
    await test.ended;
    expect(test.log.lines.some((line) => line.level === 'error')).toBe(false);
    expect(await test.metric('controller_runtime_reconcile_errors_total{controller="widget"}')).toBe(0);
    expect(await test.metric('controller_runtime_reconcile_timeouts_total{controller="widget"}')).toBe(0);
  });

  it('#20 shows every series before the first event', async () => {
    const test = await setUp(() => {});
    for (const result of ['success', 'error', 'requeue', 'requeue_after']) expect(await test.metric(`controller_runtime_reconcile_total{controller="widget",result="${result}"}`)).toBe(0);
    expect(await test.metric('workqueue_depth{name="widget",controller="widget",priority="0"}')).toBe(0);
    expect(await test.metric('controller_runtime_max_concurrent_reconciles{controller="widget"}')).toBe(1);
    test.stop.abort();
    await test.ended;
  });

  it('#6 an error beats a requeueAfter: what throws can not return, and what is thrown is not asked for a delay', async () => {
    const error = Object.assign(new Error('no'), { requeueAfter: 60_000 });
    for (const fail of [() => throwing(error), () => error as Result]) {
      const test = await setUp(fail);
      test.source.add('a');
      await settle(test.clock);
      expect(test.clock.nextDue).toBe(5);
      test.stop.abort();
      await test.ended;
    }
  });

  it('#7 a delayed look is over when an event comes first, unless the queue is the classic one', async () => {
    const runs = async (options: ControllerOptions): Promise<number> => {
      let count = 0;
      const test = await setUp(() => (++count === 1 ? { requeueAfter: 600_000 } : undefined), options);
      test.source.add('a');
      await settle(test.clock);
      await test.clock.advance(60_000);
      test.source.add('a');
      await settle(test.clock);
      expect(count).toBe(2);
      await test.clock.advance(3_600_000);
      test.stop.abort();
      await test.ended;
      return count;
    };
    expect(await runs({})).toBe(2);
    expect(await runs({ usePriorityQueue: false })).toBe(3);
  });

  it('#9 what is tried again keeps its priority, and a result can choose another', async () => {
    const priorities: number[] = [];
    const answers: (Result | Error)[] = [new Error('no'), { requeueAfter: 1_000 }, { requeueAfter: 1_000, priority: 9 }, {}];
    const test = await setUp((_request, { priority }) => {
      priorities.push(priority);
      const answer = answers.shift()!;
      return answer instanceof Error ? throwing(answer) : answer;
    });
    test.source.sink!.add({ name: 'a' }, { priority: LOW_PRIORITY });
    await settle(test.clock);
    for (const delay of [5, 1_000, 1_000]) {
      await test.clock.advance(delay);
      await settle(test.clock);
    }
    expect(priorities).toEqual([-100, -100, -100, 9]);
    test.stop.abort();
    await test.ended;
  });

  it('#12 reconciles news before what was there at the start', async () => {
    const seen: string[] = [];
    let release!: () => void;
    const test = await setUp((request) => void seen.push(request.name), {}, new HandSource(new Promise((resolve) => (release = resolve))));
    for (let i = 0; i < 100; i++) test.source.sink!.add({ name: `old-${i}` }, { priority: LOW_PRIORITY });
    test.source.sink!.add({ name: 'news' });
    release();
    await settle(test.clock);
    for (let i = 0; i < 100 && seen.length < 101; i++) await settle(test.clock);
    expect([seen[0], seen.length]).toEqual(['news', 101]);
    test.stop.abort();
    await test.ended;
  });

  it('#18 does not run what is to come in thirty days within the hour', async () => {
    let runs = 0;
    const test = await setUp(() => (++runs, { requeueAfter: 30 * 24 * 3_600_000 }));
    test.source.add('a');
    await settle(test.clock);
    await test.clock.advance(3_600_000);
    expect(runs).toBe(1);
    test.stop.abort();
    await test.ended;
  });

  it('#18 never gives Node a delay that does not fit in 31 bits, at which it would fire at once', async () => {
    const delays: number[] = [];
    const { setTimeout: real } = globalThis;
    const spy = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((callback: () => void, delay?: number) => (delays.push(delay ?? 0), real(callback, delay))) as typeof setTimeout);
    let runs = 0;
    const source = new HandSource();
    const stop = new AbortController();
    const controller = new Controller<Request>({
      name: 'widget', reconciler: { reconcile: async () => (++runs, { requeueAfter: 30 * 24 * 3_600_000 }) }, sources: [source], keyOf: requestKey,
      context: { client: {} as Client, recorder: { event() {} }, log: memoryLogger(), random: new SeededRandom() },
      clock: realClock, scheduler: realScheduler, metrics: noopRegistry, abandon: () => new AbortController().signal, options: {},
    });
    const ended = controller.start(stop.signal);
    source.add('a');
    while (runs === 0 || delays.length === 0) await realClock.yield();
    for (let turn = 0; turn < 5; turn++) await realClock.yield();
    expect(Math.max(...delays)).toBeGreaterThan(24 * 3_600_000); // it is this one
    expect(Math.max(...delays)).toBeLessThan(2 ** 31);
    stop.abort();
    await ended;
    spy.mockRestore();
  });

  it('#19 leaves no timer behind, whatever waits', async () => {
    const test = await setUp(() => throwing(new Error('no')), { reconcileTimeout: 60_000 });
    for (const name of ['a', 'b', 'c']) test.source.add(name);
    await settle(test.clock);
    expect(test.clock.pending).toBe(1);
    test.stop.abort();
    await test.ended;
    expect(test.clock.pending).toBe(0);
  });

  it('tells each attempt what led to it: in its context, in the log, on the diagnostics channel', async () => {
    const causes: (readonly Cause[])[] = [];
    const told: unknown[] = [];
    const listen = (message: unknown): void => void told.push((message as { causes: unknown }).causes);
    subscribe('kubewright:worker', listen);
    const test = await setUp((_request, context) => {
      causes.push(context.causes);
      if (causes.length === 1) throwing(new Error('no'));
    });
    const pod: Cause = { source: 'kind Pod', change: 'update', object: 'default/p', resourceVersion: '7', count: 1 };
    test.source.sink!.add({ name: 'a' }, { causes: [pod] });
    test.source.sink!.add({ name: 'a' }, { causes: [{ ...pod, resourceVersion: '8' }] });
    await settle(test.clock);
    test.source.sink!.add({ name: 'a' }, { causes: [{ source: 'channel hooks', change: 'generic', object: 'a', count: 1 }] });
    await settle(test.clock);
    unsubscribe('kubewright:worker', listen);
    const merged = { ...pod, resourceVersion: '8', count: 2 };
    expect(causes).toEqual([[merged], [merged, { source: 'controller', change: 'retry', count: 1 }, { source: 'channel hooks', change: 'generic', object: 'a', count: 1 }]]);
    expect(told).toEqual(causes);
    expect(test.log.lines.find(({ message }) => message === 'reconcile failed')?.fields['causes']).toEqual(['update of kind Pod default/p at 8 (2 times)']);
    expect(test.log.lines.find(({ message }) => message === 'reconciled')?.fields['causes']).toContain('retry of controller');
    test.stop.abort();
    await test.ended;
  });

  it('lets tenants take turns when it is to be fair', async () => {
    const seen: string[] = [];
    let release!: () => void;
    const test = await setUp((request) => void seen.push(request.namespace!), { fairness: 'namespace' }, new HandSource(new Promise((resolve) => (release = resolve))));
    for (let i = 0; i < 6; i++) test.source.sink!.add({ namespace: 'big', name: `item-${i}` });
    test.source.sink!.add({ namespace: 'small', name: 'item' });
    release();
    for (let i = 0; i < 4; i++) await settle(test.clock);
    expect(seen.indexOf('small')).toBe(1);
    test.stop.abort();
    await test.ended;
  });

  it('lists every problem of its options at once', async () => {
    await expect(setUp(() => {}, { maxConcurrentReconciles: 0, reconcileTimeout: -1 })).rejects.toThrow(/maxConcurrentReconciles \(0\).*reconcileTimeout \(-1 ms\)/);
  });
});
