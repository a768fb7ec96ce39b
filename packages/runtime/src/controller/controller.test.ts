import { FakeClock, memoryLogger, realScheduler, SeededRandom } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import type { Client } from '../client/client.js';
import { createPrometheusRegistry } from '../metrics/prometheus-registry.js';
import { requestKey, type Request } from '../reconcile/request.js';
import type { ReconcileContext } from '../reconcile/reconciler.js';
import type { Result } from '../reconcile/result.js';
import { TerminalError } from '../reconcile/terminal-error.js';
import type { RequestSink, Source } from '../source/source.js';
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
    abandon: abandon.signal,
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
  it('reconciles what sources add, with a context of its own for each attempt', async () => {
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
  ] satisfies [string, Reconcile][])('tries again with growing delays when a reconcile %s', async (_name, fail) => {
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

  it('forgets failures before it waits for requeueAfter', async () => {
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

  it('does not try again after a terminal error, and counts it', async () => {
    const test = await setUp(() => {
      throw new Error('wrapped', { cause: new TerminalError('spec makes no sense') });
    });
    test.source.add('a');
    await settle(test.clock);
    expect(test.clock.pending).toBe(0);
    expect(await test.metric('controller_runtime_terminal_reconcile_errors_total{controller="widget"}')).toBe(1);
    expect(await test.metric('controller_runtime_reconcile_total{controller="widget",result="error"}')).toBe(1);
    expect(test.log.lines.filter((line) => line.level === 'error')).toHaveLength(1);
    test.stop.abort();
    await test.ended;
  });

  it('aborts the signal at the timeout and keeps the key locked until the reconcile really ends', async () => {
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

  it('lets what is under way finish at a stop, and starts nothing more', async () => {
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

  it('aborts the signals of reconciles when a shutdown waits no longer, and takes their failure for what it is', async () => {
    const test = await setUp((_request, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))));
    test.source.add('a');
    await settle(test.clock);
    test.stop.abort();
    test.abandon.abort(new Error('grace is over'));
    await test.ended;
    expect(test.log.lines.some((line) => line.level === 'error')).toBe(false);
    expect(await test.metric('controller_runtime_reconcile_errors_total{controller="widget"}')).toBe(0);
  });

  it('shows every series before the first event', async () => {
    const test = await setUp(() => {});
    for (const result of ['success', 'error', 'requeue', 'requeue_after']) expect(await test.metric(`controller_runtime_reconcile_total{controller="widget",result="${result}"}`)).toBe(0);
    expect(await test.metric('workqueue_depth{name="widget",controller="widget",priority=""}')).toBe(0);
    expect(await test.metric('controller_runtime_max_concurrent_reconciles{controller="widget"}')).toBe(1);
    test.stop.abort();
    await test.ended;
  });

  it('lists every problem of its options at once', async () => {
    await expect(setUp(() => {}, { maxConcurrentReconciles: 0, reconcileTimeout: -1 })).rejects.toThrow(/maxConcurrentReconciles \(0\).*reconcileTimeout \(-1 ms\)/);
  });
});
