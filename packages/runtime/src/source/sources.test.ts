import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import type { ObjectMeta, ResourceKind } from '@kubewright/api';
import { FakeClock, memoryLogger, SeededRandom } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { entryOf } from '../cache/entry.js';
import { Informer } from '../cache/informer.js';
import type { ListWatcher } from '../cache/list-watcher.js';
import { enqueueObject } from '../handler/enqueue-object.js';
import { generationChanged } from '../predicate/generation-changed.js';
import type { Request } from '../reconcile/request.js';
import { ChannelSource } from './channel-source.js';
import { KindSource, type KindSourceOptions } from './kind-source.js';

const kind: ResourceKind<never> = { group: 'demo', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' };
const widget = (name: string, resourceVersion: string, more: ObjectMeta = {}) => entryOf({ metadata: { namespace: 'default', name, uid: name, resourceVersion, generation: 1, ...more } });

function sink() {
  const added: [string, number | undefined][] = [];
  return { added, add: (request: Request, options?: { readonly priority?: number }) => void added.push([request.name, options?.priority]) };
}

function harness(options: Partial<KindSourceOptions<Request>> = {}, resyncPeriod = Infinity, size = 1) {
  const clock = new FakeClock();
  const log = memoryLogger();
  const stop = new AbortController();
  const listWatcher: ListWatcher = {
    list: async () => ({ entries: [widget('a', '1'), ...Array.from({ length: size - 1 }, (_, index) => widget(`more-${index}`, '1'))], resourceVersion: '5' }),
    async *watch(_parameters, signal) {
      yield [{ type: 'ADDED', object: widget('b', '6') }];
      yield [{ type: 'MODIFIED', object: widget('b', '7') }];
      yield [{ type: 'MODIFIED', object: widget('b', '8', { generation: 2 }) }];
      yield [{ type: 'DELETED', object: widget('a', '9') }];
      signal.throwIfAborted();
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
    },
  };
  const informer = new Informer({ kind, scopes: new Map([['', listWatcher]]), clock, random: new SeededRandom(), log, streaming: false, resyncPeriod });
  const queue = sink();
  const source = new KindSource<Request>({ cache: { informerFor: () => informer }, kind, handler: enqueueObject(), log, ...options });
  return { clock, informer, log, queue, source, stop };
}

describe('KindSource', () => {
  it('adds what passes the predicates, old news at low priority, and has started when the first list was added', async () => {
    const test = harness({ predicates: [generationChanged] });
    const reasons: unknown[] = [];
    const note = (message: unknown): void => void reasons.push((message as { dropped?: string }).dropped);
    subscribe('kubewright:source', note);
    const started = test.source.start(test.queue, test.stop.signal).then(() => test.queue.added.slice(0, 1));
    const running = test.informer.run(test.stop.signal);
    expect(await started).toEqual([['a', -100]]);
    await test.clock.advance(0);
    unsubscribe('kubewright:source', note);
    expect(test.queue.added).toEqual([['a', -100], ['b', undefined], ['b', undefined], ['a', undefined]]);
    expect(reasons).toEqual([undefined, undefined, 'generation unchanged', undefined, undefined]);
    test.stop.abort();
    await running;
  });

  it('#12 gives what was there at the start, and what a resync tells again, a low priority, and news none', async () => {
    const test = harness({}, 3_600_000);
    const running = test.informer.run(test.stop.signal);
    await test.source.start(test.queue, test.stop.signal);
    await test.clock.advance(0);
    expect(test.queue.added.splice(0)).toEqual([['a', -100], ['b', undefined], ['b', undefined], ['b', undefined], ['a', undefined]]);
    await test.clock.advance(4_000_000);
    // The watch is opened again now and then, and tells its news anew.
    expect(test.queue.added.filter(([, priority]) => priority !== undefined)).toEqual([['b', -100]]);
    test.stop.abort();
    await running;
  });

  it('#44 has started when everything of the first list was handled, not when it was stored', async () => {
    const test = harness({}, Infinity, 5_000);
    let added: number | undefined;
    const started = test.source.start(test.queue, test.stop.signal).then(() => (added = test.queue.added.length));
    const running = test.informer.run(test.stop.signal);
    await test.informer.waitForSync();
    expect([test.informer.store.size, test.queue.added.length < 5_000, added]).toEqual([5_000, true, undefined]);
    await started;
    expect(added).toBeGreaterThanOrEqual(5_000);
    test.stop.abort();
    await running;
  });

  it('keeps an event when a predicate throws, and says so once for each', async () => {
    const test = harness({
      predicates: [
        () => {
          throw new Error('mine');
        },
      ],
    });
    const running = test.informer.run(test.stop.signal);
    await test.source.start(test.queue, test.stop.signal);
    expect(test.queue.added[0]).toEqual(['a', -100]);
    expect(test.log.lines[0]).toMatchObject({ level: 'error', message: 'a predicate failed' });
    test.stop.abort();
    await running;
  });

  it('gives up waiting for the first list when it is stopped, and listens no more', async () => {
    const test = harness();
    const starting = expect(test.source.start(test.queue, test.stop.signal)).rejects.toThrow('enough');
    test.stop.abort(new Error('enough'));
    await starting;
    const again = new AbortController();
    const running = test.informer.run(again.signal);
    await test.clock.advance(0);
    expect(test.queue.added).toEqual([]);
    again.abort();
    await running;
  });
});

describe('ChannelSource', () => {
  it('keeps early news for the start, passes on the rest, and ends with the signal', async () => {
    const source = new ChannelSource<Request>({ handler: enqueueObject(), predicates: [(event) => (event.entry.name === 'no' ? 'unwanted' : undefined)] });
    const queue = sink();
    const stop = new AbortController();
    source.send({ metadata: { name: 'early' } });
    await source.start(queue, stop.signal);
    source.send({ metadata: { name: 'no' } });
    source.send({ metadata: { name: 'late' } });
    stop.abort();
    source.send({ metadata: { name: 'gone' } });
    expect(queue.added.map(([name]) => name)).toEqual(['early', 'late']);
  });
});
