import type { KubeObject } from '@kubewright/api';
import { FakeClock, SeededRandom } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { RevisionMismatch, Storage } from './storage.js';
import { eventType } from './version.js';

const key = (name: string, namespace = 'n') => ({ group: '', plural: 'things', namespace, name });
const thing = (name: string, namespace = 'n', labels: Record<string, string> = {}): KubeObject => ({ apiVersion: 'v1', kind: 'Thing', metadata: { name, namespace, labels } });

function storage(options: { historyLimit?: number; historyAge?: number; clock?: FakeClock } = {}): Storage {
  return new Storage({ clock: options.clock ?? new FakeClock(), ...options });
}

const names = (objects: Iterable<KubeObject>): string[] => [...objects].map(({ metadata }) => metadata.name!);

describe('Storage', () => {
  it('gives each write a resourceVersion that grows', () => {
    const store = storage();
    const first = store.put(key('a'), undefined, thing('a'));
    const second = store.put(key('a'), first, thing('a'));
    expect(Number(second.metadata.resourceVersion)).toBeGreaterThan(Number(first.metadata.resourceVersion));
    expect(store.get('', 'things', 'n', 'a')).toBe(second);
  });

  it('refuses a write that was made from another state', () => {
    const store = storage();
    const first = store.put(key('a'), undefined, thing('a'));
    expect(() => store.put(key('a'), undefined, thing('a'))).toThrow(RevisionMismatch);
    store.put(key('a'), first, thing('a'));
    expect(() => store.remove(key('a'), first)).toThrow(RevisionMismatch);
  });

  it('freezes what it stores', () => {
    const stored = storage().put(key('a'), undefined, thing('a'));
    expect(() => (stored.metadata.labels!.x = 'y')).toThrow(TypeError);
  });

  it('lists in byte order of the keys, over namespaces too', () => {
    const store = storage();
    for (const [namespace, name] of [['n', 'b'], ['n-1', 'a'], ['n', 'a-1'], ['n', 'a'], ['m', 'z']] as const) store.put(key(name, namespace), undefined, thing(name, namespace));
    expect(names(store.list('', 'things', 'n'))).toEqual(['a', 'a-1', 'b']);
    expect([...store.list('', 'things')].map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual(['m/z', 'n-1/a', 'n/a', 'n/a-1', 'n/b']);
  });

  it('walks one snapshot page by page while objects come and go', () => {
    const store = storage();
    for (const name of ['a', 'b', 'c', 'd', 'e']) store.put(key(name), undefined, thing(name));
    const { revision } = store;
    const first = store.scan('', 'things', { namespace: 'n', limit: 2 });
    expect([names(first.objects), first.remaining()]).toEqual([['a', 'b'], 3]);
    store.put(key('bb'), undefined, thing('bb'));
    store.remove(key('d'), store.get('', 'things', 'n', 'd')!);
    store.put(key('e'), store.get('', 'things', 'n', 'e'), thing('e', 'n', { changed: 'yes' }));
    const second = store.scan('', 'things', { namespace: 'n', limit: 2, start: first.next!, revision });
    expect([names(second.objects), second.remaining()]).toEqual([['c', 'd'], 1]);
    const third = store.scan('', 'things', { namespace: 'n', limit: 2, start: second.next!, revision });
    expect(names(third.objects)).toEqual(['e']);
    expect(third.objects[0]!.metadata.labels).toEqual({});
    expect(third.next).toBeUndefined();
    expect(names(store.scan('', 'things', { namespace: 'n' }).objects)).toEqual(['a', 'b', 'bb', 'c', 'e']);
  });

  it('tells listeners of each write in order, with the last state of what was deleted', () => {
    const store = storage();
    const seen: string[] = [];
    const subscription = store.onCommit('', 'things', (version) => void seen.push(`${eventType(version)} ${version.object.metadata.name}@${version.object.metadata.resourceVersion}`));
    const first = store.put(key('a'), undefined, thing('a'));
    const second = store.put(key('a'), first, thing('a'));
    store.remove(key('a'), second);
    store.put(key('a'), undefined, thing('a'));
    subscription.cancel();
    store.put(key('b'), undefined, thing('b'));
    expect(seen).toEqual(['ADDED a@2', 'MODIFIED a@3', 'DELETED a@4', 'ADDED a@5']);
  });

  it('forgets what lies behind the compaction, by number and by age', async () => {
    const clock = new FakeClock();
    const store = storage({ clock, historyLimit: 3, historyAge: 1000 });
    for (const name of ['a', 'b', 'c', 'd']) store.put(key(name), undefined, thing(name));
    expect(store.compactedRevision).toBe(2);
    expect([...store.eventsSince('', 'things', 2)].map(({ revision }) => revision)).toEqual([3, 4, 5]);
    await clock.advance(2000);
    store.remove(key('a'), store.get('', 'things', 'n', 'a')!);
    expect(store.compactedRevision).toBe(5);
    await clock.advance(2000);
    store.put(key('e'), undefined, thing('e'));
    expect(names(store.list('', 'things', 'n'))).toEqual(['b', 'c', 'd', 'e']);
  });

  it('agrees with a sorted list for thousands of random writes, at every snapshot', () => {
    const random = new SeededRandom(7);
    const store = storage({ historyLimit: 100_000 });
    const live = new Set<string>();
    const snapshots: { revision: number; names: string[] }[] = [];
    for (let step = 0; step < 3000; step++) {
      const name = `x${Math.floor(random.float() * 900)}`;
      const current = store.get('', 'things', 'n', name);
      if (current && random.float() < 0.5) {
        store.remove(key(name), current);
        live.delete(name);
      } else {
        store.put(key(name), current, thing(name));
        live.add(name);
      }
      if (step % 500 === 0) snapshots.push({ revision: store.revision, names: [...live].sort() });
    }
    for (const { revision, names: expected } of [...snapshots, { revision: store.revision, names: [...live].sort() }]) {
      const found: string[] = [];
      let start: string | undefined;
      do {
        const page = store.scan('', 'things', { namespace: 'n', limit: 37, revision, ...(start !== undefined && { start }) });
        found.push(...names(page.objects));
        expect(page.remaining()).toBe(page.next === undefined ? 0 : expected.length - found.length);
        start = page.next;
      } while (start !== undefined);
      expect(found).toEqual(expected);
    }
    expect(store.count('', 'things')).toBe(live.size);
  });
});
