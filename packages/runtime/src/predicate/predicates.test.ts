import type { ObjectMeta } from '@kubewright/api';
import { describe, expect, it } from 'vitest';

import { entryOf } from '../cache/entry.js';
import type { ObjectEvent } from '../event/event.js';
import { and, not, or } from './combinators.js';
import { generationChanged } from './generation-changed.js';
import { annotationsChanged, labelsChanged, labelsMatch } from './metadata-changed.js';
import type { Predicate } from './predicate.js';
import { resourceVersionChanged } from './resource-version-changed.js';

const entry = (metadata: ObjectMeta) => entryOf({ metadata: { name: 'a', ...metadata } });
const update = (old: ObjectMeta, now: ObjectMeta): ObjectEvent => ({ type: 'update', old: entry(old), entry: entry(now) });
const others: ObjectEvent[] = [
  { type: 'create', entry: entry({}), initial: true },
  { type: 'delete', entry: entry({}), stateUnknown: false },
  { type: 'generic', entry: entry({}) },
];

describe('predicates', () => {
  it.each<[string, Predicate, ObjectEvent, string | undefined]>([
    ['equal generation', generationChanged, update({ generation: 2 }, { generation: 2 }), 'generation unchanged'],
    ['new generation', generationChanged, update({ generation: 2 }, { generation: 3 }), undefined],
    ['a kind without generation', generationChanged, update({}, {}), undefined],
    ['equal version', resourceVersionChanged, update({ resourceVersion: '1' }, { resourceVersion: '1' }), 'resourceVersion unchanged'],
    ['new version', resourceVersionChanged, update({ resourceVersion: '1' }, { resourceVersion: '2' }), undefined],
    ['equal labels in another order', labelsChanged, update({ labels: { a: '1', b: '2' } }, { labels: { b: '2', a: '1' } }), 'labels unchanged'],
    ['new labels', labelsChanged, update({ labels: { a: '1' } }, {}), undefined],
    ['equal annotations', annotationsChanged, update({ annotations: { a: '1' } }, { annotations: { a: '1' } }), 'annotations unchanged'],
    ['labels that match', labelsMatch('team in (a,b)'), update({}, { labels: { team: 'a' } }), undefined],
    ['labels that matched', labelsMatch({ matchLabels: { team: 'a' } }), update({ labels: { team: 'a' } }, {}), undefined],
    ['labels that do not match', labelsMatch('team'), update({}, {}), 'labels do not match'],
    ['one of two changed', or(generationChanged, labelsChanged), update({ generation: 1 }, { generation: 1, labels: { a: '1' } }), undefined],
    ['none of two changed', or(generationChanged, labelsChanged), update({ generation: 1 }, { generation: 1 }), 'generation unchanged and labels unchanged'],
    ['both asked for', and(resourceVersionChanged, generationChanged), update({ generation: 1, resourceVersion: '1' }, { generation: 1, resourceVersion: '2' }), 'generation unchanged'],
    ['the contrary', not(labelsMatch('team')), update({}, {}), undefined],
    ['the contrary of what is kept', not(labelsMatch('team'), 'has a team'), update({}, { labels: { team: 'a' } }), 'has a team'],
    ['nothing asked for', or(), update({}, {}), undefined],
  ])('%s', (_what, predicate, event, reason) => expect(predicate(event)).toBe(reason));

  it('about changes let everything pass that is not an update', () => {
    for (const predicate of [generationChanged, resourceVersionChanged, labelsChanged, annotationsChanged]) {
      expect(others.map(predicate)).toEqual([undefined, undefined, undefined]);
    }
  });
});
