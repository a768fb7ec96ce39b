import type { KubeObject } from '@kubewright/api';
import { FakeClock, RealScheduler } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { Storage } from './storage.js';
import { eventType } from './version.js';
import { Watcher, type WatcherOptions, type WatchItem } from './watcher.js';

const key = (name: string, namespace = 'n') => ({ group: '', plural: 'things', namespace, name });
const thing = (name: string, namespace = 'n'): KubeObject => ({ apiVersion: 'v1', kind: 'Thing', metadata: { name, namespace } });

function setUp(options: Partial<WatcherOptions> = {}, existing: readonly string[] = []) {
  const clock = new FakeClock();
  const storage = new Storage({ clock });
  for (const name of existing) storage.put(key(name), undefined, thing(name));
  const watcher = new Watcher(storage, clock, new RealScheduler(), 'watch', { group: '', plural: 'things', since: undefined, marksInitialEnd: false, bookmarks: false, timeout: undefined, ...options });
  return { clock, storage, watcher };
}

function show(item: WatchItem | undefined): string {
  if (!item) return 'end';
  if (item.kind === 'expired') return `EXPIRED ${item.revision}`;
  if (item.kind === 'bookmark') return `BOOKMARK ${item.revision}${item.initialEventsEnd ? ' end of list' : ''}`;
  return `${eventType(item.version)} ${item.version.object.metadata.name}`;
}

async function read(watcher: Watcher, count: number): Promise<string[]> {
  const seen: string[] = [];
  while (seen.length < count) seen.push(show(await watcher.next()));
  return seen;
}

describe('Watcher', () => {
  it('begins with what is there, marks its end, and goes on with what follows', async () => {
    const { storage, watcher } = setUp({ marksInitialEnd: true }, ['b', 'a']);
    storage.remove(key('a'), storage.get('', 'things', 'n', 'a')!);
    expect(await read(watcher, 4)).toEqual(['ADDED a', 'ADDED b', 'BOOKMARK 3 end of list', 'DELETED a']);
    watcher.stop();
  });

  it('replays the writes after a revision', async () => {
    const { storage, watcher: unused } = setUp({}, ['a', 'b', 'c']);
    unused.stop();
    const watcher = new Watcher(storage, new FakeClock(), new RealScheduler(), 'watch', { group: '', plural: 'things', since: 2, marksInitialEnd: false, bookmarks: false, timeout: undefined });
    expect(await read(watcher, 2)).toEqual(['ADDED b', 'ADDED c']);
    watcher.stop();
  });

  it('sees one namespace or one object when told so', async () => {
    const { storage, watcher } = setUp({ since: 1, namespace: 'm', name: 'x' });
    storage.put(key('x', 'n'), undefined, thing('x', 'n'));
    storage.put(key('y', 'm'), undefined, thing('y', 'm'));
    storage.put(key('x', 'm'), undefined, thing('x', 'm'));
    watcher.stop();
    expect(await read(watcher, 2)).toEqual(['ADDED x', 'end']);
  });

  it('wakes a reader that waits', async () => {
    const { storage, watcher } = setUp({ since: 1 });
    const next = watcher.next();
    storage.put(key('a'), undefined, thing('a'));
    expect(show(await next)).toBe('ADDED a');
    const last = watcher.next();
    watcher.stop();
    expect(show(await last)).toBe('end');
  });

  it('sends bookmarks every minute and shortly before its end, and leaves no timer', async () => {
    const { clock, watcher } = setUp({ since: 1, bookmarks: true, timeout: 90_000 });
    await clock.advance(90_000);
    expect(await read(watcher, 3)).toEqual(['BOOKMARK 1', 'BOOKMARK 1', 'end']);
    expect(clock.pending).toBe(0);
  });
});
