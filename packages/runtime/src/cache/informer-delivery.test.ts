import { ApiError, type ObjectMeta, type ResourceKind } from '@kubewright/api';
import { FakeClock, memoryLogger, realClock, SeededRandom, type Clock } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import type { WatchFrame } from '../client/watch-stream.js';
import { hasCode } from '../errors/kubewright-error.js';
import type { Entry } from '../event/entry.js';
import type { ObjectEvent } from '../event/event.js';
import { entryOf } from './entry.js';
import { Informer } from './informer.js';
import type { ListedEntries, ListWatcher } from './list-watcher.js';

const kind: ResourceKind<never> = { group: 'demo', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' };
const widget = (name: string, resourceVersion: string, more: ObjectMeta = {}): Entry => entryOf({ metadata: { namespace: 'default', name, uid: `uid-${name}`, resourceVersion, ...more } });
const many = (count: number, version = '1'): Entry[] => Array.from({ length: count }, (_, index) => widget(`w${index}`, version));
const expired = ApiError.of(410, 'Expired', 'old');

type Answer = ListedEntries | Error;

/** Lists in turn, the last one for ever; watches that give their frames and then stay open. A frame that is an error breaks the watch. */
function scripted(lists: Answer[], watches: (WatchFrame<Entry> | Error)[][] = []): ListWatcher & { readonly listed: () => number } {
  let [list, watch] = [0, 0];
  return {
    listed: () => list,
    async list() {
      const answer = lists[Math.min(list++, lists.length - 1)]!;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    async *watch(_parameters, signal) {
      for (const frame of watches[watch++] ?? []) {
        if (frame instanceof Error) throw frame;
        yield [frame];
      }
      await new Promise((_, reject) => {
        if (signal.aborted) reject(signal.reason as Error);
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
    },
  };
}

function start(scopes: Record<string, ListWatcher>, clock: Clock = new FakeClock()) {
  const stop = new AbortController();
  const log = memoryLogger();
  const informer = new Informer({ kind, scopes: new Map(Object.entries(scopes)), clock, random: new SeededRandom(3), log, streaming: false, resyncPeriod: 3_600_000 });
  return { informer, log, run: () => informer.run(stop.signal), stop: () => stop.abort(new Error('stopped')) };
}
const label = (event: ObjectEvent): string => `${event.type} ${event.entry.name} ${event.entry.resourceVersion}`;

describe('Informer', () => {
  it('#33 tells nobody of a bookmark, and knows by it how far it has come', async () => {
    const clock = new FakeClock();
    const test = start({ '': scripted([{ entries: [], resourceVersion: '5' }], [[{ type: 'BOOKMARK', object: { metadata: { resourceVersion: '90' } } }]]) }, clock);
    const seen: string[] = [];
    test.informer.addHandler((event) => seen.push(label(event)));
    const running = test.run();
    await clock.advance(0);
    expect([seen, test.informer.versionOf('default')]).toEqual([[], '90']);
    test.stop();
    await running;
  });

  it('#38 says nothing of a hundred objects that a relist finds unchanged', async () => {
    const clock = new FakeClock();
    const test = start({ '': scripted([{ entries: many(100), resourceVersion: '5' }, { entries: many(100), resourceVersion: '9' }], [[expired]]) }, clock);
    const seen: ObjectEvent[] = [];
    test.informer.addHandler((event) => seen.push(event));
    const running = test.run();
    await clock.advance(5_000);
    expect(test.informer.versionOf('default')).toBe('9');
    expect(seen.map(({ type }) => type).filter((type) => type !== 'create')).toEqual([]);
    expect(seen).toHaveLength(100);
    test.stop();
    await running;
  });

  it('#40 tells a resync after what was told before, with what is newest', async () => {
    const begin = () => {
      const clock = new FakeClock();
      let send = (): void => {};
      const server: ListWatcher = {
        list: async () => ({ entries: many(3_000), resourceVersion: '5' }),
        async *watch(_parameters, signal) {
          await new Promise<void>((resolve, reject) => {
            send = resolve;
            signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
          });
          yield [{ type: 'MODIFIED', object: widget('w2999', '6') }];
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
        },
      };
      const test = start({ '': server }, clock);
      return { ...test, clock, send: () => send(), running: test.run() };
    };
    // The same seed: the same moment.
    const first = begin();
    let due = 0;
    first.informer.addHandler(({ type }) => void (type === 'update' && (due ||= first.clock.monotonic())));
    while (due === 0) await first.clock.advance(10_000);
    first.stop();
    await first.running;

    const { clock, send, running, ...test } = begin();
    await clock.advance(due - 1);
    const told: string[] = [];
    test.informer.addHandler((event) => event.entry.name === 'w2999' && told.push(label(event)));
    // Its creation, the update and the resync all wait behind three thousand others.
    send();
    expect(told).toEqual([]);
    await clock.advance(1);
    for (let turn = 0; turn < 10; turn++) await clock.advance(0);
    expect(told.slice(0, 2)).toEqual(['create w2999 1', 'update w2999 6']);
    expect(told.every((line, index) => index === 0 || line === 'update w2999 6')).toBe(true);
    expect(told.length).toBe(3);
    test.stop();
    await running;
  });

  it('#42 tells one listener at once what happens while another is still told of five thousand objects', async () => {
    const clock = new FakeClock();
    const test = start({ '': scripted([{ entries: many(5_000), resourceVersion: '5' }], [[{ type: 'ADDED', object: widget('new', '6') }]]) }, clock);
    const [quick, late]: [string[], string[]] = [[], []];
    test.informer.addHandler(({ entry }) => void (entry.name === 'new' && quick.push(`new, after ${late.length}`)));
    let joined = false;
    const running = test.run();
    while (!joined) {
      await clock.advance(0);
      if (test.informer.store.size >= 5_000) joined = true;
    }
    test.informer.addHandler(({ entry }) => void late.push(entry.name));
    expect(late.length).toBeLessThan(5_000);
    for (let turn = 0; turn < 30; turn++) await clock.advance(0);
    expect(quick).toHaveLength(1);
    expect(new Set(late).size).toBe(5_001);
    expect(late.length).toBe(5_001);
    test.stop();
    await running;
  });

  it('#43 gives a listener that comes in a storm every object once, and then what happens, with no gap', async () => {
    const clock = new FakeClock();
    const frames = Array.from({ length: 200 }, (_, index): WatchFrame<Entry> => (index % 3 === 2 ? { type: 'DELETED', object: widget(`w${index}`, String(100 + index)) } : { type: 'MODIFIED', object: widget(`w${index}`, String(100 + index)) }));
    const test = start({ '': scripted([{ entries: many(2_500), resourceVersion: '99' }], [frames]) }, clock);
    const views: Map<string, string>[] = [];
    const join = (): void => {
      const view = new Map<string, string>();
      views.push(view);
      test.informer.addHandler((event) => {
        expect(event.type === 'create' ? view.has(event.entry.name) : !view.has(event.entry.name)).toBe(false);
        if (event.type === 'delete') view.delete(event.entry.name);
        else view.set(event.entry.name, event.entry.resourceVersion);
      });
    };
    let told = 0;
    test.informer.addHandler(() => void (++told % 70 === 0 && views.length < 40 && join()));
    const running = test.run();
    for (let turn = 0; turn < 20; turn++) await clock.advance(50);
    const stored = Object.fromEntries(test.informer.store.list().map((entry) => [entry.name, entry.resourceVersion]));
    expect(views.length).toBeGreaterThan(30);
    for (const view of views) expect(Object.fromEntries(view)).toEqual(stored);
    test.stop();
    await running;
  });

  it('#44 has synced for a listener when the last object of the first list was told, not when it was stored', async () => {
    const clock = new FakeClock();
    const test = start({ '': scripted([{ entries: many(5_000), resourceVersion: '5' }]) }, clock);
    let told = 0;
    const registration = test.informer.addHandler(() => void told++);
    const running = test.run();
    await test.informer.waitForSync();
    expect(told).toBeLessThan(5_000);
    await registration.synced();
    expect(told).toBe(5_000);
    test.stop();
    await running;
  });

  it('#45 replaces the store in one go: no listener sees less than the old or the new list', async () => {
    const clock = new FakeClock();
    const [old, next] = [many(50), many(50, '2').map((entry, index) => (index < 40 ? widget(`n${index}`, '7') : entry))];
    const test = start({ '': scripted([{ entries: old, resourceVersion: '5' }, { entries: next, resourceVersion: '9' }], [[expired]]) }, clock);
    const sizes = new Set<number>();
    test.informer.addHandler(() => void sizes.add(test.informer.store.list('default').length));
    const running = test.run();
    await clock.advance(5_000);
    expect([...sizes]).toEqual([50]);
    expect(test.informer.store.get('default/n0')).toBeDefined();
    test.stop();
    await running;
  });

  it('#56 serves and syncs one namespace while another may not be listed, and takes that up later', async () => {
    const clock = new FakeClock();
    const forbidden = ApiError.of(403, 'Forbidden', 'no');
    const b = scripted([forbidden, forbidden, { entries: [widget('y', '8', { namespace: 'b' })], resourceVersion: '9' }]);
    const test = start({ a: scripted([{ entries: [widget('x', '3', { namespace: 'a' })], resourceVersion: '5' }]), b }, clock);
    const running = test.run();
    await test.informer.waitForSync();
    expect(test.informer.refusalOf('b')).toBe(forbidden);
    expect(test.informer.store.list('a')).toHaveLength(1);
    await clock.advance(30_000);
    expect([test.informer.refusalOf('b'), test.informer.store.list('b').length]).toEqual([undefined, 1]);
    test.stop();
    await running;
    const alone = start({ '': scripted([forbidden]) });
    const lonely = alone.run();
    await realClock.yield();
    expect(alone.informer.hasSynced).toBe(false);
    alone.stop();
    await lonely;
  });

  it('#56 goes on serving what it holds of a namespace that may not be listed any more', async () => {
    const clock = new FakeClock();
    const listed = { entries: [widget('y', '8', { namespace: 'b' })], resourceVersion: '9' };
    const b = scripted([listed, ApiError.of(403, 'Forbidden', 'no')], [[expired]]);
    const test = start({ a: scripted([{ entries: [widget('x', '3', { namespace: 'a' })], resourceVersion: '5' }]), b }, clock);
    const seen: string[] = [];
    test.informer.addHandler((event) => seen.push(label(event)));
    const running = test.run();
    await clock.advance(60_000);
    expect(b.listed()).toBeGreaterThan(2);
    expect([test.informer.refusalOf('b'), test.informer.hasSynced, test.informer.lastFailure?.message]).toEqual([undefined, true, 'no']);
    expect([seen, test.informer.store.size]).toEqual([['create x 3', 'create y 8'], 2]);
    test.stop();
    await running;
  });

  it('#57 backs off for a watch that fails without holding up another one', async () => {
    const clock = new FakeClock();
    const failing = scripted([ApiError.of(500, 'InternalError', 'oops')]);
    const good = scripted([{ entries: [], resourceVersion: '1' }], [[expired], [{ type: 'ADDED', object: widget('x', '9', { namespace: 'a' }) }]]);
    const test = start({ a: good, b: failing }, clock);
    const seen: number[] = [];
    test.informer.addHandler(() => void seen.push(clock.monotonic()));
    const running = test.run();
    await clock.advance(60_000);
    expect(failing.listed()).toBeGreaterThan(3);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toBeLessThan(2_000);
    test.stop();
    await running;
  });

  it('#62 hands out fifty thousand objects without holding up anything else for long', async () => {
    const test = start({ '': scripted([{ entries: many(50_000), resourceVersion: '5' }]) }, realClock);
    let [told, before, most, measuring] = [0, 0, 0, true];
    const registrations = [0, 1, 2].map(() => test.informer.addHandler(() => void told++));
    // How much is told within one turn of the event loop: what else is ready waits that long.
    const measure = async (): Promise<void> => {
      while (measuring) {
        await realClock.yield();
        most = Math.max(most, told - before);
        before = told;
      }
    };
    const turns = measure();
    const running = test.run();
    await Promise.all(registrations.map((registration) => registration.synced()));
    measuring = false;
    await turns;
    expect(told).toBe(150_000);
    expect(most).toBeLessThanOrEqual(3 * 1_000);
    test.stop();
    await running;
  });

  it('is told no more, and waits no more, once it is removed', async () => {
    const clock = new FakeClock();
    const test = start({ '': scripted([ApiError.of(404, 'NotFound', 'no such kind')]) }, clock);
    const registration = test.informer.addHandler(() => expect.unreachable());
    const running = test.run();
    const waiting = expect(registration.synced()).rejects.toSatisfy((error) => hasCode(error, 'KW_INFORMER_REMOVED'));
    test.informer.remove();
    await waiting;
    test.stop();
    await running;
    expect(clock.pending).toBe(0);
  });
});
