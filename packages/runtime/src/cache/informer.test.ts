import type { ObjectMeta, ResourceKind } from '@kubewright/api';
import { FakeClock, memoryLogger, SeededRandom } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import type { WatchFrame } from '../client/watch-stream.js';
import type { Entry } from '../event/entry.js';
import type { ObjectEvent } from '../event/event.js';
import { entryOf } from './entry.js';
import { Informer } from './informer.js';
import type { ListedEntries, ListWatcher } from './list-watcher.js';

const kind: ResourceKind<never> = { group: 'demo', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' };
const widget = (name: string, resourceVersion: string, more: ObjectMeta = {}): Entry =>
  entryOf({ metadata: { namespace: 'default', name, uid: `uid-${name}`, resourceVersion, ...more } });

/** A server whose lists and watch frames the test hands out. */
class HandFed implements ListWatcher {
  #lists: ((list: ListedEntries) => void)[] = [];
  #frame: ((frame: WatchFrame<Entry> | Error) => void) | undefined;

  asked = 0;

  list(_version: string, signal: AbortSignal): Promise<ListedEntries> {
    this.asked++;
    return new Promise((resolve, reject) => {
      this.#lists.push(resolve);
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }

  async *watch(_parameters: unknown, signal: AbortSignal): AsyncGenerator<WatchFrame<Entry>[]> {
    for (;;) {
      const frame = await new Promise<WatchFrame<Entry> | Error>((resolve) => {
        this.#frame = resolve;
        signal.addEventListener('abort', () => resolve(signal.reason as Error), { once: true });
      });
      if (frame instanceof Error) throw frame;
      yield [frame];
    }
  }

  answer(resourceVersion: string, ...entries: Entry[]): void {
    this.#lists.shift()!({ entries, resourceVersion });
  }

  send(frame: WatchFrame<Entry> | Error): void {
    this.#frame!(frame);
  }
}

function harness(scopes: Record<string, HandFed> = { '': new HandFed() }) {
  const clock = new FakeClock();
  const log = memoryLogger();
  const stop = new AbortController();
  const informer = new Informer({ kind, scopes: new Map(Object.entries(scopes)), clock, random: new SeededRandom(), log, streaming: false, resyncPeriod: 36_000_000 });
  const seen: string[] = [];
  const events: ObjectEvent[] = [];
  const listener = (event: ObjectEvent): void => {
    events.push(event);
    const { key, resourceVersion } = event.entry;
    const stored = informer.store.get(key);
    if (event.type === 'delete') expect(stored?.uid).not.toBe(event.entry.uid); // gone, or a successor is there already
    else expect(stored?.resourceVersion ?? resourceVersion).toBe(resourceVersion);
    seen.push(`${event.type} ${key} ${resourceVersion}${event.type === 'create' && event.initial ? ' initial' : ''}${event.type === 'delete' && event.stateUnknown ? ' unknown' : ''}`);
  };
  const registration = informer.addHandler(listener);
  const running = informer.run(stop.signal);
  return { clock, events, informer, log, registration, seen, server: scopes['']!, settle: () => clock.advance(0), stop: () => (stop.abort(new Error('stopped')), running) };
}

/** Ends the watch as 410 does and waits for the list that follows. */
async function relist(test: ReturnType<typeof harness>, version: string, ...entries: Entry[]): Promise<void> {
  const { ApiError } = await import('@kubewright/api');
  test.server.send(ApiError.of(410, 'Expired', 'old'));
  await test.clock.advance(2_000);
  test.server.answer(version, ...entries);
  await test.settle();
}

describe('Informer', () => {
  it('tells creations, updates and deletions in order, the store first', async () => {
    const test = harness();
    test.server.answer('5', widget('a', '3'), widget('b', '4'));
    await test.settle();
    for (const frame of [
      { type: 'ADDED', object: widget('c', '6') },
      { type: 'MODIFIED', object: widget('a', '7') },
      { type: 'MODIFIED', object: widget('a', '7') },
      { type: 'DELETED', object: widget('b', '8') },
      { type: 'BOOKMARK', object: { metadata: { resourceVersion: '9' } } },
    ] as WatchFrame<Entry>[]) {
      test.server.send(frame);
      await test.settle();
    }
    expect(test.seen).toEqual(['create default/a 3 initial', 'create default/b 4 initial', 'create default/c 6', 'update default/a 7', 'delete default/b 8']);
    expect(test.events[3]).toMatchObject({ old: { resourceVersion: '3' } });
    expect(test.informer.versionOf('default')).toBe('9');
    await test.stop();
  });

  it('#36 on a relist says nothing of what is unchanged, and deletes what is missing with its last known state', async () => {
    const test = harness();
    test.server.answer('5', widget('a', '3'), widget('b', '4'));
    await test.settle();
    test.seen.length = 0;
    await relist(test, '20', widget('a', '3'), widget('c', '19'));
    expect(test.seen).toEqual(['delete default/b 4 unknown', 'create default/c 19']);
    await test.stop();
  });

  it('#39 takes another uid under the same name for a deletion and a creation', async () => {
    const test = harness();
    test.server.answer('5', widget('a', '3'), widget('b', '3'));
    await test.settle();
    test.seen.length = 0;
    test.server.send({ type: 'MODIFIED', object: widget('a', '8', { uid: 'other' }) });
    await test.settle();
    await relist(test, '20', widget('a', '8', { uid: 'other' }), widget('b', '19', { uid: 'new' }));
    expect(test.seen).toEqual(['delete default/a 3 unknown', 'create default/a 8', 'delete default/b 3 unknown', 'create default/b 19']);
    await test.stop();
  });

  it('tells a late listener of all there is, once, and then what comes', async () => {
    const test = harness();
    test.server.answer('5', widget('a', '3'));
    await test.settle();
    const late: string[] = [];
    const registration = test.informer.addHandler((event) => late.push(`${event.type} ${event.entry.key}`));
    await registration.synced();
    test.server.send({ type: 'ADDED', object: widget('b', '6') });
    await test.settle();
    registration.remove();
    test.server.send({ type: 'ADDED', object: widget('c', '7') });
    await test.settle();
    expect(late).toEqual(['create default/a', 'create default/b']);
    await test.stop();
  });

  it('has synced when the listeners were told of the first list', async () => {
    const test = harness();
    let synced: string[] | undefined;
    void test.registration.synced().then(() => (synced = [...test.seen]));
    await test.settle();
    expect([test.informer.hasSynced, synced]).toEqual([false, undefined]);
    test.server.answer('5', widget('a', '3'));
    await test.settle();
    expect([test.informer.hasSynced, synced]).toEqual([true, ['create default/a 3 initial']]);
    await test.stop();
  });

  it('gives up waiting when the signal aborts', async () => {
    const test = harness();
    const patience = new AbortController();
    const waiting = test.registration.synced(patience.signal);
    patience.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await test.stop();
  });

  it('#42 goes on when a listener throws', async () => {
    const test = harness();
    const other: string[] = [];
    test.informer.addHandler(() => {
      throw new Error('mine');
    });
    test.informer.addHandler((event) => other.push(event.entry.key));
    test.server.answer('5', widget('a', '3'));
    await test.settle();
    expect(other).toEqual(['default/a']);
    expect(test.log.lines).toMatchObject([{ level: 'error', fields: { key: 'default/a' } }]);
    await test.stop();
  });

  it('serves one namespace while another can not be listed, and has synced when all are there', async () => {
    const [a, b] = [new HandFed(), new HandFed()];
    const test = harness({ a, b });
    a.answer('5', widget('x', '3', { namespace: 'a' }));
    await test.settle();
    expect(test.informer.store.get('a/x')).toBeDefined();
    expect([test.informer.hasSynced, test.informer.versionOf('a'), test.informer.versionOf('b')]).toEqual([false, '5', undefined]);
    b.answer('9', widget('y', '8', { namespace: 'b' }));
    await test.settle();
    expect(test.informer.hasSynced).toBe(true);
    expect(test.informer.store.size).toBe(2);
    await test.stop();
  });

  it('#41 tells everything again after ten hours and a random share, without asking the server', async () => {
    const test = harness();
    test.server.answer('5', widget('a', '3'));
    await test.clock.advance(100);
    test.seen.length = 0;
    await test.clock.advance(36_000_000 - 200); // ten hours, but for a moment
    expect(test.seen).toEqual([]);
    await test.clock.advance(3_600_000 + 200);
    expect([test.seen, test.server.asked]).toEqual([['update default/a 3'], 1]);
    expect(test.events.at(-1)).toMatchObject({ type: 'update', old: { resourceVersion: '3' }, entry: { resourceVersion: '3' } });
    await test.stop();
    expect(test.clock.pending).toBe(0);
  });
});
