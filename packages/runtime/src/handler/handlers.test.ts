import type { ObjectMeta, OwnerReference, ResourceKind } from '@kubewright/api';
import { describe, expect, it } from 'vitest';

import { entryOf } from '../cache/entry.js';
import type { ObjectEvent } from '../event/event.js';
import { enqueueMapped } from './enqueue-mapped.js';
import { enqueueObject } from './enqueue-object.js';
import { enqueueOwner } from './enqueue-owner.js';

const Widget: ResourceKind = { group: 'demo', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' };
const Fleet: ResourceKind = { ...Widget, kind: 'Fleet', plural: 'fleets', scope: 'Cluster' };
const owner = (name: string, more: Partial<OwnerReference> = {}): OwnerReference => ({ apiVersion: 'demo/v1', kind: 'Widget', name, uid: name, controller: true, ...more });
const entry = (name: string, metadata: ObjectMeta = {}) => entryOf({ metadata: { namespace: 'default', name, ...metadata } });
const created = (...ownerReferences: OwnerReference[]): ObjectEvent => ({ type: 'create', initial: false, entry: entry('pod', { ownerReferences }) });

describe('enqueueObject', () => {
  it('asks for the object itself, in its namespace if it has one', () => {
    expect(enqueueObject().requestsFor(created())).toEqual([{ namespace: 'default', name: 'pod' }]);
    expect(enqueueObject().requestsFor({ type: 'generic', entry: entryOf({ metadata: { name: 'node' } }) })).toEqual([{ name: 'node' }]);
  });
});

describe('enqueueOwner', () => {
  it.each<[string, ObjectEvent, boolean, unknown[]]>([
    ['its controller', created(owner('a'), owner('b', { controller: false })), false, [{ namespace: 'default', name: 'a' }]],
    ['every owner when asked', created(owner('a'), owner('b', { controller: false })), true, [{ namespace: 'default', name: 'a' }, { namespace: 'default', name: 'b' }]],
    ['owners of any version', created(owner('a', { apiVersion: 'demo/v1beta1' })), false, [{ namespace: 'default', name: 'a' }]],
    ['no other group', created(owner('a', { apiVersion: 'other/v1' })), false, []],
    ['no other kind', created(owner('a', { kind: 'Gadget' })), false, []],
    ['nobody without owners', created(), false, []],
    ['old and new owner on a change of hands', { type: 'update', old: entry('pod', { ownerReferences: [owner('a')] }), entry: entry('pod', { ownerReferences: [owner('b')] }) }, false, [{ namespace: 'default', name: 'b' }, { namespace: 'default', name: 'a' }]],
    ['an owner once', { type: 'update', old: entry('pod', { ownerReferences: [owner('a')] }), entry: entry('pod', { ownerReferences: [owner('a')] }) }, false, [{ namespace: 'default', name: 'a' }]],
  ])('#110 #111 asks for %s', (_what, event, allOwners, requests) => {
    expect(enqueueOwner(Widget, { allOwners }).requestsFor(event)).toEqual(requests);
  });

  it('asks for a cluster-scoped owner without a namespace', () => {
    expect(enqueueOwner(Fleet).requestsFor(created(owner('a', { kind: 'Fleet' })))).toEqual([{ name: 'a' }]);
  });
});

describe('enqueueMapped', () => {
  it('asks for what the map finds before and after a change, each once', () => {
    const handler = enqueueMapped(({ labels }) => Object.values(labels).map((name) => ({ namespace: 'default', name })));
    const update: ObjectEvent = { type: 'update', old: entry('x', { labels: { a: 'one', b: 'two' } }), entry: entry('x', { labels: { a: 'three', b: 'two' } }) };
    expect(handler.requestsFor(update).map(({ name }) => name)).toEqual(['one', 'two', 'three']);
  });
});
