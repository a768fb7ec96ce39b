import type { KubeObject, OwnerReference } from '@kubewright/api';
import { describe, expect, it } from 'vitest';

import type { DiscoveredResource } from '../resource-monitor.js';
import { decide, type OwnerState } from './decision.js';
import { OwnerGraph, type GraphWork } from './graph.js';

const maps: DiscoveredResource = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true, verbs: [] };
const reference = (uid: string, rest: Partial<OwnerReference> = {}): OwnerReference => ({ apiVersion: 'v1', kind: 'ConfigMap', name: uid, uid, ...rest });
const object = (uid: string, owners: OwnerReference[] = [], metadata: object = {}): KubeObject => ({ metadata: { uid, name: uid, namespace: 'a', ...(owners.length > 0 && { ownerReferences: owners }), ...metadata } });
const uids = (work: GraphWork) => ({ check: work.check.map(({ uid }) => uid).sort(), orphan: work.orphan.map(({ uid }) => uid) });
const going = (...finalizers: string[]) => ({ deletionTimestamp: 'x', finalizers });

describe('OwnerGraph', () => {
  it('looks at nothing while owners are there', () => {
    const graph = new OwnerGraph();
    expect(uids(graph.put(maps, object('parent')))).toEqual({ check: [], orphan: [] });
    expect(uids(graph.put(maps, object('child', [reference('parent')])))).toEqual({ check: [], orphan: [] });
    expect(uids(graph.put(maps, object('child', [reference('parent')], { labels: { a: 'b' } })))).toEqual({ check: [], orphan: [] });
  });

  it('looks at dependents when their owner goes', () => {
    const graph = new OwnerGraph();
    graph.put(maps, object('parent'));
    graph.put(maps, object('child', [reference('parent')]));
    expect(uids(graph.remove('parent')).check).toEqual(['child']);
  });

  it.each<[string, OwnerReference, object]>([
    ['an owner that nobody has seen', reference('nobody'), {}],
    ['an owner by another name', reference('parent', { name: 'other' }), {}],
    ['an owner of another kind', reference('parent', { kind: 'Secret' }), {}],
    ['an owner in another namespace', reference('parent'), { namespace: 'b' }],
  ])('looks at an object with %s', (_case, owner, metadata) => {
    const graph = new OwnerGraph();
    graph.put(maps, object('parent'));
    expect(uids(graph.put(maps, object('child', [owner], metadata))).check).toEqual(['child']);
  });

  it('finds out about a wrong name also when the owner is seen later', () => {
    const graph = new OwnerGraph();
    graph.put(maps, object('right', [reference('parent')]));
    graph.put(maps, object('wrong', [reference('parent', { name: 'other' })]));
    expect(uids(graph.put(maps, object('parent'))).check).toEqual(['wrong']);
  });

  it('holds an owner in the foreground until its blocking dependents have gone', () => {
    const graph = new OwnerGraph();
    graph.put(maps, object('parent'));
    graph.put(maps, object('blocking', [reference('parent', { blockOwnerDeletion: true })]));
    graph.put(maps, object('loose', [reference('parent')]));
    expect(uids(graph.put(maps, object('parent', [], going('foregroundDeletion')))).check).toEqual(['blocking', 'loose', 'parent']);
    expect(graph.blockingDependents(graph.get('parent')!).map(({ uid }) => uid)).toEqual(['blocking']);
    expect(uids(graph.remove('blocking')).check).toEqual(['parent']);
    expect(graph.blockingDependents(graph.get('parent')!)).toEqual([]);
  });

  it('lets it go when a dependent stops blocking', () => {
    const graph = new OwnerGraph();
    graph.put(maps, object('parent', [], going('foregroundDeletion')));
    graph.put(maps, object('child', [reference('parent', { blockOwnerDeletion: true })]));
    expect(uids(graph.put(maps, object('child', [reference('parent', { blockOwnerDeletion: false })]))).check).toContain('parent');
    graph.put(maps, object('child', [reference('parent', { blockOwnerDeletion: true })]));
    expect(uids(graph.put(maps, object('child'))).check).toContain('parent');
  });

  it('asks for orphaning', () => expect(uids(new OwnerGraph().put(maps, object('parent', [], going('orphan')))).orphan).toEqual(['parent']));

  it('forgets owners that only a dependent knew of', () => {
    const graph = new OwnerGraph();
    graph.put(maps, object('child', [reference('ghost')]));
    expect(graph.get('ghost')).toBeDefined();
    graph.put(maps, object('child'));
    expect(graph.get('ghost')).toBeUndefined();
  });
});

describe('decide', () => {
  const owners = (...states: OwnerState[]) => states.map((state, index) => ({ reference: reference(`o${index}`), state }));
  it.each<[string, OwnerState[], string[], boolean[], object]>([
    ['no owners', [], [], [], { kind: 'keep' }],
    ['one there', ['solid'], [], [], { kind: 'keep' }],
    ['one of two gone', ['solid', 'absent'], [], [], { kind: 'release', uids: ['o1'] }],
    ['one of two waiting', ['waiting', 'solid'], [], [], { kind: 'release', uids: ['o0'] }],
    ['all gone', ['absent', 'absent'], [], [], { kind: 'delete', policy: 'Background' }],
    ['the last one waits', ['waiting'], [], [], { kind: 'delete', policy: 'Background' }],
    ['the last one waits and it has dependents', ['waiting'], [], [false], { kind: 'delete', policy: 'Foreground', unblock: false }],
    ['a circle', ['waiting'], [], [true], { kind: 'delete', policy: 'Foreground', unblock: true }],
    ['its own wish', ['absent'], ['orphan'], [false], { kind: 'delete', policy: 'Orphan' }],
    ['its own other wish', ['absent'], ['foregroundDeletion'], [], { kind: 'delete', policy: 'Foreground' }],
  ])('%s', (_case, states, finalizers, dependents, expected) => {
    expect(decide(object('x', [], { finalizers }), owners(...states), dependents.map((isDeletingDependents) => ({ isDeletingDependents })))).toMatchObject(expected);
  });
});
