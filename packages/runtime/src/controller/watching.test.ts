import { FakeClock, memoryLogger, realScheduler, SeededRandom } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import type { Client } from '../client/client.js';
import { noopRegistry } from '../metrics/noop-registry.js';
import { requestKey, type Request } from '../reconcile/request.js';
import type { RequestSink, Source } from '../source/source.js';
import { Controller } from './controller.js';
import type { ControllerOptions } from './options.js';

/** A source that adds one request when it begins, and more by hand. */
class OneSource implements Source<Request> {
  begun = 0;
  isOn = false;
  sink: RequestSink<Request> | undefined;
  constructor(readonly name: string, private readonly synced: Promise<void> = Promise.resolve()) {}
  async start(sink: RequestSink<Request>, signal: AbortSignal): Promise<void> {
    this.begun += 1;
    this.isOn = true;
    this.sink = sink;
    signal.addEventListener('abort', () => (this.isOn = false));
    await this.synced;
    if (this.isOn) sink.add({ name: this.name });
  }
}

function setUp(sources: Source<Request>[], options: ControllerOptions = {}) {
  const clock = new FakeClock();
  const log = memoryLogger();
  const seen: string[] = [];
  const controller = new Controller<Request>({
    name: 'widget', sources, keyOf: requestKey, clock, scheduler: realScheduler, metrics: noopRegistry, options,
    reconciler: { reconcile: async ({ name }) => void seen.push(name) },
    context: { client: {} as Client, recorder: { event() {} }, log, random: new SeededRandom() },
    abandon: () => new AbortController().signal,
  });
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await clock.advance(0);
  };
  return { clock, log, seen, controller, settle };
}

describe('a watch on a controller', () => {
  it('that runs begins at once, and can be ended', async () => {
    const { controller, seen, settle, clock } = setUp([new OneSource('first')]);
    const stop = new AbortController();
    const ended = controller.start(stop.signal);
    await settle();
    const late = new OneSource('late');
    const watching = controller.watch(late);
    await watching.synced;
    await settle();
    expect(seen).toEqual(['first', 'late']);
    watching.stop();
    expect(late.isOn).toBe(false);
    stop.abort();
    await ended;
    expect(clock.pending).toBe(0);
  });

  it('that does not run yet begins with it, and holds the workers up like the others', async () => {
    const { controller, seen, settle } = setUp([]);
    let list!: () => void;
    const early = controller.watch(new OneSource('early', new Promise((resolve) => (list = resolve))));
    let synced = false;
    void early.synced.then(() => (synced = true));
    const stop = new AbortController();
    const ended = controller.start(stop.signal);
    await settle();
    expect(synced).toBe(false);
    list();
    await settle();
    expect([synced, seen]).toEqual([true, ['early']]);
    stop.abort();
    await ended;
  });

  it('that does not fill is off again, and the controller goes on', async () => {
    const { controller, clock, log, settle, seen } = setUp([new OneSource('first')], { cacheSyncTimeout: 1_000 });
    const stop = new AbortController();
    const ended = controller.start(stop.signal);
    await settle();
    const stuck = new OneSource('stuck', new Promise(() => {}));
    const watching = controller.watch(stuck);
    await clock.advance(1_000);
    await expect(watching.synced).rejects.toMatchObject({ code: 'KW_CACHE_SYNC_TIMEOUT' });
    expect(stuck.isOn).toBe(false);
    expect(log.lines.some(({ message }) => message === 'a source could not begin')).toBe(true);
    stop.abort();
    await ended;
    expect([seen, clock.pending]).toEqual([['first'], 0]);
  });
});

describe('a warm controller', () => {
  it('lists and watches before it leads, and reconciles what waits when it does; then it is warm again', async () => {
    const source = new OneSource('first');
    const { controller, seen, settle, clock } = setUp([source], { enableWarmup: true });
    const end = new AbortController();
    const warm = controller.warmUp(end.signal);
    await settle();
    expect([source.begun, seen]).toEqual([1, []]);
    source.sink!.add({ name: 'news' });
    for (let term = 1; term <= 2; term++) {
      const stop = new AbortController();
      const led = controller.start(stop.signal);
      await settle();
      stop.abort();
      await led;
      expect([source.begun, source.isOn]).toEqual([term + 1, true]);
    }
    expect(seen).toEqual(['first', 'news', 'first']);
    end.abort();
    await warm;
    expect([source.isOn, clock.pending]).toEqual([false, 0]);
  });

  it('that did not fill in time tries again when it leads', async () => {
    let list: (() => void) | undefined;
    const source = new OneSource('first', new Promise((resolve) => (list = resolve)));
    const { controller, clock, log, settle, seen } = setUp([source], { enableWarmup: true, cacheSyncTimeout: 1_000 });
    const end = new AbortController();
    const warm = controller.warmUp(end.signal);
    await clock.advance(1_000);
    expect([source.isOn, log.lines.at(-1)?.message]).toEqual([false, 'controller could not warm up']);
    list!();
    const stop = new AbortController();
    const led = controller.start(stop.signal);
    await settle();
    expect([source.begun, seen]).toEqual([2, ['first']]);
    stop.abort();
    await led;
    end.abort();
    await warm;
  });
});
