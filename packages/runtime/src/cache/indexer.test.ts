import type { ObjectMeta } from '@kubewright/api';
import { describe, expect, it } from 'vitest';

import { entryOf } from './entry.js';
import { Indexer, OWNER_INDEX } from './indexer.js';

const entry = (metadata: ObjectMeta) => entryOf({ metadata: { uid: `${metadata.namespace}-${metadata.name}`, resourceVersion: '1', ...metadata } });
const names = (entries: readonly { name: string }[]) => entries.map(({ name }) => name).sort();

describe('Indexer', () => {
  it('#47 finds entries by key, namespace, owner and own index, namespaced or not', () => {
    const indexer = new Indexer();
    indexer.addIndex('team', ({ labels }) => (labels['team'] ? [labels['team']] : []));
    const owned = [{ apiVersion: 'v1', kind: 'A', name: 'a', uid: 'owner' }];
    indexer.set(entry({ namespace: 'x', name: 'a', labels: { team: 'red' } }));
    indexer.set(entry({ namespace: 'y', name: 'b', labels: { team: 'red' }, ownerReferences: owned }));
    indexer.set(entry({ name: 'c' }));
    expect(indexer.get('x/a')?.name).toBe('a');
    expect(names(indexer.list())).toEqual(['a', 'b', 'c']);
    expect(names(indexer.list('y'))).toEqual(['b']);
    expect(names(indexer.byIndex('team', 'red'))).toEqual(['a', 'b']);
    expect(names(indexer.byIndex('team', 'red', 'x'))).toEqual(['a']);
    expect(names(indexer.byIndex(OWNER_INDEX, 'owner'))).toEqual(['b']);
    expect(() => indexer.byIndex('nope', '')).toThrow(RangeError);
  });

  it('#46 forgets the values of the old state', () => {
    const indexer = new Indexer();
    indexer.addIndex('team', ({ labels }) => Object.values(labels));
    indexer.set(entry({ namespace: 'x', name: 'a', labels: { team: 'red' } }));
    indexer.set(entry({ namespace: 'x', name: 'a', labels: { team: 'blue' } }));
    expect(indexer.byIndex('team', 'red')).toEqual([]);
    expect(names(indexer.byIndex('team', 'blue'))).toEqual(['a']);
    expect(indexer.delete('x/a')?.labels).toEqual({ team: 'blue' });
    expect(indexer.byIndex('team', 'blue')).toEqual([]);
    expect(indexer.list('x')).toEqual([]);
    expect(indexer.size).toBe(0);
  });

  it('indexes what is stored already', () => {
    const indexer = new Indexer();
    indexer.set(entry({ namespace: 'x', name: 'a' }));
    indexer.addIndex('name', ({ name }) => [name]);
    expect(names(indexer.byIndex('name', 'a'))).toEqual(['a']);
  });

  it('gives snapshots', () => {
    const indexer = new Indexer();
    indexer.set(entry({ name: 'a' }));
    const before = indexer.list();
    indexer.delete('a');
    expect(names(before)).toEqual(['a']);
  });
});

describe('entryOf', () => {
  it('#48 drops managedFields and freezes, unless asked otherwise', () => {
    const object = () => ({ metadata: { name: 'a', managedFields: [{ manager: 'x' }], labels: { a: 'b' } } });
    const kept = entryOf(object());
    expect(kept.object().metadata).not.toHaveProperty('managedFields');
    expect(() => ((kept.object().metadata.labels as Record<string, string>)['a'] = 'c')).toThrow(TypeError);
    const open = entryOf(object(), { keepManagedFields: true, freeze: false });
    expect(open.object().metadata).toHaveProperty('managedFields');
    expect(Object.isFrozen(open.object())).toBe(false);
  });
});
