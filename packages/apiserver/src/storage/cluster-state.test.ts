import type { KubeObject } from '@kubewright/api';
import { FakeClock } from '@kubewright/platform';
import { expect, it } from 'vitest';

import { captureState, restoreState } from './cluster-state.js';
import { Storage } from './storage.js';

const key = (name: string) => ({ group: '', plural: 'things', namespace: 'n', name });
const thing = (name: string, value = 0, uid = `uid-${name}`): KubeObject => ({ apiVersion: 'v1', kind: 'Thing', metadata: { name, namespace: 'n', uid }, value }) as KubeObject;
const contents = (storage: Storage): unknown => [...storage.list('', 'things')].map((object) => [object.metadata.name, (object as KubeObject & { value: number }).value, object.metadata.uid]);

it('puts back what was changed, deleted, added and made anew, under versions that are new, and leaves the rest alone', () => {
  const storage = new Storage({ clock: new FakeClock() });
  const [same, changed, deleted, renewed] = ['same', 'changed', 'deleted', 'renewed'].map((name) => storage.put(key(name), undefined, thing(name)));
  const state = captureState(storage);
  const before = contents(storage);
  storage.put(key('changed'), changed, thing('changed', 1));
  storage.remove(key('deleted'), deleted!);
  storage.remove(key('renewed'), renewed!);
  storage.put(key('renewed'), undefined, thing('renewed', 1, 'other'));
  storage.put(key('added'), undefined, thing('added'));
  const revision = storage.revision;
  const events: string[] = [];
  storage.onCommit('', 'things', ({ deleted: isDeletion, object }) => events.push(`${isDeletion ? '-' : '+'}${object.metadata.name}`));
  restoreState(storage, state);
  expect(contents(storage)).toEqual(before);
  expect(storage.get('', 'things', 'n', 'same')).toBe(same);
  for (const name of ['changed', 'deleted', 'renewed']) expect(Number(storage.get('', 'things', 'n', name)!.metadata.resourceVersion)).toBeGreaterThan(revision);
  expect(events).toEqual(['-added', '-renewed', '+changed', '+deleted', '+renewed']);
  restoreState(storage, state);
  expect(events).toHaveLength(5);
});

it('puts the state of another storage back, past the versions of both', () => {
  const from = new Storage({ clock: new FakeClock() });
  for (let count = 0; count < 50; count++) from.put(key('a'), from.get('', 'things', 'n', 'a'), thing('a', count));
  const to = new Storage({ clock: new FakeClock() });
  to.put(key('b'), undefined, thing('b'));
  restoreState(to, captureState(from));
  expect(contents(to)).toEqual(contents(from));
  expect(to.revision).toBeGreaterThan(from.revision);
});

it('shares objects with the storage and is not changed by it', () => {
  const storage = new Storage({ clock: new FakeClock() });
  const first = storage.put(key('a'), undefined, thing('a'));
  const state = captureState(storage);
  storage.put(key('a'), first, thing('a', 1));
  expect(state.resources[0]!.objects[0]).toBe(first);
});
